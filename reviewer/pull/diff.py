"""The diff as GitHub shows it, as typed lines.

`unidiff` reads the text; what it is read into is ours, so that no other room knows
how a hunk is spelled. A comment may stand exactly on the lines held here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    """Which file version a line number counts in, in GitHub's own words."""

    LEFT = "LEFT"
    RIGHT = "RIGHT"


class LineKind(StrEnum):
    """What the change did to a line."""

    ADDED = "added"
    REMOVED = "removed"
    CONTEXT = "context"


class FileStatus(StrEnum):
    """What the change did to a file."""

    ADDED = "added"
    REMOVED = "removed"
    MODIFIED = "modified"
    RENAMED = "renamed"
    COPIED = "copied"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a hunk. `old` and `new` are 1-based numbers, None where the line is not."""

    kind: LineKind
    old: int | None
    new: int | None
    text: str
    """Without the line end; a carriage return before it stays."""
    newline: bool = True
    """False for a last line that no newline ends."""


@dataclass(frozen=True, slots=True)
class Hunk:
    """A run of changed lines with their context."""

    old_start: int
    old_count: int
    new_start: int
    new_count: int
    lines: tuple[Line, ...]

    def numbers(self, side: Side) -> Iterator[int]:
        """The line numbers of one side that a comment may stand on, ascending."""
        for line in self.lines:
            number = line.new if side is Side.RIGHT else line.old
            if number is not None:
                yield number


@dataclass(frozen=True, slots=True)
class FileDiff:
    """What the change did to one file. `path` is the head name (the base name if removed)."""

    path: str
    old_path: str
    status: FileStatus
    hunks: tuple[Hunk, ...]
    binary: bool = False
    old_mode: str | None = None
    new_mode: str | None = None

    def added(self) -> Iterator[Line]:
        """The added lines, in order."""
        return (line for h in self.hunks for line in h.lines if line.kind is LineKind.ADDED)

    def removed(self) -> Iterator[Line]:
        """The removed lines, in order."""
        return (line for h in self.hunks for line in h.lines if line.kind is LineKind.REMOVED)

    def added_numbers(self) -> frozenset[int]:
        """Head line numbers of the added lines."""
        return frozenset(line.new for line in self.added() if line.new is not None)

    def hunk_at(self, side: Side, number: int) -> Hunk | None:
        """The hunk that shows this line, or None."""
        for hunk in self.hunks:
            start, count = (
                (hunk.new_start, hunk.new_count)
                if side is Side.RIGHT
                else (hunk.old_start, hunk.old_count)
            )
            if start <= number < start + count:
                return hunk
        return None


@dataclass(frozen=True, slots=True)
class Diff:
    """A whole change, files in the order that GitHub shows."""

    files: tuple[FileDiff, ...]

    def file(self, path: str) -> FileDiff | None:
        """The file of this head path, or None."""
        return next((f for f in self.files if f.path == path), None)

    @property
    def added_count(self) -> int:
        """Added lines in all files."""
        return sum(1 for f in self.files for _ in f.added())

    @property
    def removed_count(self) -> int:
        """Removed lines in all files."""
        return sum(1 for f in self.files for _ in f.removed())


_RUST = re.compile(r"\.rs\Z")


def is_rust(path: str) -> bool:
    """Whether the path names a Rust source file."""
    return bool(_RUST.search(path))
