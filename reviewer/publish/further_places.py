"""The sentence by which a comment names the further places of its rule."""

from __future__ import annotations

from collections.abc import Sequence

MOST_LISTED = 20
SENTENCE = r"The same rule fires on lines? [0-9, ]{1,400}(?: and [0-9]{1,9} more)?(?:; .{1,40})?\."


def further_places(lines: Sequence[int], *, here: bool = True) -> str:
    """Names them, without claiming that the same words fit them; empty where there are none.

    `here`: whether it fires on the comment's own line.
    """
    if not lines:
        return ""
    shown = ", ".join(map(str, lines[:MOST_LISTED]))
    rest = f" and {len(lines) - MOST_LISTED} more" if len(lines) > MOST_LISTED else ""
    left = "" if here else "; here it is fixed"
    return f"The same rule fires on {'line' if len(lines) == 1 else 'lines'} {shown}{rest}{left}."
