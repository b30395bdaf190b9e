"""A report as JSON; its fields are described in docs/local.md and only ever added to."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from reviewer.agent.record import ClaimRecord
from reviewer.facts.fact import Fact
from reviewer.finding import Severity
from reviewer.publish.report import Report, Reported

FORMAT = 1
"""Goes up if a field is taken away or means something else."""


def report_json(report: Report) -> str:
    """The report in characters that any terminal and log can hold."""
    coverage = report.plan.coverage
    said: dict[str, Any] = {
        "format": FORMAT,
        "base": report.base,
        "head": report.head,
        "counts": _by_severity(report.counts()),
        "findings": [_finding(reported) for reported in report.findings],
        "claims": [_claim(record) for record in report.plan.claims],
        "questions": list(coverage.questions),
        "not_shown": _by_severity(report.plan.cut),
        "weaker_claims_not_shown": sum(record.weaker for record in report.plan.claims),
        "scope": [
            {
                "path": file.path,
                "in_scope": file.in_scope,
                "rooms": list(file.rooms),
                "reason": file.reason,
            }
            for file in report.scope.files
        ],
        "facts": [_fact(fact) for fact in report.plan.facts],
        "notes": list(report.plan.notes),
        "coverage": {
            "files_changed": coverage.files_changed,
            "rust_files": coverage.rust_files,
            "files_in_scope": coverage.files_in_scope,
            "lines_added": coverage.lines_added,
            "model": coverage.model,
            "model_absence": coverage.model_absence,
            "cost_usd": round(coverage.cost_usd, 4),
            "cached_share": round(coverage.cached_share, 3),
            "not_judged": list(coverage.not_judged),
            "remarks": list(coverage.remarks),
            "not_reviewed": [
                {"path": path, "reason": reason} for path, reason in coverage.not_reviewed
            ],
            "missed": [
                {"look": one.look, "path": one.path, "error": one.error} for one in coverage.missed
            ],
        },
    }
    return json.dumps(said, indent=2)


def _fact(fact: Fact) -> dict[str, Any]:
    return {
        "name": fact.name,
        "headline": fact.headline,
        "parts": [{"kind": type(part).__name__.lower(), **asdict(part)} for part in fact.parts],
    }


def _by_severity(counts: dict[Severity, int]) -> dict[str, int]:
    return {severity.value: counts.get(severity, 0) for severity in Severity}


def _claim(record: ClaimRecord) -> dict[str, Any]:
    finding = record.finding
    return {
        "id": record.id,
        "unit": record.unit,
        "stage": record.stage,
        "votes": record.votes,
        "lenses": list(record.lenses),
        "verdict": record.verdict,
        "severity": finding.severity,
        "category": finding.category,
        "path": finding.path,
        "side": finding.side,
        "line": finding.line,
        "title": finding.title,
        "scenario": record.claimed or finding.scenario,
        "assumption": finding.assumption,
        "run": record.run,
        "against": record.against,
        "references": list(record.references),
        "said": record.said,
        "why": record.why,
    }


def _finding(reported: Reported) -> dict[str, Any]:
    finding = reported.finding
    return {
        "fingerprint": reported.fingerprint,
        "rule": reported.rule,
        "source": finding.source,
        "verdict": finding.verdict,
        "assumption": finding.assumption,
        "severity": finding.severity,
        "category": finding.category,
        "path": finding.path,
        "side": finding.side,
        "line": finding.line,
        "start_line": finding.start_line or finding.line,
        "item": finding.scope_path,
        "title": finding.title,
        "scenario": finding.scenario,
        "quote": finding.quote,
        "evidence": [
            {"path": proof.path, "line": proof.line, "quote": proof.quote}
            for proof in finding.evidence
        ],
        "more": [{"fingerprint": one, "line": line} for one, line in reported.more],
        "replacement": None if finding.replacement is None else list(finding.replacement),
    }
