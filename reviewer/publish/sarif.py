"""A report as SARIF 2.1.0, which code scanning and editors read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from reviewer.detect.catalogue import CATALOGUE, rule_named
from reviewer.detect.rule import Explained
from reviewer.finding import Finding, Severity
from reviewer.looks import Missed
from reviewer.publish.defang import visible
from reviewer.publish.report import Report, Reported
from reviewer.publish.rule_pages import rule_markdown, rule_text

VERSION = "2.1.0"
SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
FINGERPRINT = "tradingReviewer/v1"
_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.IMPORTANT: "warning",
    Severity.SUGGESTION: "note",
}
_INDEX = {rule.id: index for index, rule in enumerate(CATALOGUE)}


def report_sarif(report: Report, version: str) -> str:
    """The report; `version` is that of this program."""
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "trading-reviewer",
                "semanticVersion": version,
                "rules": [_rule(rule) for rule in CATALOGUE],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"ROOT": {"description": {"text": "The top of the repository."}}},
        "invocations": [
            {"executionSuccessful": True, "toolExecutionNotifications": _notes(report)}
        ],
        "properties": {"base": report.base, "head": report.head},
        "results": [result for reported in report.findings for result in _results(reported)],
    }
    return json.dumps({"$schema": SCHEMA, "version": VERSION, "runs": [run]}, indent=2)


def _rule(rule: Explained) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {"text": rule_text(rule), "markdown": rule_markdown(rule)},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": [rule.category.value]},
    }


def _results(reported: Reported) -> Iterator[dict[str, Any]]:
    finding = reported.finding
    start = finding.start_line or finding.line
    message = visible(f"{finding.title}. {finding.scenario}")
    result = _result(
        reported, reported.fingerprint, message, _location(finding.path, start, finding.line)
    )
    if finding.evidence:
        result["relatedLocations"] = [
            {"id": number, **_location(proof.path, proof.line, proof.line)}
            for number, proof in enumerate(finding.evidence, 1)
        ]
    if finding.replacement is not None:
        result["fixes"] = [_fix(finding, finding.replacement)]
    yield result
    for fingerprint, line in reported.more:
        # The words of the first place need not fit the others; the rule's do.
        rule = rule_named(reported.rule)
        message = f"{rule.title if rule else finding.title}."
        yield _result(reported, fingerprint, message, _location(finding.path, line, line))


def _result(
    reported: Reported, fingerprint: str, message: str, location: dict[str, Any]
) -> dict[str, Any]:
    return {
        "ruleId": reported.rule,
        # -1 is the schema's word for a rule that is not described.
        "ruleIndex": _INDEX.get(reported.rule, -1),
        "level": _LEVELS[reported.finding.severity],
        "message": {"text": message},
        "locations": [location],
        "partialFingerprints": {FINGERPRINT: fingerprint},
        "properties": {
            "severity": reported.finding.severity,
            "category": reported.finding.category,
        },
    }


def _location(path: str, start: int, end: int) -> dict[str, Any]:
    region = {"startLine": start, "endLine": end}
    return {"physicalLocation": {"artifactLocation": _artifact(path), "region": region}}


def _artifact(path: str) -> dict[str, str]:
    return {"uri": quote(path, errors="replace"), "uriBaseId": "ROOT"}


def _fix(finding: Finding, lines: tuple[str, ...]) -> dict[str, Any]:
    return {
        "description": {"text": "Replace these lines."},
        "artifactChanges": [
            {
                "artifactLocation": _artifact(finding.path),
                "replacements": [
                    {
                        "deletedRegion": {
                            "startLine": finding.start_line or finding.line,
                            "endLine": finding.line,
                        },
                        "insertedContent": {"text": "\n".join(lines)},
                    }
                ],
            }
        ],
    }


def _notes(report: Report) -> list[dict[str, Any]]:
    """What was not looked at: a reader of the results shall not take silence for approval."""
    notes = [
        {
            "level": "warning",
            "message": {"text": f"Not reviewed: {visible(path)}: {reason}"},
            "locations": [{"physicalLocation": {"artifactLocation": _artifact(path)}}],
        }
        for path, reason in report.plan.coverage.not_reviewed
    ]
    notes += [_missed(one) for one in report.plan.coverage.missed]
    cut = sum(report.plan.cut.values())
    if cut:
        notes.append({"level": "note", "message": {"text": f"{cut} more findings are not shown."}})
    return notes


def _missed(one: Missed) -> dict[str, Any]:
    note: dict[str, Any] = {
        "level": "error",
        "message": {"text": f"{one.told(visible(one.path))}."},
        "exception": {"kind": one.error},
    }
    if one.path:
        note["locations"] = [{"physicalLocation": {"artifactLocation": _artifact(one.path)}}]
    if one.rule in _INDEX:
        note["associatedRule"] = {"id": one.rule, "index": _INDEX[one.rule]}
    return note
