"""Whether a line that was edited is still known, by where it stands and by what it says."""

from __future__ import annotations

from reviewer.publish.anchors import FileNow
from reviewer.publish.likeness import likeness

ALIKE = 0.5
"""From this likeness on, a line reads as another one edited."""


def reads_alike(before: FileNow, was: int, file: FileNow, now: int) -> bool:
    """Whether the line says much the same as it did."""
    return likeness(before.text_at(was), file.text_at(now)) >= ALIKE


def in_its_place(before: FileNow, was: int, file: FileNow, now: int) -> bool:
    """Whether the line stands where the old one stood, and says much the same.

    Where it stands is told by the line above or below that is not blank: one of them is as it was.
    """
    return reads_alike(before, was, file, now) and any(
        _beside(before, was, step) == _beside(file, now, step) for step in (-1, 1)
    )


def _beside(file: FileNow, line: int, step: int) -> str:
    """The next line with words, blanks aside; empty at the end of the file."""
    line += step
    while 1 <= line <= len(file.lines) and not file.text_at(line).strip():
        line += step
    return file.key_at(line)
