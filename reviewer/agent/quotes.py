"""Where a quoted line really stands: a model's line number counts only with its proof.

The code that is quoted has to be there. How it is written down may differ: a gutter copied
along, backticks, other white space, a comment or semicolon left out, the middle left out with `…`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

NEAR = 20
BESIDE = 3
"""Lines around the claimed one in which a part of a line is proof enough."""
SIGNIFICANT = 8
"""Characters beside white space, from which on code is not found by chance."""
_LONGEST = 4_000
_GUTTER = re.compile(r"\A[RL]?\d{1,9}(?: ?[:|] ?| )(?:[+-] | {1,2})?")
_SIGN = re.compile(r"\A[+-]")
_LEFT_OUT = re.compile(r"…|\.\.\.")
_FENCE = re.compile(r"\A\s*```\w*\s*\Z")


def normal(text: str) -> str:
    """The text with its white space evened out."""
    return " ".join(text.split())


def find_quote(
    quote: str, claimed: int, lines: Sequence[str], *, within: tuple[int, int] | None = None
) -> int | None:
    """The number of the line that reads like the quote, or None when there is no telling.

    It is the claimed line, else the only such line within 20 lines of it, else the only one
    `within` these line numbers (those of the enclosing item), else the only one of all, else the
    nearest of several. Where no line reads so, one that holds the quoted code is taken, by the
    claimed line.
    """
    readings = _readings(quote)
    for wanted in readings:
        same = [
            number
            for number, line in enumerate(lines, start=1)
            if line.lstrip()[:1] == wanted[0] and normal(line) == wanted
        ]
        found = _one_of(same, wanted, claimed, within)
        if found is not None:
            return found
    near = _numbers(claimed, NEAR, within, len(lines))
    for wanted in readings:
        same = [number for number in near if _but_for_its_end(wanted, lines[number - 1])]
        found = _one_of(same, wanted, claimed, within)
        if found is not None:
            return found
    beside = sorted(_numbers(claimed, BESIDE, None, len(lines)), key=lambda n: abs(n - claimed))
    holding = (n for wanted in readings for n in beside if _holds(lines[n - 1], wanted))
    return next(holding, None)


def _one_of(
    same: Sequence[int], wanted: str, claimed: int, within: tuple[int, int] | None
) -> int | None:
    if claimed in same:
        return claimed
    first, last = within or (1, 0)
    inside = [n for n in same if first <= n <= last]
    near = [n for n in same if abs(n - claimed) <= NEAR]
    for some in (near, inside, same):
        if len(some) == 1:
            return some[0]
    several = inside or (near if len(_squeezed(wanted)) >= SIGNIFICANT else [])
    return min(several, key=lambda n: abs(n - claimed), default=None)


def _readings(quote: str) -> tuple[str, ...]:
    """What a quote may mean, word for word first, then without what was put around the code."""
    line = _last_line(quote[:_LONGEST]).strip()
    plain = _GUTTER.sub("", line)
    bare = _GUTTER.sub("", plain.strip().strip("`"))
    unsigned = _SIGN.sub("", bare).strip().strip("`")
    found = dict.fromkeys(map(normal, (line, plain, bare, unsigned)))
    return tuple(text for text in found if text)


def _last_line(quote: str) -> str:
    lines = [line for line in quote.split("\n") if line.strip() and not _FENCE.match(line)]
    return lines[-1] if lines else ""


def _numbers(around: int, margin: int, within: tuple[int, int] | None, count: int) -> Iterable[int]:
    """The line numbers near one, and those of the item."""
    first, last = within or (1, 0)
    near = range(max(1, around - margin), min(count, around + margin) + 1)
    return sorted({*near, *range(max(1, first), min(count, last) + 1)})


def _but_for_its_end(wanted: str, line: str) -> bool:
    """Whether the line is the quote, but for white space, a comment and the last punctuation."""
    if line.lstrip()[:1] != wanted[0]:
        return False
    said, there = _squeezed(wanted).rstrip(";,"), _squeezed(line)
    rest = there.removeprefix(said).lstrip(";,")
    return bool(said) and there.startswith(said) and (not rest or rest.startswith(("//", "/*")))


def _holds(line: str, wanted: str) -> bool:
    """Whether the line has the quoted code in it, each part of it where some is left out."""
    parts = [_squeezed(part) for part in _LEFT_OUT.split(wanted)]
    parts[-1] = parts[-1].rstrip(";,")
    if sum(map(len, parts)) < SIGNIFICANT:
        return False
    there, at = _squeezed(line), 0
    for part in parts:
        at = there.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return True


def _squeezed(text: str) -> str:
    return "".join(text.split())
