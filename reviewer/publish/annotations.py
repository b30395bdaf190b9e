"""Findings as annotations of a check run: what the list of changed files shows beside the code."""

from __future__ import annotations

from typing import Any

from reviewer.finding import Finding, Severity
from reviewer.publish.defang import visible
from reviewer.publish.plan import PublicationPlan
from reviewer.publish.rounds import OpenFinding
from reviewer.publish.thread_words import undone
from reviewer.pull.diff import Side

MOST = 50
"""That GitHub takes in one call."""
_LEVELS = {
    Severity.CRITICAL: "failure",
    Severity.IMPORTANT: "warning",
    Severity.SUGGESTION: "notice",
}
STANDS = "It was said in an earlier round and stands; its comment on the pull request tells more."
UNTITLED = "A finding of an earlier round"
_MESSAGE = 1_000
_TITLE = 120


def annotations_of(plan: PublicationPlan) -> tuple[dict[str, Any], ...]:
    """The findings on head lines, worst first and of these the new ones, in GitHub's form.

    GitHub shows annotations by head, so those of earlier rounds are told again where they are now.
    """
    new = [entry.placed.finding for entry in plan.entries]
    rows = [(f.severity.rank, False, annotation(f)) for f in new if f.side is Side.RIGHT]
    rows += [(one.severity.rank, True, _still_open(one)) for one in plan.open if one.on_head]
    return tuple(row for _, _, row in sorted(rows, key=lambda ranked: ranked[:2]))[:MOST]


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


def _still_open(one: OpenFinding) -> dict[str, Any]:
    return {
        "path": one.path,
        "start_line": one.line,
        "end_line": one.line,
        "annotation_level": _LEVELS[one.severity],
        "title": _plain(undone(one.title), _TITLE) or UNTITLED,
        "message": STANDS,
    }


def _plain(text: str, limit: int) -> str:
    """One line; GitHub shows it as it is, without markdown."""
    return " ".join(visible(text).split())[:limit]
