"""The publication plan: what will be said, decided in full before a word of it is posted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType

from reviewer.agent.record import ClaimRecord
from reviewer.facts.fact import Fact
from reviewer.finding import Finding, Severity
from reviewer.publish.coverage import Coverage
from reviewer.publish.fingerprint import digest_of, fingerprints
from reviewer.publish.let_go_before import LetGoBefore
from reviewer.publish.placement import InSummary, Placed
from reviewer.publish.rounds import OpenFinding, Tally, ThreadChange

CAPS = {Severity.CRITICAL: 10_000, Severity.IMPORTANT: 8, Severity.SUGGESTION: 4}
"""Most findings of a severity that one review shows; what is cut is counted."""


class Conclusion(StrEnum):
    """A check run's conclusion, in GitHub's words."""

    SUCCESS = "success"
    NEUTRAL = "neutral"
    FAILURE = "failure"


NOTHING_EARLIER = Tally()
ALONE = {Severity.CRITICAL: 3, Severity.IMPORTANT: 3, Severity.SUGGESTION: 1}
"""Comments of one static rule and severity in one file; the last of them names further places."""
ONE_LOOK = 4
"""Lines between two places of a rule that one comment tells: the fields of one message."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One finding as it will be said, with the places that it speaks for beside its own."""

    fingerprint: str
    placed: Placed
    more: tuple[tuple[str, int], ...] = ()
    """Fingerprint and head line of each further place of the same rule in the same file."""
    explained: bool = False
    """Whether its rule's reason is told beside it."""
    answers: str = ""
    """Address of the comment that the author was answering where this came in; empty if none."""

    @property
    def severity(self) -> Severity:
        """The finding's severity."""
        return self.placed.finding.severity

    @property
    def places(self) -> int:
        """How many places it speaks for."""
        return 1 + len(self.more)

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """The identities of all its places."""
        return (self.fingerprint, *(fingerprint for fingerprint, _ in self.more))


@dataclass(frozen=True, slots=True)
class PublicationPlan:
    """All that one review says. With `entries` empty nothing is posted but the check run."""

    entries: tuple[Entry, ...]
    cut: dict[Severity, int]
    """Findings above the cap, by severity."""
    outside_scope: tuple[Placed, ...]
    """Evidence in a change that touches no trading code: named in the check run alone."""
    coverage: Coverage
    conclusion: Conclusion
    facts: tuple[Fact, ...] = ()
    notes: tuple[str, ...] = ()
    """Sentences about the whole change for the summary."""
    claims: tuple[ClaimRecord, ...] = ()
    """Every claim of the model, also those that nobody is told of."""
    round: int = 1
    tally: Tally = field(default_factory=Tally)
    """What earlier rounds said."""
    open: tuple[OpenFinding, ...] = ()
    threads: tuple[ThreadChange, ...] = ()
    let_go: tuple[LetGoBefore, ...] = ()
    unsaid: tuple[Finding, ...] = ()
    """The findings that `cut` counts."""
    gate: Severity | None = None
    """From which severity on the check run fails; None for never."""
    trusted: bool = True
    """Whether the configuration could be used."""
    floor: Severity = Severity.SUGGESTION
    """What is below it is counted and not said."""

    @property
    def says(self) -> str:
        """The digest of its findings; a refresh has its round's number, and says others."""
        return digest_of(entry.fingerprint for entry in self.entries)

    def counts(self) -> dict[Severity, int]:
        """New findings said by this review, each place counted."""
        counted: Counter[Severity] = Counter()
        for entry in self.entries:
            counted[entry.severity] += entry.places
        return {severity: counted[severity] for severity in Severity}


