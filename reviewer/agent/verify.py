"""The second reader: a fresh conversation that tries to refute each claim before it mends it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from reviewer.agent.budget import BudgetSpent
from reviewer.agent.claims import Checker
from reviewer.agent.conversation import VERIFIER, Talk
from reviewer.agent.envelope import Envelope, Verdict
from reviewer.agent.fixes import whole_lines
from reviewer.agent.kin import beside_their_like
from reviewer.agent.merge import Cluster
from reviewer.agent.pack import ReviewUnit
from reviewer.agent.prompt import Prompter
from reviewer.agent.question import Question, put
from reviewer.agent.reading import Reading
from reviewer.agent.redact import redact
from reviewer.agent.request import Ask, ModelRefused, ModelUnavailable, PromptTooLong
from reviewer.agent.told import told_finding
from reviewer.agent.tools import Toolbox
from reviewer.errors import ReviewerError
from reviewer.finding import Finding, VerdictKind
from reviewer.looks import log_missed
from reviewer.pull.diff import Side

STAGE = "verify"
SHORTEST_RUN = 60
"""Characters. Below them there is no room for an event, a state and a cost: it only refers to the
claim, whose own words are then said."""
_CLAIM_ID = re.compile(r"\W*(?:claim\W*)?c?\W*(\d{1,9})\W*\Z", re.IGNORECASE)
_REFERENCE = re.compile(r"(?:OB|RK|MD|RS)-\d{1,2}\Z")


@dataclass(frozen=True, slots=True)
class Batch:
    """Claims of one unit that one reader judges, each by itself."""

    unit: ReviewUnit
    clusters: tuple[Cluster, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim with its verdict, the finding as the second reader leaves it."""

    cluster: Cluster
    finding: Finding
    run: str = ""
    against: str = ""
    references: tuple[str, ...] = ()
    unjudged: str = ""
    """Why no second reader judged it; it stays plausible then."""


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What came of one conversation."""

    batch: Batch
    talk: Talk
    envelope: Envelope | None
    problem: str = ""
    error: BudgetSpent | ModelUnavailable | ModelRefused | None = None


_NOT_JUDGED = "it could not be judged for an error on our side"
_REFUTED_BY_NOTHING = "the lines that it was refuted with are not there"


def batches(
    clusters: Sequence[Cluster], units: Sequence[ReviewUnit], reading: Reading
) -> list[Batch]:
    """The claims by the unit that shows them, as many together as the reading allows.

    Claims in like words come together where there is room: only who sees both can say that they
    have one cause.
    """
    by_unit: dict[str, tuple[ReviewUnit, list[Cluster]]] = {}
    for cluster in clusters:
        unit = _unit_of(cluster, units)
        by_unit.setdefault(unit.id, (unit, []))[1].append(cluster)
    return [
        Batch(unit, tuple(together))
        for unit, group in by_unit.values()
        for together in beside_their_like(group, reading.claims_together)
    ]


class Verifier:
    """Judges batches; several threads may do so at a time."""

    def __init__(self, ask: Ask, prompter: Prompter, toolbox: Toolbox, reading: Reading) -> None:
        self._ask = ask
        self._prompter = prompter
        self._toolbox = toolbox
        self._reading = reading

    def run(self, batch: Batch) -> BatchResult:
        """One conversation to its end. What ends it early is kept in the result, not raised."""
        names = ", ".join(cluster.id for cluster in batch.clusters)
        talk = Talk(STAGE, f"{batch.unit.id} {names}")
        claims = "\n\n".join(
            f"CLAIM {cluster.id}\n{told_finding(cluster.finding)}" for cluster in batch.clusters
        )
        unit = batch.unit
        while True:
            question = Question(
                self._prompter.verify(unit, claims),
                self._prompter.verify(_around(unit, batch), claims, minimal=True),
                VERIFIER,
                self._reading.fallback,
            )
            try:
                reply = put(self._ask, question, self._toolbox, talk)
            except PromptTooLong:
                if unit.brief:
                    return BatchResult(batch, talk, None, "it is too long for the model")
                unit = _around(unit, batch)
            except (BudgetSpent, ModelUnavailable, ModelRefused) as error:
                return BatchResult(batch, talk, None, "it could not be asked", error)
            except ReviewerError:
                raise
            except Exception as error:  # noqa: BLE001 - logged; one batch ends no review
                log_missed("second reader", unit.id, error)
                return BatchResult(batch, talk, None, _NOT_JUDGED)
            else:
                return BatchResult(batch, talk, reply.envelope, reply.problem)


def judge(result: BatchResult, checker: Checker) -> list[Judged]:
    """The verdicts of a conversation, one for each of its claims.

    A reader that failed, or said nothing of a claim, leaves it plausible.
    """
    said = result.envelope.verdicts if result.envelope else ()
    clusters = result.batch.clusters
    alone = said[0] if len(said) == len(clusters) == 1 else None
    verdicts: dict[str, Verdict] = {}
    for verdict in said:
        verdicts.setdefault(_claim_named(verdict.id), verdict)
    judged = []
    for cluster in clusters:
        found = alone or verdicts.get(cluster.id)
        if found is None:
            why = result.problem or "the second reader said nothing of it"
            judged.append(not_judged(cluster, why))
        else:
            judged.append(_judged_alone(cluster, found, checker))
    return judged


def not_judged(cluster: Cluster, why: str) -> Judged:
    """The claim as its first reader made it."""
    return Judged(cluster, replace(cluster.finding, unjudged=True), unjudged=why)


def _claim_named(text: str) -> str:
    """The id of a claim, however it was written down: `CLAIM c1`, `C1`, `1`, `c1.`."""
    match = _CLAIM_ID.match(text[:40])
    return f"c{int(match[1])}" if match else text.strip()


def _judged_alone(cluster: Cluster, verdict: Verdict, checker: Checker) -> Judged:
    try:
        return _judged(cluster, verdict, checker)
    except Exception as error:  # noqa: BLE001 - logged; one verdict ends no review
        log_missed("second reader", cluster.finding.path, error)
        return not_judged(cluster, _NOT_JUDGED)


def _judged(cluster: Cluster, verdict: Verdict, checker: Checker) -> Judged:
    kind = verdict.verdict
    found = cluster.finding
    evidence = checker.evidence(verdict.evidence)
    invented = bool(verdict.evidence) and not checker.shows(verdict.evidence)
    if kind is VerdictKind.REFUTED and invented:
        against, run = redact(verdict.against), redact(verdict.run)
        return Judged(cluster, found, run=run, against=against, unjudged=_REFUTED_BY_NOTHING)
    finding = replace(
        found,
        verdict=kind,
        severity=verdict.severity,
        assumption=redact(verdict.assumption) or found.assumption
        if kind is VerdictKind.PLAUSIBLE
        else "",
        evidence=tuple(dict.fromkeys((*found.evidence, *evidence)))[:6],
    )
    run = redact(verdict.run)
    if kind is VerdictKind.CONFIRMED:
        finding = replace(
            finding,
            # The claimed line is proof enough of the claim, but who makes lines up mends nothing.
            replacement=None if invented else whole_lines(verdict.replacement, finding, checker),
            scenario=run if len(run) >= SHORTEST_RUN else found.scenario,
        )
    return Judged(
        cluster,
        finding,
        run=run,
        against=redact(verdict.against),
        references=tuple(r for r in verdict.references if _REFERENCE.match(r)),
    )


def _unit_of(cluster: Cluster, units: Sequence[ReviewUnit]) -> ReviewUnit:
    """The unit that shows the claimed line, else one with its file, else the one it came from."""
    path, line = cluster.finding.path, cluster.finding.line
    shown = [u for u in units if cluster.finding.side is Side.RIGHT and u.holds(path, line)]
    shown += [u for u in units if path in u.paths]
    shown += [u for u in units if cluster.unit == u.id]
    return shown[0] if shown else units[0]


def _around(unit: ReviewUnit, batch: Batch) -> ReviewUnit:
    """The changed lines of the files that the claims are about."""
    paths = {cluster.finding.path for cluster in batch.clusters}
    sections = tuple(s for s in unit.sections if s.path in paths) or unit.sections
    return replace(unit, sections=sections).in_brief()
