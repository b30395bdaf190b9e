"""Where a finding's line is now, in a file that has changed since it was said."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import nsmallest
from types import MappingProxyType

from reviewer.publish.fingerprint import quote_key, scope_key
from reviewer.publish.left_side import RemovedLine, removed_lines
from reviewer.publish.standing import Standing
from reviewer.pull.diff import FileDiff, Side
from reviewer.rust.file import RustFile

TOP = scope_key("")


_RUN = 12
"""Lines above and below by which equal lines are told apart."""
_NEAREST = 50
"""Equal lines that are told apart so; a file can be nothing but equal lines."""


class FileNow:
    """One file at a head, as anchors are looked up in it."""

    def __init__(
        self,
        lines: Sequence[str],
        shown: frozenset[int] = frozenset(),
        scope_at: Callable[[int], str] = lambda _line: "",
        scopes: Iterable[str] = (),
        removed: Mapping[int, RemovedLine] = MappingProxyType({}),
    ) -> None:
        self.lines = lines
        self.removed = removed
        """By base line number the lines that the diff takes away."""
        self.shown = shown
        """Lines of the head that the diff shows, so that a comment may stand on them."""
        self._scope_at = scope_at
        self._scopes = frozenset(map(scope_key, scopes)) | {TOP}

    @classmethod
    def of(cls, file: RustFile, diff: FileDiff) -> FileNow:
        """A Rust file of the change."""
        shown = frozenset(n for hunk in diff.hunks for n in hunk.numbers(Side.RIGHT))
        scopes = {item.name_path for item in file.items}
        return cls(file.lines, shown, file.scope_path, scopes, removed_lines(diff))

    def places(self, quote: str, side: Side = Side.RIGHT) -> Sequence[int]:
        """The lines of this quote key, ascending; on the left side those that are removed."""
        if side is Side.LEFT:
            return [n for n, one in sorted(self.removed.items()) if quote_key(one.text) == quote]
        return self._by_quote.get(quote, ())

    def shows(self, line: int, side: Side) -> bool:
        """Whether a comment may stand on this line of a side."""
        return line in (self.shown if side is Side.RIGHT else self.removed)

    def scope_at(self, line: int) -> str:
        """The key of the scope around a line."""
        found = self._scope_keys.get(line)
        if found is None:
            found = self._scope_keys[line] = scope_key(self._scope_at(line))
        return found

    def has_scope(self, scope: str) -> bool:
        """Whether an item of this scope key is still there."""
        return scope in self._scopes

    def text_at(self, line: int) -> str:
        """A line; empty beyond the file."""
        return self.lines[line - 1] if 1 <= line <= len(self.lines) else ""

    def key_at(self, line: int) -> str:
        """The quote key of a line; empty beyond the file."""
        return self._keys[line - 1] if 1 <= line <= len(self._keys) else ""

    def removed_key_at(self, line: int) -> str:
        """The quote key of a removed line; empty where none is."""
        return quote_key(self.removed[line].text) if line in self.removed else ""

    @cached_property
    def _scope_keys(self) -> dict[int, str]:
        return {}

    @cached_property
    def _keys(self) -> list[str]:
        return [quote_key(line) for line in self.lines]

    @cached_property
    def _by_quote(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for number, key in enumerate(self._keys, 1):
            found.setdefault(key, []).append(number)
        return found


@dataclass(frozen=True, slots=True)
class Anchor:
    """The line on which a standing finding's quote is now."""

    line: int
    sure: bool
    """Whether GitHub has it there too."""


def find_anchor(
    one: Standing,
    file: FileNow,
    changed: frozenset[int] | None,
    before: FileNow | None = None,
    taken: Collection[int] = (),
) -> Anchor | None:
    """The line of a standing finding; None when its quote is not where it could have gone.

    `changed` are the head lines that came with the pushes since; None if that is not known. An
    equal line in another item counts only where it is the only one, and either came with a push
    or stands in an item of a new name: else it is a line that was there all along. `before` is the
    file as it was when the finding was said: of equal lines the one with the same lines around it
    is meant. `taken` are lines that other findings have which say the same.
    """
    if not one.quote_key:
        return None
    places = file.places(one.quote_key, one.side)
    if one.line is not None and one.line in places:
        return Anchor(one.line, sure=True)
    if one.side is Side.LEFT:
        # What was put back is no removed line any more, and of a removed one no item is known.
        free = [n for n in places if n not in taken]
        near = one.line or one.original_line or 0
        nearest = min(free, key=lambda n: (abs(n - near), n), default=None)
        return None if nearest is None else Anchor(nearest, sure=False)
    inside = [n for n in places if file.scope_at(n) == one.scope_key and n not in taken]
    if inside:
        return Anchor(_likest(inside, one, file, before), sure=False)
    if len(places) != 1 or places[0] in taken:
        return None
    (line,) = places
    renamed = not file.has_scope(one.scope_key)
    came = changed is not None and line in changed
    return Anchor(line, sure=False) if renamed or came else None


def _likest(places: Sequence[int], one: Standing, file: FileNow, before: FileNow | None) -> int:
    near = one.line or one.original_line or 0
    was = one.original_line or 0
    nearest = nsmallest(_NEAREST, places, key=lambda n: (abs(n - near), n))
    if before is None or before.key_at(was) != one.quote_key:
        return nearest[0]
    return min(nearest, key=lambda n: (-_same_around(before, was, file, n), abs(n - near), n))


def _same_around(before: FileNow, was: int, file: FileNow, now: int) -> int:
    """Lines in a row that are the same above, and below."""
    same = 0
    for step in (-1, 1):
        for away in range(step, step * (_RUN + 1), step):
            key = before.key_at(was + away)
            if not key or key != file.key_at(now + away):
                break
            same += 1
    return same
