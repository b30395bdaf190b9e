"""Where a quoted line really stands: a model's line number counts only with its proof.

The code that is quoted has to be there. How it is written down may differ: a gutter copied
along, backticks, other white space, a comment or semicolon left out, the middle left out with `…`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property

NEAR = 20
BESIDE = 3
"""Lines around the claimed one in which a part of a line is proof enough."""
SIGNIFICANT = 8
"""Characters beside white space, from which on code is not found by chance."""
LONG_ITEM = 2_000
"""Lines. Of a longer item only the lines near the claimed one are compared but for their ends."""
_LONGEST = 4_000
_GUTTER = re.compile(r"\A[RL]?\d{1,9}(?: ?[:|] ?| )(?:[+-] | {1,2})?")
_SIGN = re.compile(r"\A[+-]")
_LEFT_OUT = re.compile(r"…|\.\.\.")
_FENCE = re.compile(r"\A\s*```\w*\s*\Z")


def normal(text: str) -> str:
    """The text with its white space evened out."""
    return " ".join(text.split())


class Lines(list[str]):
    """The lines of a file, in which many quotes are looked up."""

    def reading(self, wanted: str) -> Sequence[int]:
        """The numbers of the lines that read so, in their order."""
        return self._by_text.get(wanted, ())

    def squeezed(self, number: int) -> str:
        """The line of this number without white space."""
        if number not in self._bare:
            self._bare[number] = _squeezed(self[number - 1])
        return self._bare[number]

    @cached_property
    def _by_text(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for number, line in enumerate(self, start=1):
            found[normal(line)].append(number)
        return dict(found)

    @cached_property
    def _bare(self) -> dict[int, str]:
        return {}


def find_quote(
    quote: str, claimed: int, lines: Lines, *, within: tuple[int, int] | None = None
) -> int | None:
    """The number of the line that reads like the quote, or None when there is no telling.

    It is the claimed line, else the only such line within 20 lines of it, else the only one
    `within` these line numbers (those of the enclosing item), else the only one of all, else the
    nearest of several. Where no line reads so, one that holds the quoted code is taken, by the
    claimed line.
    """
    readings = _readings(quote)
    for wanted in readings:
        found = _one_of(lines.reading(wanted), wanted, claimed, within)
        if found is not None:
            return found
    near = _numbers(claimed, NEAR, within, len(lines))
    for wanted in readings:
        said = _squeezed(wanted).rstrip(";,")
        same = [number for number in near if _but_for_its_end(said, lines.squeezed(number))]
        found = _one_of(same, wanted, claimed, within)
        if found is not None:
            return found
    beside = sorted(_numbers(claimed, BESIDE, None, len(lines)), key=lambda n: abs(n - claimed))
    holding = (n for wanted in readings for n in beside if _holds(lines.squeezed(n), wanted))
    return next(holding, None)


def _one_of(
    same: Sequence[int], wanted: str, claimed: int, within: tuple[int, int] | None
) -> int | None:
    """`same` is in its order."""
    inside = _between(same, *(within or (1, 0)))
    near = _between(same, claimed - NEAR, claimed + NEAR)
    if claimed in near:
        return claimed
    for some in (near, inside, same):
        if len(some) == 1:
            return some[0]
    several = inside or (near if len(_squeezed(wanted)) >= SIGNIFICANT else [])
    at = bisect_left(several, claimed)
    return min(several[max(0, at - 1) : at + 1], key=lambda n: abs(n - claimed), default=None)


def _between(numbers: Sequence[int], first: int, last: int) -> Sequence[int]:
    return numbers[bisect_left(numbers, first) : bisect_right(numbers, last)]


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
    """The line numbers near one, and those of the item unless it is very long."""
    first, last = within or (1, 0)
    if last - first >= LONG_ITEM:
        first, last = 1, 0
    near = range(max(1, around - margin), min(count, around + margin) + 1)
    return sorted({*near, *range(max(1, first), min(count, last) + 1)})


def _but_for_its_end(said: str, there: str) -> bool:
    """Whether the line is the quote, but for white space, a comment and the last punctuation."""
    if not said or not there.startswith(said):
        return False
    rest = there.removeprefix(said).lstrip(";,")
    return not rest or rest.startswith(("//", "/*"))


def _holds(there: str, wanted: str) -> bool:
    """Whether the line has the quoted code in it, each part of it where some is left out."""
    parts = [_squeezed(part) for part in _LEFT_OUT.split(wanted)]
    parts[-1] = parts[-1].rstrip(";,")
    if sum(map(len, parts)) < SIGNIFICANT:
        return False
    at = 0
    for part in parts:
        at = there.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return True


def _squeezed(text: str) -> str:
    return "".join(text.split())
