"""Where a quoted line really stands: a model's line number counts only with its proof."""

from __future__ import annotations

import re
from collections.abc import Sequence

NEAR = 20
_GUTTER = re.compile(r"\A[RL]\d+ (?:[+-] ?| {1,2})")


def normal(text: str) -> str:
    """The text with its white space evened out."""
    return " ".join(text.split())


def quoted_line(quote: str) -> str:
    """The one line that a quote means, normalised: of several the last, without a gutter."""
    lines = [line for line in quote.split("\n") if line.strip()]
    return normal(_GUTTER.sub("", lines[-1])) if lines else ""


def find_quote(
    quote: str, claimed: int, lines: Sequence[str], *, within: tuple[int, int] | None = None
) -> int | None:
    """The number of the line that reads like the quote, or None when there is no telling.

    It is the claimed line, else the only such line within 20 lines of it, else the only one
    `within` these line numbers (those of the enclosing item), else the only one of all.
    """
    wanted = quoted_line(quote)
    if not wanted:
        return None
    same = [
        number
        for number, line in enumerate(lines, start=1)
        if line.lstrip()[:1] == wanted[0] and normal(line) == wanted
    ]
    if claimed in same:
        return claimed
    first, last = within or (1, 0)
    for some in (
        [n for n in same if abs(n - claimed) <= NEAR],
        [n for n in same if first <= n <= last],
        same,
    ):
        if len(some) == 1:
            return some[0]
    return None
