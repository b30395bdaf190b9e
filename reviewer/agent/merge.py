"""Claims of several passes that mean the same, put together; no model is asked for that.

The outcome does not depend on the order in which the claims came.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from reviewer.agent.likeness import alike, lines_between, told_alike
from reviewer.finding import Finding
from reviewer.pull.diff import Side

NEAR = 6
"""Lines between two claims about the same thing, at the most."""
ALIKE = 0.5
"""Share of the trigrams of two titles that they have in common, at the least."""
TOLD_ALIKE = 0.42
"""The same of titles and scenarios. In a trial of 23 November 2026 the pairs of claims that two
readers made of one thing, near each other, shared .43 to .73; those of two things .41 at most."""
HARDLY_TOLD_ALIKE = 0.3
"""Below it two readers name two things, though they name them on the very same line."""


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

    Near each other, two readers mean the same by like words, or on the very same line by one
    category and some of the words. One reader who claims twice means two things, but for like
    titles or the very same line.
    """
    left, right = one.finding, other.finding
    if (left.path, left.side, left.scope_path) != (right.path, right.side, right.scope_path):
        return False
    if lines_between(left, right) > NEAR:
        return False
    if alike(left.title, right.title) >= ALIKE:
        return True
    agree = left.line == right.line and left.category == right.category
    if one.reader == other.reader:
        return agree
    return told_alike(left, right) >= (HARDLY_TOLD_ALIKE if agree else TOLD_ALIKE)


def _groups(claims: Sequence[Claimed]) -> list[list[Claimed]]:
    """Groups in which every claim is the same thing as every other: the likest meet first."""
    pairs = {pair: _unlike(claims, pair) for pair in _pairs(claims)}
    members = {at: 1 << at for at in range(len(claims))}
    """By the first of a group the bits of all in it."""
    kin = {at: 1 << at for at in range(len(claims))}
    """By the first of a group the bits of those who mean the same as every one in it."""
    for left, right in pairs:
        kin[left] |= 1 << right
        kin[right] |= 1 << left
    first_of = list(range(len(claims)))
    for left, right in sorted(pairs, key=pairs.__getitem__):
        one, other = first_of[left], first_of[right]
        if one == other or members[other] & ~kin[one]:
            continue
        members[one] |= members.pop(other)
        kin[one] &= kin.pop(other)
        first_of = [one if first == other else first for first in first_of]
    return [
        [claim for at, claim in enumerate(claims) if bits >> at & 1] for bits in members.values()
    ]


def _pairs(claims: Sequence[Claimed]) -> Iterator[tuple[int, int]]:
    by_start = sorted(
        range(len(claims)), key=lambda at: (claims[at].finding.path, _start(claims[at].finding), at)
    )
    for place, one in enumerate(by_start):
        end = claims[one].finding.line + NEAR
        for other in by_start[place + 1 :]:
            found = claims[other].finding
            if found.path != claims[one].finding.path or _start(found) > end:
                break
            if same_thing(claims[one], claims[other]):
                yield min(one, other), max(one, other)


def _start(finding: Finding) -> int:
    return finding.start_line or finding.line


def _unlike(claims: Sequence[Claimed], pair: tuple[int, int]) -> tuple[object, ...]:
    left, right = (claims[at].finding for at in pair)
    likeness = max(alike(left.title, right.title), told_alike(left, right))
    return (-likeness, abs(left.line - right.line), pair)


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
    if claim.severity.rank < known.severity.rank or lines_between(claim, known) > NEAR:
        return False
    if claim.line == known.line and claim.category == known.category:
        return True
    if alike(claim.title, known.title) >= ALIKE:
        return True
    touches = lines_between(claim, known) == 0
    return told_alike(claim, known) >= (HARDLY_TOLD_ALIKE if touches else TOLD_ALIKE)


def _spot(finding: Finding) -> _Spot:
    return finding.path, finding.side, finding.line


def _order(claim: Claimed) -> tuple[object, ...]:
    return (*_place(claim.finding), claim.unit, claim.reader, repr(claim.finding))


def _place(finding: Finding) -> tuple[str, int, str, str]:
    return (finding.path, finding.line, finding.side.value, finding.title)
