"""Findings as annotations of a check run: what the list of changed files shows beside the code."""

from __future__ import annotations

from typing import Any

from reviewer.finding import Finding, Severity
from reviewer.publish.defang import visible
from reviewer.publish.plan import PublicationPlan
from reviewer.pull.diff import Side

MOST = 50
"""That GitHub takes in one call."""
_LEVELS = {
    Severity.CRITICAL: "failure",
    Severity.IMPORTANT: "warning",
    Severity.SUGGESTION: "notice",
}
_MESSAGE = 1_000
_TITLE = 120


def annotations_of(plan: PublicationPlan) -> tuple[dict[str, Any], ...]:
    """The new findings on head lines, worst first, in GitHub's form."""
    findings = [entry.placed.finding for entry in plan.entries]
    return tuple(annotation(f) for f in findings if f.side is Side.RIGHT)[:MOST]


def annotation(finding: Finding) -> dict[str, Any]:
    """One finding in GitHub's form."""
    return {
        "path": finding.path,
        "start_line": finding.start_line or finding.line,
        "end_line": finding.line,
        "annotation_level": _LEVELS[finding.severity],
        "title": _plain(finding.title, _TITLE),
        "message": _plain(finding.scenario, _MESSAGE),
    }


def _plain(text: str, limit: int) -> str:
    """One line; GitHub shows it as it is, without markdown."""
    return " ".join(visible(text).split())[:limit]
