"""Claims of several passes that mean the same, put together; no model is asked for that.

The outcome does not depend on the order in which the claims came.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reviewer.finding import Finding

NEAR = 6
"""Lines between two claims about the same thing, at the most."""
ALIKE = 0.5
"""Share of the trigrams of two titles that they have in common, at the least."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A finding, and who claims it."""

    finding: Finding
    unit: str
    reader: str
    """The pass, by unit and name."""
    lens: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """One claim, however many passes made it."""

    id: str
    """`c1`; in the order of path and line."""
    finding: Finding
    """The best told of them."""
    unit: str
    votes: int
    """How many passes claim it."""
    lenses: tuple[str, ...]
    repeats: str = ""
    """The source of the evidence that says the same, and before which it gives way."""


def merge(claims: Iterable[Claimed], evidence: Iterable[Finding] = ()) -> tuple[Cluster, ...]:
    """The claims as clusters, in the order of path and line."""
    ordered = sorted(set(claims), key=_order)
    groups = _groups(ordered)
    known = list(evidence)
    clusters = [_cluster(group, known) for group in groups]
    clusters.sort(key=lambda c: _place(c.finding))
    return tuple(
        Cluster(f"c{number}", c.finding, c.unit, c.votes, c.lenses, c.repeats)
        for number, c in enumerate(clusters, start=1)
    )


def same_thing(one: Finding, other: Finding) -> bool:
    """Whether two claims are about one thing: near each other, and of one kind or in like words."""
    return (
        one.path == other.path
        and one.side == other.side
        and one.scope_path == other.scope_path
        and abs(one.line - other.line) <= NEAR
        and (one.category == other.category or alike(one.title, other.title) >= ALIKE)
    )


def alike(one: str, other: str) -> float:
    """How much two titles share, by their trigrams: 0 for nothing, 1 for the same."""
    left, right = _trigrams(one), _trigrams(other)
    together = left | right
    return len(left & right) / len(together) if together else 1.0


def _groups(claims: Sequence[Claimed]) -> list[list[Claimed]]:
    """Whoever is the same thing as one of a group belongs to it, however they are met."""
    leader = list(range(len(claims)))

    def find(at: int) -> int:
        while leader[at] != at:
            leader[at] = leader[leader[at]]
            at = leader[at]
        return at

    for left in range(len(claims)):
        for right in range(left + 1, len(claims)):
            if claims[left].finding.path != claims[right].finding.path:
                break  # sorted by path
            if same_thing(claims[left].finding, claims[right].finding):
                leader[find(right)] = find(left)
    groups: dict[int, list[Claimed]] = {}
    for at, claim in enumerate(claims):
        groups.setdefault(find(at), []).append(claim)
    return list(groups.values())


def _cluster(group: Sequence[Claimed], evidence: Sequence[Finding]) -> Cluster:
    best = min(group, key=lambda claim: (_told(claim.finding), _order(claim)))
    return Cluster(
        id="",
        finding=best.finding,
        unit=best.unit,
        votes=len({claim.reader for claim in group}),
        lenses=tuple(sorted({claim.lens for claim in group})),
        repeats=next((f.source for c in group for f in evidence if _repeats(c.finding, f)), ""),
    )


def _told(finding: Finding) -> tuple[int, bool, int, int]:
    """Smaller is better: the worst that is said of it, with proof and without an assumption."""
    return (
        finding.severity.rank,
        bool(finding.assumption),
        -len(finding.evidence),
        -len(finding.scenario),
    )


def _repeats(claim: Finding, known: Finding) -> bool:
    """Whether a rule says so already: on that very line, or near it and in like words."""
    if claim.path != known.path or claim.side != known.side:
        return False
    if abs(claim.line - known.line) <= 1 and claim.category == known.category:
        return True
    return abs(claim.line - known.line) <= NEAR and alike(claim.title, known.title) >= ALIKE


def _order(claim: Claimed) -> tuple[object, ...]:
    return (*_place(claim.finding), claim.unit, claim.reader, repr(claim.finding))


def _place(finding: Finding) -> tuple[str, int, str, str]:
    return (finding.path, finding.line, finding.side.value, finding.title)


def _trigrams(text: str) -> frozenset[str]:
    words = "".join(c if c.isalnum() else " " for c in text.lower()).split()
    padded = [f"  {word} " for word in words]
    return frozenset(word[at : at + 3] for word in padded for at in range(len(word) - 2))
