"""A review that is printed, not posted: the same plan, with the names of what was compared."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer.finding import Finding, Severity
from reviewer.publish.fingerprint import fingerprints
from reviewer.publish.plan import PublicationPlan
from reviewer.refs import CommitSha
from reviewer.scope.rooms import Scope


@dataclass(frozen=True, slots=True)
class Reported:
    """One finding and its identity."""

    fingerprint: str
    finding: Finding
    more: tuple[tuple[str, int], ...] = ()
    """Fingerprint and line of each further place of its rule in its file, as the App names them."""

    @property
    def rule(self) -> str:
        """The id of the rule that found it."""
        return self.finding.source.removeprefix("rule:")


@dataclass(frozen=True, slots=True)
class Report:
    """What is said of the change from `base`, where it left its branch, to `head`."""

    base: CommitSha
    head: CommitSha
    scope: Scope
    plan: PublicationPlan

    @property
    def findings(self) -> tuple[Reported, ...]:
        """All that is said, worst first, in trading code or, if there is none, outside it."""
        outside = [placed.finding for placed in self.plan.outside_scope]
        noticed = [Reported(*pair) for pair in zip(fingerprints(outside), outside, strict=True)]
        noticed.sort(key=lambda reported: reported.finding.severity.rank)
        said = [Reported(e.fingerprint, e.placed.finding, e.more) for e in self.plan.entries]
        return (*said, *noticed)

    def counts(self) -> dict[Severity, int]:
        """Findings by severity, each place counted, those included that are not shown."""
        counted = {severity: self.plan.cut.get(severity, 0) for severity in Severity}
        for reported in self.findings:
            counted[reported.finding.severity] += 1 + len(reported.more)
        return counted

    def reaches(self, severity: Severity) -> bool:
        """Whether something was found that is at least so bad."""
        return any(count and s.rank <= severity.rank for s, count in self.counts().items())
