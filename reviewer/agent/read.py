"""The reading of a change from end to end: pack, find, merge, verify, decide.

What is sent depends on the material, the settings and the answers alone, never on the clock, on
chance or on which call was done first: a reading that is begun again asks the same and is given
what was answered before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from reviewer.agent.budget import BudgetSpent
from reviewer.agent.claims import Checker, Unplaced
from reviewer.agent.context import context_of
from reviewer.agent.coverage import not_read
from reviewer.agent.decide import absorbed, decide, given_way, said, unplaced
from reviewer.agent.find import Finder, Pass, PassResult, passes
from reviewer.agent.material import Material
from reviewer.agent.merge import Cluster, merge
from reviewer.agent.notes import merged_notes
from reviewer.agent.pack import Packed, ReviewUnit, notes_of, pack
from reviewer.agent.prompt import Prompter
from reviewer.agent.questions import MOST_QUESTIONS, distinct
from reviewer.agent.reading import Reading
from reviewer.agent.report import AgentReport, Stopped
from reviewer.agent.request import Ask, ModelRefused, ModelUnavailable
from reviewer.agent.same_thing import Claimed
from reviewer.agent.spending import Spending, Thinner
from reviewer.agent.tools import TOOL_SPECS, Toolbox
from reviewer.agent.verify import BatchResult, Judged, Verifier, batches, judge, not_judged
from reviewer.agent.warming import Warming
from reviewer.agent.waves import WAVE, at_once, waves
from reviewer.finding import Severity
from reviewer.looks import Looks

FEWER_PASSES = (
    "Half of the model budget was spent, so further passes over the same code were left out."
)
WITHOUT_CONTEXT = "what stands around it could not be looked up"
NEARLY_SPENT = "the model budget was nearly spent"
NO_VERDICT = "the model budget ran low"
UNJUDGED = "no second reader judged what was claimed of it: {why}"


def packed_units(material: Material) -> Packed:
    """The change in units, each with what stands around it."""
    evidence = material.evidence
    packed = pack(
        material.diff,
        material.heads,
        material.scope,
        notes_of(evidence.findings, evidence.hints),
        material.item_at,
        unread=material.unread,
        focus=material.focus,
    )
    looks = Looks()
    units = tuple(
        replace(u, context=looks.at("context", u.id, partial(context_of, u, material.head), ""))
        for u in packed.units
    )
    alone = {missed.path for missed in looks.missed}
    paths = dict.fromkeys(path for u in units if u.id in alone for path in u.paths)
    return Packed(units, (*packed.not_packed, *((path, WITHOUT_CONTEXT) for path in paths)))


def read_change(material: Material, reading: Reading, ask: Ask) -> AgentReport:
    """What the model makes of a change. Raises Transient when the store of answers is away."""
    packed = packed_units(material)
    if not packed.units:
        nothing_new = material.focus is not None and not packed.not_packed
        return AgentReport(None, "", not_reviewed=packed.not_packed, nothing_new=nothing_new)
    return _Review(material, reading, ask, packed).run()


class _Review:
    """The state of one reading."""

    def __init__(self, material: Material, reading: Reading, ask: Ask, packed: Packed) -> None:
        self._material = material
        self._reading = reading
        self._packed = packed
        self._spending = Spending(reading)
        self._checker = Checker(material.diff, material.heads, material.item_at, material.head.text)
        prompter = Prompter(material, reading, TOOL_SPECS)
        toolbox = Toolbox(material.head, material.base, material.nonce)
        self._finder = Finder(ask, prompter, toolbox, reading)
        self._verifier = Verifier(ask, prompter, toolbox, reading)
        self._warming = Warming(ask, prompter, reading.concurrency)
        self._stopped: Stopped = ""
        self._retry_after: float | None = None
        self._remarks: dict[str, None] = {}
        self._not_checked: list[str] = []
        self._questions: list[str] = []
        self._unjudged: dict[str, str] = {}
        self._unread = 0
        self._unplaced: list[tuple[Unplaced, str, str]] = []

    def run(self) -> AgentReport:
        results = self._find()
        claims = self._claims(results)
        clusters = merge(claims, self._material.evidence.findings)
        judged = self._verify([c for c in clusters if not c.repeats])
        records = (*given_way(c for c in clusters if c.repeats), *decide(judged))
        records = tuple(sorted(records, key=lambda record: int(record.id[1:])))
        records = (*records, *absorbed(clusters), *unplaced(self._unplaced))
        if self._unplaced:
            self._remarks[f"{_claims(len(self._unplaced))} could not be placed on a line."] = None
        if self._unread:
            self._remarks[f"{_claims(self._unread)} could not be read, and so not judged."] = None
        if weaker := sum(record.weaker for record in records):
            self._remarks[f"{_claims(weaker)} could not be confirmed, and so not shown."] = None
        questions = distinct(self._questions, MOST_QUESTIONS)
        asked = [finding.assumption for finding in said(records) if finding.assumption]
        notes = merged_notes(self._not_checked, (*questions, *asked))
        if notes.more:
            self._remarks[f"{notes.more} more could not be judged from the change alone."] = None
        left_out = self._reason_left_out()
        model = next(iter(self._spending.models), None)
        return AgentReport(
            model=model,
            absence="",
            findings=said(records),
            cost_usd=self._spending.usd,
            not_reviewed=(
                *self._packed.not_packed,
                *self._unjudged.items(),
                *not_read(self._packed.units, results, left_out),
            ),
            not_judged=notes.told,
            questions=questions,
            claims=records,
            remarks=tuple(self._remarks),
            calls=self._spending.calls,
            cached_share=self._spending.cached_share,
            usage=self._spending.usage,
            stopped=self._stopped,
            retry_after=self._retry_after,
        )

    def _find(self) -> list[PassResult]:
        material, reading = self._material, self._reading
        waiting = passes(self._packed.units, material.scope, material.changed_lines, reading)
        results: list[PassResult] = []
        while waiting := self._worth_it(waiting):
            wave, waiting = waiting[:WAVE], waiting[WAVE:]
            self._warming.before([p.unit.reordered(p.order) for p in wave])
            done = at_once(wave, self._finder.run, reading.concurrency)
            results += done
            for result in done:
                self._spending.add(result.talk)
                self._note_error(result.error)
        return results

    def _worth_it(self, waiting: Sequence[Pass]) -> list[Pass]:
        """The passes that are still made, with the money that is left."""
        if self._stopped in ("over budget", "refused"):
            return []
        thinner = self._spending.thinner
        kept = [
            p
            for p in waiting
            if not (p.extra and thinner >= Thinner.NO_EXTRA_PASSES)
            and not (p.unit.rank > 0 and thinner >= Thinner.CRITICAL_PATH)
        ]
        if any(p.extra for p in waiting) and thinner >= Thinner.NO_EXTRA_PASSES:
            self._remarks[FEWER_PASSES] = None
        return kept

    def _claims(self, results: Sequence[PassResult]) -> list[Claimed]:
        claims: list[Claimed] = []
        for result in results:
            for envelope in result.envelopes:
                found = self._checker.check(envelope)
                self._unread += envelope.unread
                self._not_checked += envelope.not_checked
                self._questions += envelope.questions
                by = result.reading
                self._unplaced += [(one, by.unit.id, by.lens.name) for one in found.unplaced]
                reader = f"{by.unit.id} {by.name}"
                claims += [Claimed(f, by.unit.id, reader, by.lens.name) for f in found.findings]
        return claims

    def _verify(self, clusters: Sequence[Cluster]) -> list[Judged]:
        judged: list[Judged] = []
        # The worst first, so that money that ends leaves out what matters less.
        ordered = sorted(clusters, key=lambda c: (c.finding.severity.rank, int(c.id[1:])))
        waiting = batches(ordered, self._packed.units, self._reading)
        for wave in waves(waiting):
            results: list[BatchResult] = []
            asked = [batch for batch in wave if self._judges(batch.unit, batch.clusters)]
            judged += [
                not_judged(cluster, NO_VERDICT)
                for batch in wave
                if batch not in asked
                for cluster in batch.clusters
            ]
            self._warming.before([batch.unit for batch in asked])
            results = at_once(asked, self._verifier.run, self._reading.concurrency)
            for result in results:
                self._spending.add(result.talk)
                self._note_error(result.error)
                judged += judge(result, self._checker)
                if result.envelope is None:
                    paths = [cluster.finding.path for cluster in result.batch.clusters]
                    self._unjudged |= dict.fromkeys(paths, UNJUDGED.format(why=_why(result)))
                else:
                    self._not_checked += result.envelope.not_checked
                    self._questions += result.envelope.questions
        return judged

    def _judges(self, unit: ReviewUnit, clusters: Sequence[Cluster]) -> bool:
        thinner = self._spending.thinner
        if self._stopped in ("over budget", "refused"):
            return False
        if thinner >= Thinner.CRITICAL_PATH and unit.rank > 0:
            return False
        small = all(c.finding.severity is Severity.SUGGESTION for c in clusters)
        return not (small and thinner >= Thinner.NO_SUGGESTIONS)

    def _note_error(self, error: BudgetSpent | ModelUnavailable | ModelRefused | None) -> None:
        if isinstance(error, ModelRefused):
            self._stopped = "refused"
        elif isinstance(error, BudgetSpent):
            self._stopped = self._stopped or "over budget"
        elif isinstance(error, ModelUnavailable):
            self._stopped = self._stopped or "silent"
            waits = [w for w in (self._retry_after, error.retry_after) if w is not None]
            self._retry_after = max(waits, default=None)

    def _reason_left_out(self) -> str:
        return {
            "over budget": "the model budget was spent before",
            "refused": "the model API refused the question",
        }.get(self._stopped, NEARLY_SPENT)


def _why(result: BatchResult) -> str:
    if isinstance(result.error, ModelUnavailable):
        return "the model did not answer"
    if isinstance(result.error, BudgetSpent):
        return "the model budget was spent before"
    return result.problem


def _claims(count: int) -> str:
    return "1 claim of the model" if count == 1 else f"{count} claims of the model"
