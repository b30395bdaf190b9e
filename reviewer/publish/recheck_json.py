"""A second look and the answer to a reply as JSON; docs/agent-tasks.md describes the fields."""

from __future__ import annotations

import json
from typing import Any

from reviewer.agent.fitting import Expense
from reviewer.agent.recheck import RecheckReport
from reviewer.agent.reply import ReplyReport
from reviewer.agent.reply_check import CheckedReply
from reviewer.finding import Evidence

FORMAT = 1
"""Goes up if a field is taken away or means something else."""


def recheck_json(report: RecheckReport) -> str:
    """The outcomes in characters that any terminal and log can hold."""
    outcomes = [
        {
            "fingerprint": one.fingerprint,
            "verdict": one.verdict,
            "why": one.why,
            "evidence": _lines(one.evidence),
        }
        for one in report.outcomes
    ]
    said = {"format": FORMAT, "task": "recheck", "outcomes": outcomes, "absence": report.absence}
    return json.dumps({**said, **_expense(report.expense)}, indent=2)


def reply_json(report: ReplyReport) -> str:
    """The answer in characters that any terminal and log can hold."""
    said = {
        "format": FORMAT,
        "task": "reply",
        "about": report.about,
        "answer": _answer(report.answer) if report.answer is not None else None,
        "absence": report.absence,
    }
    return json.dumps({**said, **_expense(report.expense)}, indent=2)


def _answer(answer: CheckedReply) -> dict[str, Any]:
    return {
        "kind": answer.kind,
        "verdict": answer.verdict,
        "text": answer.text,
        "evidence": _lines(answer.evidence),
        "profile_line": answer.profile_line,
        "on_their_word": answer.on_their_word,
        "remarks": list(answer.remarks),
    }


def _lines(evidence: tuple[Evidence, ...]) -> list[dict[str, Any]]:
    return [{"path": e.path, "line": e.line, "quote": e.quote} for e in evidence]


def _expense(expense: Expense) -> dict[str, Any]:
    return {
        "model": expense.model,
        "cost_usd": round(expense.cost_usd, 4),
        "cached_share": round(expense.cached_share, 3),
        "calls": expense.calls,
        "looked_up": expense.looked_up,
    }
