"""Claims of several passes that mean the same, put together; no model is asked for that.

The outcome does not depend on the order in which the claims came.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from reviewer.agent.alike import alike, told_alike
from reviewer.agent.same_thing import (
    ALIKE,
    HARDLY_TOLD_ALIKE,
    NEAR,
    TOLD_ALIKE,
    Claimed,
    first_line,
    groups,
    lines_between,
)
from reviewer.finding import Finding
from reviewer.pull.diff import Side

_Spot = tuple[str, Side, int]
_Known = Mapping[_Spot, Sequence[tuple[int, Finding]]]
"""Evidence, with its number, by where it stands."""


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
    known = _by_line(evidence)
    readers: dict[_Spot, set[str]] = defaultdict(set)
    for claim in ordered:
        readers[_spot(claim.finding)].add(claim.reader)
    clusters = [_cluster(group, known, readers) for group in groups(ordered)]
    clusters.sort(key=lambda c: _place(c.finding))
    return tuple(replace(c, id=f"c{number}") for number, c in enumerate(clusters, start=1))


def _cluster(
    group: Sequence[Claimed], evidence: _Known, readers: Mapping[_Spot, set[str]]
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
        repeats=_repeated(best.finding, evidence),
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


def _by_line(evidence: Iterable[Finding]) -> _Known:
    found: dict[_Spot, list[tuple[int, Finding]]] = defaultdict(list)
    for number, finding in enumerate(evidence):
        found[_spot(finding)].append((number, finding))
    return found


def _repeated(claim: Finding, evidence: _Known) -> str:
    """The source of the first evidence that says so already; empty for none."""
    saying = (
        (number, known.source)
        for line in range(first_line(claim) - NEAR, claim.line + NEAR + 1)
        for number, known in evidence.get((claim.path, claim.side, line), ())
        if _repeats(claim, known)
    )
    return min(saying, default=(0, ""))[1]


def _repeats(claim: Finding, known: Finding) -> bool:
    """Whether a rule near by is as loud, and speaks of that very line or in like words."""
    if claim.severity.rank < known.severity.rank:
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
