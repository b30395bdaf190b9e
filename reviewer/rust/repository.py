"""The Rust files of one commit: their texts, their trees on demand, and the index of them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from reviewer.rust.file import RustFile
from reviewer.rust.file_index import FileIndex, index_file
from reviewer.rust.index import Index

_KEPT_TREES = 64

IndexFile = Callable[[str, str], FileIndex]
"""Path and text to index; an edge may remember the answers by content."""


def index_text(path: str, text: str) -> FileIndex:
    """The index of a file's text."""
    return index_file(RustFile.parse(path, text))


class Repository:
    """One commit, or what a diff makes of it. Used by one thread."""

    def __init__(
        self,
        texts: Mapping[str, str],
        manifests: Mapping[str, str],
        *,
        unread: Mapping[str, str] | None = None,
        index_file: IndexFile = index_text,
    ) -> None:
        """`texts` are the Rust files by path, `manifests` the `Cargo.toml` files."""
        self._texts = texts
        self.manifests = manifests
        self.unread: Mapping[str, str] = unread or {}
        """Rust files whose text is not here, with the reason."""
        self._index_file = index_file
        self._trees: dict[str, RustFile] = {}

    @property
    def paths(self) -> tuple[str, ...]:
        """The Rust files, sorted."""
        return tuple(sorted(self._texts))

    def text(self, path: str) -> str | None:
        """A file's text; None if there is no such Rust file."""
        return self._texts.get(path)

    def file(self, path: str) -> RustFile | None:
        """A parsed file; the last few are kept."""
        text = self._texts.get(path)
        if text is None:
            return None
        found = self._trees.pop(path, None) or RustFile.parse(path, text)
        self._trees[path] = found
        if len(self._trees) > _KEPT_TREES:
            del self._trees[next(iter(self._trees))]
        return found

    @cached_property
    def index(self) -> Index:
        """Who defines and who calls what."""
        return Index({path: self._index_file(path, text) for path, text in self._texts.items()})

    def with_files(
        self, texts: Mapping[str, str | None], manifests: Mapping[str, str]
    ) -> Repository:
        """The same with other versions of some files; None for a file that is not there."""
        merged = {path: text for path, text in self._texts.items() if path not in texts}
        merged.update({path: text for path, text in texts.items() if text is not None})
        other = Repository(merged, manifests, unread=self.unread, index_file=self._index_file)
        if "index" in self.__dict__:
            other.__dict__["index"] = self.index.replaced(
                {
                    path: self._index_file(path, text) if text is not None else None
                    for path, text in texts.items()
                }
            )
        return other
