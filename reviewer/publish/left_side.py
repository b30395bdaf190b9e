"""The removed lines of a file, among which comments on the left side of the diff are looked up."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer.pull.diff import FileDiff, LineKind


@dataclass(frozen=True, slots=True)
class RemovedLine:
    """A line that the change takes away."""

    text: str
    beside: frozenset[int]
    """The head lines above and below the gap, as far as the hunk shows them."""


def removed_lines(file: FileDiff) -> dict[int, RemovedLine]:
    """By base line number."""
    found: dict[int, RemovedLine] = {}
    for hunk in file.hunks:
        last = hunk.new_start - 1 if hunk.new_count else hunk.new_start
        end = hunk.new_start + hunk.new_count - 1
        for line in hunk.lines:
            if line.new is not None:
                last = line.new
            if line.kind is LineKind.REMOVED and line.old is not None:
                around = frozenset(n for n in (last, last + 1) if hunk.new_start <= n <= end)
                found[line.old] = RemovedLine(line.text, around)
    return found
