"""A report that was printed as JSON, read back for the findings in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, Field, ValidationError

from reviewer.errors import ReviewerError
from reviewer.finding import Category, Evidence, Finding, Severity, VerdictKind
from reviewer.publish.defang import visible
from reviewer.publish.report import Reported
from reviewer.publish.report_json import FORMAT
from reviewer.pull.diff import Side

_NEAR = 8
_SHORTEST = 6
"""Digits of a fingerprint that are enough to name it."""


class NoSuchFinding(ReviewerError):
    """No finding is meant by that name, or several are; the message lists what there is."""


class UnreadableReport(ReviewerError):
    """The text is no report of `reviewer review --format json`."""


@dataclass(frozen=True, slots=True)
class ReadReport:
    """The findings of a printed report, and the commits that it compared."""

    base: str
    head: str
    findings: tuple[Reported, ...]


class _Proof(BaseModel):
    path: str
    line: int
    quote: str


class _Place(BaseModel):
    fingerprint: str
    line: int


class _Written(BaseModel):
    fingerprint: str
    source: str
    verdict: VerdictKind
    assumption: str
    severity: Severity
    category: Category
    path: str
    side: Side = Side.RIGHT
    line: int = Field(ge=1)
    start_line: int = Field(ge=1)
    item: str
    title: str
    scenario: str
    quote: str
    evidence: tuple[_Proof, ...]
    more: tuple[_Place, ...] = ()
    replacement: tuple[str, ...] | None

    def reported(self) -> Reported:
        finding = Finding(
            path=self.path,
            side=self.side,
            line=self.line,
            start_line=self.start_line if self.start_line < self.line else None,
            quote=self.quote,
            category=self.category,
            severity=self.severity,
            title=self.title,
            scenario=self.scenario,
            source=self.source,
            scope_path=self.item,
            assumption=self.assumption,
            evidence=tuple(Evidence(p.path, p.line, p.quote) for p in self.evidence),
            verdict=self.verdict,
            replacement=self.replacement,
        )
        return Reported(
            self.fingerprint, finding, tuple((m.fingerprint, m.line) for m in self.more)
        )


class _Report(BaseModel):
    format: int
    base: str
    head: str
    findings: tuple[_Written, ...]


def read_report(text: str) -> ReadReport:
    """What stands in it. Raises UnreadableReport."""
    try:
        report = _Report.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise UnreadableReport(
            f"it is no report of `reviewer review --format json` ({where}: {first['msg']})"
        ) from None
    if report.format != FORMAT:
        raise UnreadableReport(f"it is a report of format {report.format}, not {FORMAT}")
    return ReadReport(report.base, report.head, tuple(f.reported() for f in report.findings))


def finding_named(reported: Sequence[Reported], asked: str) -> Finding:
    """That of a fingerprint, of its first digits, or of `path:line`. Raises NoSuchFinding."""
    asked = asked.strip().removeprefix("./")
    found = [one for one in reported if _is_meant(one, asked)]
    if len({one.fingerprint for one in found}) == 1:
        return found[0].finding
    listed = found or reported
    rows = [
        f"  {one.fingerprint}  {one.finding.path}:{one.finding.line}  {one.finding.title}"
        for one in listed[:_NEAR]
    ]
    if len(listed) > _NEAR:
        rows.append(f"  … and {len(listed) - _NEAR} more")
    count = "several findings are" if found else "no finding is"
    there = "\n".join(["; there are:" if rows else "; there are none", *rows])
    raise NoSuchFinding(visible(f"{count} meant by `{asked}`{there}"))


def _is_meant(one: Reported, asked: str) -> bool:
    finding = one.finding
    names = (one.fingerprint, *(fingerprint for fingerprint, _ in one.more))
    if len(asked) >= _SHORTEST and any(name.startswith(asked) for name in names):
        return True
    path, _, number = asked.rpartition(":")
    if path != finding.path or not (number.isascii() and number.isdigit() and len(number) < 9):
        return False
    line, first = int(number), finding.start_line or finding.line
    return first <= line <= finding.line or any(line == other for _, other in one.more)
