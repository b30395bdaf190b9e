"""How much two texts share, by their trigrams: no model is asked for that."""

from __future__ import annotations

from functools import lru_cache

from reviewer.finding import Finding


def alike(one: str, other: str) -> float:
    """How much two texts share: 0 for nothing, 1 for the same words."""
    left, right = _trigrams(one), _trigrams(other)
    if not left and not right:
        return 1.0
    common = len(left & right)
    return common / (len(left) + len(right) - common)


def told_alike(one: Finding, other: Finding) -> float:
    """How much two findings share in all that they tell, title and scenario."""
    return alike(f"{one.title} {one.scenario}", f"{other.title} {other.scenario}")


def lines_between(one: Finding, other: Finding) -> int:
    """How many lines lie from the one to the other; 0 where they touch or overlap."""
    first = max(one.start_line or one.line, other.start_line or other.line)
    return max(0, first - min(one.line, other.line))


@lru_cache(maxsize=4096)
def _trigrams(text: str) -> frozenset[str]:
    words = "".join(c if c.isalnum() else " " for c in text.lower()).split()
    padded = [f"  {word} " for word in words]
    return frozenset(word[at : at + 3] for word in padded for at in range(len(word) - 2))
