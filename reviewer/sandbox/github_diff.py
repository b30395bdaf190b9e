"""A diff as GitHub serves it: per file a patch without header, and the lines that it shows.

The reviewer has a reader of its own; this one is kept apart so that neither hides the
other's mistake.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_STATUS = {"A": "added", "D": "removed", "M": "modified", "R": "renamed", "C": "copied"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A line of a patch that a comment may stand on. `position` is its index in the patch."""

    position: int
    hunk: int


@dataclass(slots=True)
class FileChange:
    """What a change did to one file. `patch` is empty for a binary file or a pure rename."""

    path: str
    previous: str | None
    status: str
    blob: str
    additions: int
    deletions: int
    patch: str = ""
    sides: dict[str, dict[int, Shown]] = field(default_factory=dict)
    by_position: dict[int, tuple[str, int]] = field(default_factory=dict)
    hunk_starts: list[int] = field(default_factory=list)

    def find(self, side: str, line: int) -> Shown | None:
        """The shown line of this number, or None where the patch does not show it."""
        return self.sides.get(side, {}).get(line)

    def hunk_to(self, shown: Shown) -> str:
        """The hunk from its header down to the shown line, as `diff_hunk` holds it."""
        return "\n".join(self.patch.split("\n")[self.hunk_starts[shown.hunk] : shown.position + 1])


def parse_raw(raw: bytes) -> list[FileChange]:
    """Read `git diff-tree --raw --numstat -z`: which files, how they changed, how many lines."""
    fields = raw.decode("utf-8", "replace").split("\0")
    changes: list[FileChange] = []
    at = 0
    while at < len(fields) and fields[at].startswith(":"):
        _, _, old_blob, new_blob, status = fields[at].split(" ")
        letter = status[0]
        path = previous = fields[at + 1]
        at += 2
        if letter in "RC":
            path = fields[at]
            at += 1
        changes.append(
            FileChange(
                path=path,
                previous=previous if letter in "RC" else None,
                status=_STATUS.get(letter, "changed"),
                blob=old_blob if letter == "D" else new_blob,
                additions=0,
                deletions=0,
            )
        )
    for change in changes:
        added, removed, path = fields[at].split("\t", 2)
        # A binary file has dashes for numbers; a rename has its two names in fields of their own.
        change.additions = int(added) if added != "-" else 0
        change.deletions = int(removed) if removed != "-" else 0
        at += 1 if path else 3
    return changes


def attach_patches(changes: list[FileChange], text: str) -> None:
    """Give every file its part of `git diff-tree -p`, which lists them in the same order."""
    sections = iter(re.split(r"^diff --git ", text, flags=re.MULTILINE)[1:])
    for change in changes:
        section = next(sections)
        if change.status == "changed":
            # a file that became a link is shown as one file removed and one added
            next(sections)
            continue
        start = re.search(r"^@@ ", section, flags=re.MULTILINE)
        if start:
            change.patch = section[start.start() :].removesuffix("\n")
            _index(change)


def _index(change: FileChange) -> None:
    left: dict[int, Shown] = {}
    right: dict[int, Shown] = {}
    old = new = 0
    for position, line in enumerate(change.patch.split("\n")):
        header = _HUNK.match(line) if line.startswith("@@") else None
        if header:
            change.hunk_starts.append(position)
            old, new = int(header[1]), int(header[3])
            continue
        shown = Shown(position, len(change.hunk_starts) - 1)
        mark = line[:1]
        if mark in (" ", "-"):
            left[old] = shown
            change.by_position[position] = ("LEFT", old)
            old += 1
        if mark in (" ", "+"):
            right[new] = shown
            change.by_position[position] = ("RIGHT", new)
            new += 1
    change.sides = {"LEFT": left, "RIGHT": right}


@dataclass(frozen=True, slots=True)
class LineMap:
    """Where the lines of one version of a file stand in a later version."""

    edits: tuple[tuple[int, int, int, int], ...]

    def follow(self, line: int) -> int | None:
        """The later number of an unchanged line; None for one that was changed or removed."""
        shift = 0
        for old, old_count, new, new_count in self.edits:
            # git counts an empty side from the line before it
            first = old if old_count else old + 1
            if line < first:
                break
            if line < first + old_count:
                return None
            shift = (new if new_count else new + 1) + new_count - (first + old_count)
        return line + shift


def line_map(patch: str) -> LineMap:
    """Read a patch without context (`-U0`) of one file."""
    edits = []
    for line in patch.split("\n"):
        found = _HUNK.match(line)
        if found:
            old, old_count, new, new_count = found.groups(default="1")
            edits.append((int(old), int(old_count), int(new), int(new_count)))
    return LineMap(tuple(edits))
