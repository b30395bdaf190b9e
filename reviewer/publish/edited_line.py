"""Whether a line is an earlier one that was edited: by where it stands and by what it says."""

from __future__ import annotations

from enum import StrEnum

from reviewer.publish.anchors import FileNow
from reviewer.publish.likeness import likeness

ALIKE = 0.5
"""From this likeness on, a line reads as another one edited."""


class Edit(StrEnum):
    """What a line is to an earlier one."""

    IN_PLACE = "in place"
    """It says much the same where the old one stood."""
    IN_ITS_STEAD = "in its stead"
    """It stands between the lines between which the old one stood, and says something else."""
    ALIKE = "alike"
    """It says much the same elsewhere."""
    OTHER = "other"


def edit_of(before: FileNow, was: int, file: FileNow, now: int) -> Edit:
    """What the line `now` of a file is to the line `was` of the file before.

    Where it stands is told by the lines above and below that are not blank.
    """
    alike = likeness(before.text_at(was), file.text_at(now)) >= ALIKE
    beside = [_beside(before, was, step) == _beside(file, now, step) for step in (-1, 1)]
    if alike and any(beside):
        return Edit.IN_PLACE
    if all(beside):
        return Edit.IN_ITS_STEAD
    return Edit.ALIKE if alike else Edit.OTHER


def _beside(file: FileNow, line: int, step: int) -> str:
    """The next line that is not blank, as its key; empty at the end of the file."""
    line += step
    while 1 <= line <= len(file.lines) and not file.text_at(line).strip():
        line += step
    return file.key_at(line)
