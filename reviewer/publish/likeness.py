"""How alike two titles are, so that a claim is known again in other words."""

from __future__ import annotations

import html
import re
from functools import lru_cache

REWORDED = 0.5
"""From this likeness on, two titles of one category in one item say the same."""
REWORDED_IN_PLACE = 0.35
"""The same where both are about one line that was edited: by the words of titles about the same
thing 0.30 to 0.83, about another 0.10 to 0.60 (half of them below 0.28)."""
SAME_WORDS = 0.8
"""The same on lines that have nothing else in common."""

_SHOWN = 120
_WORD = re.compile(r"[^\W_]+")
_HEADLINE = re.compile(r"\S{1,8} \*\*[a-z]{1,16}\*\* · (.{1,2000})")


def likeness(one: str, other: str) -> float:
    """Shared letter triples of two titles, 0 to 1: case, marks and word ends do not count."""
    first, second = _triples(one), _triples(other)
    if not first or not second:
        return 0.0
    return 2 * len(first & second) / (len(first) + len(second))


def headline(body: str) -> str:
    """The title in the first line of a comment that this App wrote; empty if there is none.

    It is as harmless as it was posted: nothing of it is unescaped, so that it can be posted again.
    """
    match = _HEADLINE.match(body.partition("\n")[0])
    return match[1].strip() if match else ""


@lru_cache(maxsize=4096)
def _triples(title: str) -> frozenset[str]:
    words = _WORD.findall(html.unescape(title[: 2 * _SHOWN]).casefold())
    padded = f" {' '.join(words)} " if words else ""
    return frozenset(padded[i : i + 3] for i in range(len(padded) - 2))
