"""What is said, what is asked, and what is kept to ourselves."""

from __future__ import annotations

from collections.abc import Iterable

from reviewer.agent.claims import Unplaced
from reviewer.agent.merge import Cluster
from reviewer.agent.record import ClaimRecord
from reviewer.agent.verify import Judged
from reviewer.finding import Finding, Severity, VerdictKind

ENOUGH_VOTES = 2
"""Passes that agree, from which on a plausible claim is asked as a question. Where each line is
read once, as in economy, none can have them: there, plausible claims are asked if critical, and
the others counted."""


def decide(judged: Iterable[Judged]) -> tuple[ClaimRecord, ...]:
    """The records of claims that came to a second reader."""
    return tuple(_record(one) for one in judged)


def given_way(clusters: Iterable[Cluster]) -> tuple[ClaimRecord, ...]:
    """The records of claims that evidence makes already."""
    return tuple(
        _kept_back(
            cluster.id,
            cluster.unit,
            "merge",
            cluster.finding,
            f"{cluster.repeats} says it already",
            (cluster.votes, cluster.lenses),
        )
        for cluster in clusters
    )


def absorbed(clusters: Iterable[Cluster]) -> tuple[ClaimRecord, ...]:
    """The records of claims that are told in the words of another one."""
    return tuple(
        _kept_back(
            f"{cluster.id}.{number}",
            claim.unit,
            "merge",
            claim.finding,
            f"{cluster.id} says the same",
            (1, (claim.lens,)),
        )
        for cluster in clusters
        for number, claim in enumerate(cluster.absorbed, start=1)
    )


def unplaced(claims: Iterable[tuple[Unplaced, str, str]]) -> tuple[ClaimRecord, ...]:
    """The records of claims that stand on no line, each given with its unit and lens."""
    return tuple(
        _kept_back(f"p{number}", unit, "place", claim.claimed, claim.why, (1, (lens,)))
        for number, (claim, unit, lens) in enumerate(claims, start=1)
    )


def _kept_back(
    name: str,
    unit: str,
    stage: str,
    finding: Finding,
    why: str,
    by: tuple[int, tuple[str, ...]],
) -> ClaimRecord:
    """A claim that no second reader was asked about; `by` are its votes and lenses."""
    votes, lenses = by
    return ClaimRecord(
        id=name,
        unit=unit,
        stage=stage,
        votes=votes,
        lenses=lenses,
        finding=finding,
        verdict=finding.verdict,
        run="",
        against="",
        references=(),
        said=False,
        why=why,
        claimed=finding.scenario,
    )


def said(records: Iterable[ClaimRecord]) -> tuple[Finding, ...]:
    """The findings that are said."""
    return tuple(record.finding for record in records if record.said)


def _record(judged: Judged) -> ClaimRecord:
    cluster, finding = judged.cluster, judged.finding
    speaks, why = _outcome(judged)
    return ClaimRecord(
        id=cluster.id,
        unit=cluster.unit,
        stage="verify",
        votes=cluster.votes,
        lenses=cluster.lenses,
        finding=finding,
        verdict=finding.verdict,
        run=judged.run,
        against=judged.against,
        references=judged.references,
        said=speaks,
        why=why,
        claimed=cluster.finding.scenario,
    )


def _outcome(judged: Judged) -> tuple[bool, str]:
    finding, votes = judged.finding, judged.cluster.votes
    by = f"not judged by a second reader ({judged.unjudged}), " if judged.unjudged else ""
    if finding.verdict is VerdictKind.CONFIRMED:
        return True, "confirmed by a second reader"
    if finding.verdict is VerdictKind.REFUTED:
        return False, "refuted by a second reader"
    if finding.verdict is VerdictKind.OUT_OF_SCOPE:
        return False, "a second reader sees no wrong behaviour of this change in it"
    if finding.severity is Severity.CRITICAL:
        return True, f"{by}plausible and critical, asked as a question"
    if votes >= ENOUGH_VOTES:
        return True, f"{by}plausible and claimed by {votes} passes, asked as a question"
    return False, f"{by}plausible, not critical and claimed by one pass alone"
