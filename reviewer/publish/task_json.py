"""The answer to a task as JSON; its fields are described in docs/agent-tasks.md."""

from __future__ import annotations

import json
from typing import Any

from reviewer.agent.task_check import CheckedAnswer
from reviewer.agent.tasks import TaskReport

FORMAT = 1
"""Goes up if a field is taken away or means something else."""


def task_json(report: TaskReport) -> str:
    """The answer in characters that any terminal and log can hold."""
    said: dict[str, Any] = {
        "format": FORMAT,
        "task": report.task,
        "about": report.about,
        "answer": _answer(report.answer) if report.answer is not None else None,
        "absence": report.absence,
        "model": report.model,
        "cost_usd": round(report.cost_usd, 4),
        "cached_share": round(report.cached_share, 3),
        "calls": report.calls,
        "looked_up": report.looked_up,
    }
    return json.dumps(said, indent=2)


def _answer(answer: CheckedAnswer) -> dict[str, Any]:
    return {
        "blocks": [
            {
                "kind": block.kind,
                "title": block.title,
                "text": block.text,
                "language": block.language,
                "path": block.path,
                "start": block.start,
                "end": block.end,
                "sketch": block.sketch,
            }
            for block in answer.blocks
        ],
        "evidence": [{"path": e.path, "line": e.line, "quote": e.quote} for e in answer.evidence],
        "replacement": None if answer.replacement is None else list(answer.replacement),
        "questions": list(answer.questions),
        "remarks": list(answer.remarks),
    }
