"""The Rust files of one commit: their texts, their trees on demand, and the index of them all."""

from __future__ import annotations

from collections.abc import Mapping

from reviewer.rust.cargo import overflow_checks
from reviewer.rust.file import RustFile
from reviewer.rust.file_index import FileIndex
from reviewer.rust.index import Index
from reviewer.rust.index_cache import IndexCache
from reviewer.rust.read_index import index_file
from reviewer.rust.search import LineHit, Pattern, references, search
from reviewer.rust.texts import Texts

_KEPT_TREES = 64
_KEPT_SOURCE = 2_000_000
"""Bytes of source whose trees are kept: a tree is some ten times as large as its source."""


def index_text(path: str, text: str) -> FileIndex:
    """The index of a file's text."""
    return index_file(RustFile.as_written(path, text))


class Repository:
    """One commit, or what a diff makes of it. Used by one thread."""

    def __init__(
        self,
        texts: Mapping[str, str],
        manifests: Mapping[str, str],
        *,
        unread: Mapping[str, str] | None = None,
        indexes: IndexCache | None = None,
    ) -> None:
        """`texts` are the Rust files by path, `manifests` the `Cargo.toml` files
        and the small texts that may be looked up."""
        self._texts = texts if isinstance(texts, Texts) else Texts(texts)
        self.manifests = manifests
        self.unread: Mapping[str, str] = unread or {}
        """Rust files whose text is not here, with the reason."""
        self._indexes = indexes or IndexCache()
        self._trees: dict[str, RustFile] = {}
        self._index: Index | None = None
        self._origin: Repository | None = None
        self._changed: frozenset[str] = frozenset()
        self.unindexed: dict[str, Exception] = {}
        """Rust files that the index lacks, with what was raised when they were read for it."""

    @property
    def paths(self) -> tuple[str, ...]:
        """The Rust files, sorted."""
        return tuple(sorted(self._texts))

    def text(self, path: str) -> str | None:
        """A file's text; None if there is no such Rust file."""
        return self._texts.get(path)

    def file(self, path: str) -> RustFile | None:
        """A parsed file; the last few are kept."""
        found = self._trees.pop(path, None)
        if found is None:
            text = self._texts.get(path)
            if text is None:
                return None
            found = RustFile.parse(path, text)
        self._trees[path] = found
        while len(self._trees) > 1 and (
            len(self._trees) > _KEPT_TREES
            or sum(len(kept.source) for kept in self._trees.values()) > _KEPT_SOURCE
        ):
            del self._trees[next(iter(self._trees))]
        return found

    @property
    def index(self) -> Index:
        """Who defines and who calls what; made when it is first asked for."""
        if self._index is None:
            if self._origin is not None:
                self._index = self._origin.index.replaced(
                    {p: self._indexed(p) if p in self._texts else None for p in self._changed}
                )
            else:
                self._index = Index({path: self._indexed(path) for path in self._texts})
        return self._index

    def overflow_checks(self, path: str) -> bool | None:
        """Whether the release build that a file belongs to checks for overflow; None if unknown."""
        return overflow_checks(self.manifests, path)

    def search(
        self, pattern: Pattern, glob: str = "", limit: int = 30, seconds: float = 1.0
    ) -> tuple[LineHit, ...]:
        """Lines that hold a text or match a pattern, in files that match `glob`, by path and line.

        The pattern is read by RE2: time is linear in the text, and `seconds` ends the search.
        Raises ValueError for a pattern that it does not know or that is too large.
        """
        return search(self._texts, pattern, glob, limit, seconds)

    def references(self, name: str, limit: int = 25) -> tuple[LineHit, ...]:
        """Lines that use an identifier in code, in macros too; not in comments and strings."""
        return references(self._texts, name, limit)

    def with_files(
        self,
        texts: Mapping[str, str | None],
        manifests: Mapping[str, str],
        *,
        unread: Mapping[str, str] | None = None,
    ) -> Repository:
        """The same with other versions of some files; None for a file that is not there."""
        other = Repository(
            self._texts.replaced(texts),
            manifests,
            unread=self.unread if unread is None else unread,
            indexes=self._indexes,
        )
        other._origin, other._changed = self, frozenset(texts)
        return other

    def _indexed(self, path: str) -> FileIndex:
        def make() -> FileIndex:
            return index_text(path, self._texts[path])

        try:
            return self._indexes.get(path, self._texts.blob(path), make)
        except Exception as error:  # noqa: BLE001 - told by whoever asks what the index lacks
            self.unindexed[path] = error
            return FileIndex(path, (), (), {}, {})
