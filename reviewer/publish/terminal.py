"""A report for a terminal. What the repository wrote is shown with its hidden characters named."""

from __future__ import annotations

from reviewer.finding import Finding
from reviewer.publish.coverage import Coverage
from reviewer.publish.defang import visible
from reviewer.publish.fact_text import facts_text
from reviewer.publish.markdown import NO_MODEL, counted, plural
from reviewer.publish.paint import paint, wrapped
from reviewer.publish.report import Report, Reported

_QUOTE = 300
"""Characters of a line that are shown; a generated line can be a megabyte."""


def report_text(report: Report, *, colour: bool, width: int) -> str:
    """The findings, worst first, and what was looked at and what was not."""
    parts = [_finding(reported, colour, width) for reported in report.findings]
    plan, coverage = report.plan, report.plan.coverage
    parts += facts_text(plan.facts, plan.notes, colour)
    parts.append(paint(_upper(counted(report.counts())) + ".", colour, bold=True))
    if plan.outside_scope:
        parts.append("No trading code was changed; the App names these in its check run alone.")
    if sum(plan.cut.values()):
        parts.append(f"Not shown, to keep this short: {counted(plan.cut)}.")
    read = (
        f"{plural(coverage.files_changed, 'changed file')}, "
        f"{plural(coverage.files_in_scope, 'file')} of trading code among them; "
        f"{plural(coverage.lines_added, 'added line')}. {_reader(coverage)}"
    )
    parts.append(wrapped(read, width))
    if coverage.not_reviewed:
        rows = [f"  {_name(path)}: {reason}" for path, reason in coverage.not_reviewed]
        parts.append("\n".join(("Not reviewed:", *rows)))
    if coverage.missed:
        rows = [f"  {one.told(_name(one.path))}" for one in coverage.missed]
        parts.append("\n".join(("Not looked at:", *rows)))
    if coverage.questions:
        rows = [f"  {visible(question)}" for question in coverage.questions]
        parts.append("\n".join(("Questions to the author:", *rows)))
    if coverage.remarks:
        parts.append("\n".join(visible(remark) for remark in coverage.remarks))
    ruled = [r for r in report.findings if r.finding.source.startswith("rule:")]
    if ruled:
        parts.append(f"`reviewer rules {ruled[0].rule}` explains a rule.")
    return "\n\n".join(parts)


def _reader(coverage: Coverage) -> str:
    if coverage.model is None:
        return coverage.model_absence or NO_MODEL
    cached = f", {coverage.cached_share:.0%} of its input from the cache"
    return f"Read by {coverage.model}, ${coverage.cost_usd:.2f}{cached}."


def _finding(reported: Reported, colour: bool, width: int) -> str:
    finding = reported.finding
    where = f"{_name(finding.path)}:{finding.line}"
    severity = paint(finding.severity, colour, severity=finding.severity)
    title = paint(visible(finding.title), colour, bold=True)
    lines = [
        f"{where}: {severity}: {title} [{reported.rule}]",
        _quoted(finding.line, finding.quote),
        wrapped(visible(finding.scenario), width, "  "),
    ]
    lines += [f"  {_proof(finding, at)}" for at in range(len(finding.evidence))]
    if reported.more:
        noun = "line" if len(reported.more) == 1 else "lines"
        numbers = ", ".join(str(line) for _, line in reported.more)
        lines.append(wrapped(f"the same rule fires on {noun} {numbers}", width, "  "))
    if finding.assumption:
        lines.append(wrapped(f"if: {visible(finding.assumption)}", width, "  "))
    if finding.replacement is not None:
        lines.append("  instead:")
        lines += [f"       + | {_short(line)}" for line in finding.replacement]
    return "\n".join(lines)


def _proof(finding: Finding, at: int) -> str:
    proof = finding.evidence[at]
    return f"also {_name(proof.path)}:{proof.line}: {_short(proof.quote).strip()}"


def _quoted(number: int, text: str) -> str:
    return f"  {number:>6} | {_short(text)}"


def _short(text: str) -> str:
    cut = text if len(text) <= _QUOTE else text[: _QUOTE - 1] + "…"
    return visible(cut.rstrip("\r")).expandtabs(4)


def _name(path: str) -> str:
    """A path on one line, whatever it holds: it must not look like another finding."""
    return visible(path).replace("\n", "⟦U+000A⟧")


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
