"""Where a finding's line is now, in a file that has changed since it was said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from reviewer.publish.fingerprint import quote_key, scope_key
from reviewer.publish.standing import Standing
from reviewer.pull.diff import FileDiff, Side
from reviewer.rust.file import RustFile

TOP = scope_key("")


class FileNow:
    """The head of one file, as anchors are looked up in it."""

    def __init__(
        self,
        lines: Sequence[str],
        shown: frozenset[int] = frozenset(),
        scope_at: Callable[[int], str] = lambda _line: "",
        scopes: Iterable[str] = (),
    ) -> None:
        self.lines = lines
        self.shown = shown
        """Lines of the head that the diff shows, so that a comment may stand on them."""
        self._scope_at = scope_at
        self._scopes = frozenset(map(scope_key, scopes)) | {TOP}

    @classmethod
    def of(cls, file: RustFile, diff: FileDiff) -> FileNow:
        """A Rust file of the change."""
        shown = frozenset(n for hunk in diff.hunks for n in hunk.numbers(Side.RIGHT))
        scopes = {item.name_path for item in file.items}
        return cls(file.lines, shown, file.scope_path, scopes)

    def places(self, quote: str) -> Sequence[int]:
        """The lines of this quote key, ascending."""
        return self._by_quote.get(quote, ())

    def scope_at(self, line: int) -> str:
        """The key of the scope around a line."""
        return scope_key(self._scope_at(line))

    def has_scope(self, scope: str) -> bool:
        """Whether an item of this scope key is still there."""
        return scope in self._scopes

    @cached_property
    def _by_quote(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for number, line in enumerate(self.lines, 1):
            found.setdefault(quote_key(line), []).append(number)
        return found


@dataclass(frozen=True, slots=True)
class Anchor:
    """The line on which a standing finding's quote is now."""

    line: int
    sure: bool
    """Whether GitHub has it there too."""


def find_anchor(one: Standing, file: FileNow, changed: frozenset[int] | None) -> Anchor | None:
    """The line of a standing finding; None when its quote is not where it could have gone.

    `changed` are the head lines that came with the pushes since; None if that is not known. An
    equal line in another item counts only where it is the only one, and either came with a push
    or stands in an item of a new name: else it is a line that was there all along.
    """
    if not one.quote_key or one.side is not Side.RIGHT:
        return None
    places = file.places(one.quote_key)
    if one.line is not None and one.line in places:
        return Anchor(one.line, sure=True)
    around = one.line or one.original_line or 0
    inside = [n for n in places if file.scope_at(n) == one.scope_key]
    if inside:
        return Anchor(min(inside, key=lambda n: (abs(n - around), n)), sure=False)
    if len(places) != 1:
        return None
    (line,) = places
    renamed = not file.has_scope(one.scope_key)
    came = changed is not None and line in changed
    return Anchor(line, sure=False) if renamed or came else None
