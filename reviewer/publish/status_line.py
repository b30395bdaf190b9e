"""The line by which a comment of ours tells what became of its finding."""

from __future__ import annotations

import re
from enum import StrEnum

from reviewer.publish.fingerprint import read_mark


class Change(StrEnum):
    """What happens to a thread."""

    FIXED = "fixed"
    """It is resolved."""
    BACK = "back"
    """It is opened again."""
    MOVED = "moved"
    """It is resolved, and said again where the line is now."""
    LET_GO = "let go"
    """A thumb down dismissed it, and it is resolved."""
    PLACES = "places"
    """It stands as it is, and its comment names other places."""


SIGNS = {Change.FIXED: "✅", Change.BACK: "↩️", Change.MOVED: "➡️", Change.LET_GO: "👎"}
_CLOSES = tuple(f"{SIGNS[change]} " for change in (Change.FIXED, Change.MOVED))
_STATUS = re.compile("(?:" + "|".join(SIGNS.values()) + ") ")


def parted(body: str) -> tuple[list[str], str, str]:
    """The lines of a comment's words, its status or nothing, and its mark, the last line."""
    lines = body.rstrip().splitlines()
    mark = lines.pop() if lines and read_mark(lines[-1]) is not None else ""
    _strip(lines)
    status = lines.pop() if mark and lines and _STATUS.match(lines[-1]) else ""
    _strip(lines)
    return lines, status, mark


def change_told(body: str) -> Change | None:
    """What the comment says of its finding."""
    status = parted(body)[1]
    return next((one for one, sign in SIGNS.items() if status.startswith(f"{sign} ")), None)


def says_closed(body: str) -> bool:
    """Whether the comment says that its finding is gone from its place.

    GitHub may not have let us resolve the thread, so that its state alone does not tell.
    """
    return parted(body)[1].startswith(_CLOSES)


def _strip(lines: list[str]) -> None:
    while lines and not lines[-1].strip():
        lines.pop()
