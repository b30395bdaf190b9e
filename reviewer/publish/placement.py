"""Where a finding may stand: on its line, on its file, or in the summary.

GitHub takes a review's comments all or nothing and refuses it whole for one bad anchor, so every
anchor is proved against the parsed diff here. A comment never moves to another item's hunk.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reviewer.finding import Finding
from reviewer.pull.diff import Diff, FileDiff, Side

ItemRange = Callable[[str, int], tuple[int, int] | None]
"""First and last head line of the item that encloses (path, head line), where one does."""


@dataclass(frozen=True, slots=True)
class Inline:
    """On a line of the diff; `start_line` is before `line`, on its side and in its hunk."""

    path: str
    side: Side
    line: int
    start_line: int | None = None
    about_line: int | None = None
    """The line meant, where GitHub does not show it and this is the nearest of its item."""


@dataclass(frozen=True, slots=True)
class OnFile:
    """On the file as a whole: the diff shows neither the line nor another of its item."""

    path: str
    about_line: int


@dataclass(frozen=True, slots=True)
class InSummary:
    """In the review's body alone, and why."""

    path: str
    about_line: int
    reason: str
    in_change: bool = False
    """Whether the change touches the file, and GitHub took no comment all the same."""


Place = Inline | OnFile | InSummary


@dataclass(frozen=True, slots=True)
class Placed:
    """A finding and its place."""

    finding: Finding
    place: Place


def place(finding: Finding, diff: Diff, item_range: ItemRange) -> Placed:
    """The best place that GitHub will accept."""
    file = diff.file(finding.path)
    if file is None:
        return Placed(
            finding, InSummary(finding.path, finding.line, "the change does not touch this file")
        )
    hunk = file.hunk_at(finding.side, finding.line)
    if hunk is not None:
        start = finding.start_line
        if start is not None and not (
            start < finding.line and file.hunk_at(finding.side, start) is hunk
        ):
            start = None
        return Placed(finding, Inline(file.path, finding.side, finding.line, start))
    near = _nearest_in_item(finding, file, item_range)
    if near is not None:
        return Placed(finding, Inline(file.path, Side.RIGHT, near, None, finding.line))
    return Placed(finding, OnFile(file.path, finding.line))


def without_place(finding: Finding) -> Placed:
    """For one whose place could not be looked for."""
    return Placed(finding, InSummary(finding.path, finding.line, "its place could not be found"))


def _nearest_in_item(finding: Finding, file: FileDiff, item_range: ItemRange) -> int | None:
    if finding.side is not Side.RIGHT:
        return None
    item = item_range(finding.path, finding.line)
    if item is None:
        return None
    first, last = item
    shown = [n for hunk in file.hunks for n in hunk.numbers(Side.RIGHT) if first <= n <= last]
    return min(shown, key=lambda number: (abs(number - finding.line), number), default=None)
