"""How much two texts share."""

from __future__ import annotations

from functools import lru_cache

from reviewer.finding import Finding


def alike(one: str, other: str) -> float:
    """By their trigrams: 0 for nothing, 1 for the same."""
    left, right = _trigrams(one), _trigrams(other)
    both = len(left & right)
    together = len(left) + len(right) - both
    return both / together if together else 1.0


def told_alike(one: Finding, other: Finding) -> float:
    """How much two findings share in all that they tell, title and scenario."""
    return alike(f"{one.title} {one.scenario}", f"{other.title} {other.scenario}")


@lru_cache(maxsize=4096)
def _trigrams(text: str) -> frozenset[str]:
    words = "".join(c if c.isalnum() else " " for c in text.lower()).split()
    padded = [f"  {word} " for word in words]
    return frozenset(word[at : at + 3] for word in padded for at in range(len(word) - 2))