def make_plan(
    placed: Sequence[Placed],
    coverage: Coverage,
    *,
    gate: Severity | None,
    identities: Sequence[str] | None = None,
    answers: Mapping[str, str] = MappingProxyType({}),
    cut_before: Collection[str] = (),
    held_back: Sequence[Finding] = (),
    floor: Severity = Severity.SUGGESTION,
    caps: Mapping[Severity, int] = CAPS,
    trusted: bool = True,
    explained: bool = False,
    facts: tuple[Fact, ...] = (),
    notes: tuple[str, ...] = (),
    claims: tuple[ClaimRecord, ...] = (),
    round_number: int = 1,
    earlier: Tally = NOTHING_EARLIER,
    open_findings: tuple[OpenFinding, ...] = (),
    threads: tuple[ThreadChange, ...] = (),
    let_go: tuple[LetGoBefore, ...] = (),
) -> PublicationPlan:
    """Sort, cap and conclude.

    `placed` is what is new; `identities` are their fingerprints where earlier rounds have a say in
    them, and `answers` has by fingerprint what the author was answering. `cut_before` are the
    identities of what an earlier round cut: it takes the room that the caps leave beside what is
    open and what is new. `held_back` is what is new and not raised any more. `gate` is the severity
    from which on the check run fails; None for never. What is below the `floor` is counted and not
    said. Not `trusted`, for the configuration could not be used, the conclusion is never success.
    """
    named = identities if identities is not None else fingerprints([p.finding for p in placed])
    fresh = [
        Entry(identity, item, explained=explained, answers=answers.get(identity, ""))
        for identity, item in zip(named, placed, strict=True)
    ]
    outside = tuple(entry.placed for entry in fresh) if coverage.files_in_scope == 0 else ()
    if outside:
        fresh = []
    finding_of = {entry.fingerprint: entry.placed.finding for entry in fresh}
    again = [entry for entry in fresh if entry.fingerprint in cut_before]
    fresh = [entry for entry in fresh if entry.fingerprint not in cut_before]
    kept: list[Entry] = []
    unsaid = list(held_back)
    said: Counter[Severity] = Counter()
    stands = Counter(one.severity for one in open_findings)
    for entries, taken in ((fresh, Counter[Severity]()), (again, stands)):
        for entry in sorted(_together(entries), key=_reading_order):
            severity = entry.severity
            if severity.rank <= floor.rank and said[severity] + taken[severity] < caps[severity]:
                said[severity] += 1
                kept.append(entry)
            else:
                unsaid += [finding_of[fingerprint] for fingerprint in entry.fingerprints]
    kept.sort(key=_reading_order)
    cut = Counter(finding.severity for finding in unsaid)
    open_severities = [s for s in Severity if said[s] + cut[s] + earlier.open.get(s, 0) > 0]
    return PublicationPlan(
        entries=tuple(kept),
        cut=dict(cut),
        outside_scope=outside,
        coverage=coverage,
        conclusion=conclude(open_severities, coverage, gate, trusted=trusted),
        facts=facts,
        notes=notes,
        claims=claims,
        round=round_number,
        tally=earlier,
        open=open_findings,
        threads=threads,
        let_go=let_go,
        unsaid=tuple(unsaid),
        gate=gate,
        trusted=trusted,
        floor=floor,
    )


def _together(entries: Sequence[Entry]) -> list[Entry]:
    """Fold what one static rule says of one file.

    What it would say in the same words of one item, or within a few lines, is said once; what is
    left then above the number that may stand alone goes into the last of these. No severity goes
    into another.
    """
    groups: dict[tuple[str, str, Severity], list[Entry]] = {}
    single: list[Entry] = []
    for entry in entries:
        finding = entry.placed.finding
        if finding.source.startswith("rule:"):
            groups.setdefault((finding.source, finding.path, entry.severity), []).append(entry)
        else:
            single.append(entry)
    for (_, _, severity), group in groups.items():
        worded: dict[tuple[str, str], list[Entry]] = {}
        for entry in sorted(group, key=_line):
            finding = entry.placed.finding
            worded.setdefault((finding.scope_path, finding.title), []).append(entry)
        told = _beside_each_other(worded.values())
        *alone, last = told[: ALONE[severity]]
        rest = [entry for same in told[ALONE[severity] :] for entry in same]
        single += [_speaking_for(same) for same in (*alone, [*last, *rest])]
    return single


def _beside_each_other(groups: Iterable[list[Entry]]) -> list[list[Entry]]:
    """The groups, each joined to the one before it when they stand where one look takes in both."""
    joined: list[list[Entry]] = []
    for group in groups:
        at = _line(group[0])
        if joined and any(0 <= at - _line(entry) <= ONE_LOOK for entry in joined[-1]):
            joined[-1] = [*joined[-1], *group]
        else:
            joined.append(group)
    return joined


def _speaking_for(entries: Sequence[Entry]) -> Entry:
    """The first of them, with the places of the others in the order of their lines."""
    first, *others = entries
    places = ((e.fingerprint, e.placed.finding.line) for e in sorted(others, key=_line))
    return replace(first, more=tuple(places))


def _line(entry: Entry) -> int:
    return entry.placed.finding.line


def conclude(
    open_severities: Sequence[Severity],
    coverage: Coverage,
    gate: Severity | None,
    *,
    trusted: bool = True,
) -> Conclusion:
    """Never success on code that nobody looked at, nor beside an open critical finding."""
    if gate is not None and any(severity.rank <= gate.rank for severity in open_severities):
        return Conclusion.FAILURE
    if (
        not trusted
        or not coverage.whole
        or coverage.files_in_scope == 0
        or Severity.CRITICAL in open_severities
    ):
        return Conclusion.NEUTRAL
    return Conclusion.SUCCESS


def _reading_order(entry: Entry) -> tuple[int, bool, str, int]:
    finding = entry.placed.finding
    in_summary = isinstance(entry.placed.place, InSummary)
    return (finding.severity.rank, in_summary, finding.path, finding.line)
