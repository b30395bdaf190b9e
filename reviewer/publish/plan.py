"""The publication plan: what will be said, decided in full before a word of it is posted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from reviewer.finding import Severity
from reviewer.publish.coverage import Coverage
from reviewer.publish.fingerprint import fingerprints
from reviewer.publish.placement import InSummary, Placed

CAPS = {Severity.CRITICAL: 10_000, Severity.IMPORTANT: 8, Severity.SUGGESTION: 4}
"""Most findings of a severity that one review shows; what is cut is counted."""


class Conclusion(StrEnum):
    """A check run's conclusion, in GitHub's words."""

    SUCCESS = "success"
    NEUTRAL = "neutral"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Entry:
    """One finding as it will be said."""

    fingerprint: str
    placed: Placed

    @property
    def severity(self) -> Severity:
        """The finding's severity."""
        return self.placed.finding.severity


@dataclass(frozen=True, slots=True)
class PublicationPlan:
    """All that one review says. With `entries` empty nothing is posted but the check run."""

    entries: tuple[Entry, ...]
    cut: dict[Severity, int]
    """Findings above the cap, by severity."""
    standing: dict[Severity, int]
    """Findings that stand on the pull request already and are not said again."""
    outside_scope: tuple[Placed, ...]
    """Evidence in a change that touches no trading code: named in the check run alone."""
    coverage: Coverage
    conclusion: Conclusion

    def counts(self) -> dict[Severity, int]:
        """New findings said by this review."""
        counted = Counter(entry.severity for entry in self.entries)
        return {severity: counted[severity] for severity in Severity}


def make_plan(
    placed: Sequence[Placed],
    coverage: Coverage,
    *,
    already_said: Collection[str],
    gate: Severity | None,
) -> PublicationPlan:
    """Sort, leave out what stands already, cap, and conclude.

    `gate` is the severity from which on the check run fails; None for never.
    """
    fresh: list[Entry] = []
    standing: Counter[Severity] = Counter()
    identities = fingerprints([p.finding for p in placed])
    for item, identity in zip(placed, identities, strict=True):
        if identity in already_said:
            standing[item.finding.severity] += 1
        else:
            fresh.append(Entry(identity, item))
    outside = tuple(entry.placed for entry in fresh) if coverage.files_in_scope == 0 else ()
    if outside:
        fresh = []
    fresh.sort(key=_reading_order)
    kept: list[Entry] = []
    cut: Counter[Severity] = Counter()
    said: Counter[Severity] = Counter()
    for entry in fresh:
        if said[entry.severity] < CAPS[entry.severity]:
            said[entry.severity] += 1
            kept.append(entry)
        else:
            cut[entry.severity] += 1
    open_severities = [s for s in Severity if said[s] + cut[s] + standing[s] > 0]
    return PublicationPlan(
        entries=tuple(kept),
        cut=dict(cut),
        standing=dict(standing),
        outside_scope=outside,
        coverage=coverage,
        conclusion=conclude(open_severities, coverage, gate),
    )


def conclude(
    open_severities: Sequence[Severity], coverage: Coverage, gate: Severity | None
) -> Conclusion:
    """Never success on code that nobody looked at, nor beside an open critical finding."""
    if gate is not None and any(severity.rank <= gate.rank for severity in open_severities):
        return Conclusion.FAILURE
    if not coverage.whole or coverage.files_in_scope == 0 or Severity.CRITICAL in open_severities:
        return Conclusion.NEUTRAL
    return Conclusion.SUCCESS


def _reading_order(entry: Entry) -> tuple[int, bool, str, int]:
    finding = entry.placed.finding
    in_summary = isinstance(entry.placed.place, InSummary)
    return (finding.severity.rank, in_summary, finding.path, finding.line)
