"""Claims of several passes that mean the same, put together; no model is asked for that.

The outcome does not depend on the order in which the claims came.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from reviewer.finding import Finding
from reviewer.pull.diff import Side

NEAR = 6
"""Lines between two claims about the same thing, at the most."""
ALIKE = 0.5
"""Share of the trigrams of two titles that they have in common, at the least."""
HARDLY_ALIKE = 0.05
"""Below it two titles have no word in common, and name two things however near they stand."""


_Spot = tuple[str, Side, int]


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
    absorbed: tuple[Claimed, ...] = ()
    """What else was claimed of it, in other words or on another line."""


def merge(claims: Iterable[Claimed], evidence: Iterable[Finding] = ()) -> tuple[Cluster, ...]:
    """The claims as clusters, in the order of path and line."""
    ordered = sorted(set(claims), key=_order)
    known = list(evidence)
    readers: dict[_Spot, set[str]] = defaultdict(set)
    for claim in ordered:
        readers[_spot(claim.finding)].add(claim.reader)
    clusters = [_cluster(group, known, readers) for group in _groups(ordered)]
    clusters.sort(key=lambda c: _place(c.finding))
    return tuple(replace(c, id=f"c{number}") for number, c in enumerate(clusters, start=1))


def same_thing(one: Claimed, other: Claimed) -> bool:
    """Whether two claims are about one thing.

    Near each other, two readers mean the same by like words, or by one category and some of the
    words. One reader who claims twice means two things, but for like words or the very same line.
    """
    left, right = one.finding, other.finding
    if (left.path, left.side, left.scope_path) != (right.path, right.side, right.scope_path):
        return False
    if abs(left.line - right.line) > NEAR:
        return False
    likeness = alike(left.title, right.title)
    if likeness >= ALIKE:
        return True
    if left.category != right.category:
        return False
    if left.line == right.line:
        return True
    return one.reader != other.reader and likeness >= HARDLY_ALIKE


def alike(one: str, other: str) -> float:
    """How much two titles share, by their trigrams: 0 for nothing, 1 for the same."""
    left, right = _trigrams(one), _trigrams(other)
    together = left | right
    return len(left & right) / len(together) if together else 1.0


def _groups(claims: Sequence[Claimed]) -> list[list[Claimed]]:
    """Groups in which every claim is the same thing as every other: the likest meet first."""
    group_of = {at: [at] for at in range(len(claims))}
    pairs = {pair: _unlike(claims, pair) for pair in _pairs(claims)}
    for left, right in sorted(pairs, key=pairs.__getitem__):
        one, other = group_of[left], group_of[right]
        if one is other:
            continue
        if all((min(a, b), max(a, b)) in pairs for a in one for b in other):
            one += other
            group_of.update(dict.fromkeys(other, one))
    groups = {id(group): group for group in group_of.values()}
    return [[claims[at] for at in sorted(group)] for group in groups.values()]


def _pairs(claims: Sequence[Claimed]) -> Iterator[tuple[int, int]]:
    for left, one in enumerate(claims):
        for right in range(left + 1, len(claims)):
            other = claims[right].finding
            if other.path != one.finding.path or other.line > one.finding.line + NEAR:
                break  # sorted by path and line
            if same_thing(one, claims[right]):
                yield left, right


def _unlike(claims: Sequence[Claimed], pair: tuple[int, int]) -> tuple[object, ...]:
    left, right = (claims[at].finding for at in pair)
    return (-alike(left.title, right.title), abs(left.line - right.line), pair)


def _cluster(
    group: Sequence[Claimed], evidence: Sequence[Finding], readers: dict[_Spot, set[str]]
) -> Cluster:
    best = min(group, key=lambda claim: (_told(claim.finding), _order(claim)))
    # Two readers who stop at one line agree that it is wrong, whatever each of them calls it.
    votes = {claim.reader for claim in group} | readers[_spot(best.finding)]
    others = {claim.finding: claim for claim in reversed(group) if claim.finding != best.finding}
    return Cluster(
        id="",
        finding=best.finding,
        unit=best.unit,
        votes=len(votes),
        lenses=tuple(sorted({claim.lens for claim in group})),
        repeats=next((f.source for f in evidence if _repeats(best.finding, f)), ""),
        absorbed=tuple(sorted(others.values(), key=_order)),
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
    """Whether a rule says so already, and as loud: of that very line, or near it in like words."""
    if claim.path != known.path or claim.side != known.side:
        return False
    if claim.severity.rank < known.severity.rank:
        return False
    if claim.line == known.line and claim.category == known.category:
        return True
    return abs(claim.line - known.line) <= NEAR and alike(claim.title, known.title) >= ALIKE


def _spot(finding: Finding) -> _Spot:
    return finding.path, finding.side, finding.line


def _order(claim: Claimed) -> tuple[object, ...]:
    return (*_place(claim.finding), claim.unit, claim.reader, repr(claim.finding))


def _place(finding: Finding) -> tuple[str, int, str, str]:
    return (finding.path, finding.line, finding.side.value, finding.title)


@lru_cache(maxsize=4096)
def _trigrams(text: str) -> frozenset[str]:
    words = "".join(c if c.isalnum() else " " for c in text.lower()).split()
    padded = [f"  {word} " for word in words]
    return frozenset(word[at : at + 3] for word in padded for at in range(len(word) - 2))
