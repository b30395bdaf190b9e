"""SARIF 2.1.0: what the public schema requires, and what code scanning reads."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest

from reviewer.detect.catalogue import CATALOGUE
from reviewer.finding import Evidence, Severity
from reviewer.looks import Missed
from reviewer.publish.fingerprint import fingerprints
from reviewer.publish.report import Report
from reviewer.publish.sarif import report_sarif
from tests.support.findings import a_finding
from tests.support.reports import a_report

TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}
REGION = {
    "type": "object",
    "required": ["startLine"],
    "additionalProperties": False,
    "properties": {
        "startLine": {"type": "integer", "minimum": 1},
        "endLine": {"type": "integer", "minimum": 1},
    },
}
ARTIFACT = {
    "type": "object",
    "required": ["uri"],
    "properties": {"uri": {"type": "string", "format": "uri-reference"}},
}
LOCATION = {
    "type": "object",
    "required": ["physicalLocation"],
    "properties": {
        "physicalLocation": {
            "type": "object",
            "required": ["artifactLocation"],
            "properties": {"artifactLocation": ARTIFACT, "region": REGION},
        }
    },
}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
RULE = {
    "type": "object",
    "required": ["id", "shortDescription", "fullDescription", "help", "defaultConfiguration"],
    "properties": {
        "shortDescription": TEXT,
        "fullDescription": TEXT,
        "help": TEXT,
        "defaultConfiguration": {"properties": {"level": LEVEL}},
    },
}
RESULT = {
    "type": "object",
    "required": ["ruleId", "level", "message", "locations", "partialFingerprints"],
    "properties": {
        "level": LEVEL,
        "message": TEXT,
        "locations": {"type": "array", "minItems": 1, "items": LOCATION},
        "relatedLocations": {"type": "array", "items": LOCATION},
        "partialFingerprints": {"additionalProperties": {"type": "string"}, "minProperties": 1},
        "fixes": {
            "items": {
                "required": ["artifactChanges"],
                "properties": {
                    "artifactChanges": {
                        "items": {
                            "required": ["artifactLocation", "replacements"],
                            "properties": {
                                "artifactLocation": ARTIFACT,
                                "replacements": {
                                    "minItems": 1,
                                    "items": {
                                        "required": ["deletedRegion"],
                                        "properties": {
                                            "deletedRegion": REGION,
                                            "insertedContent": TEXT,
                                        },
                                    },
                                },
                            },
                        }
                    }
                },
            }
        },
    },
}
LOG = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "minItems": 1,
            "items": {
                "required": ["tool", "results"],
                "properties": {
                    "tool": {
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "required": ["name", "rules"],
                                "properties": {"rules": {"items": RULE, "uniqueItems": True}},
                            }
                        },
                    },
                    "invocations": {"items": {"required": ["executionSuccessful"]}},
                    "results": {"items": RESULT},
                },
            },
        },
    },
}
"""The parts of the public schema that this program writes, required ones and their types."""


def the_run(report: Report) -> dict[str, Any]:
    log = json.loads(report_sarif(report, "1.2.3"))
    jsonschema_rs.validator_for(LOG, validate_formats=True).validate(log)
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


def test_every_rule_is_described_with_help() -> None:
    rules = the_run(a_report())["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.id for rule in CATALOGUE]
    for described, rule in zip(rules, CATALOGUE, strict=True):
        assert described["help"]["text"].startswith(rule.why)
        assert "```rust" in described["help"]["markdown"]


@pytest.mark.parametrize(
    ("severity", "level"),
    [
        (Severity.CRITICAL, "error"),
        (Severity.IMPORTANT, "warning"),
        (Severity.SUGGESTION, "note"),
    ],
)
def test_a_finding_is_a_result(severity: Severity, level: str) -> None:
    finding = a_finding(severity=severity)
    run = the_run(a_report(finding))
    (result,) = run["results"]
    assert result["ruleId"] == "D5"
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "D5"
    assert result["level"] == level
    assert finding.title in result["message"]["text"]
    assert finding.scenario in result["message"]["text"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "src/book.rs"
    assert place["artifactLocation"]["uriBaseId"] in run["originalUriBaseIds"]
    assert place["region"] == {"startLine": 10, "endLine": 10}
    assert list(result["partialFingerprints"].values()) == fingerprints([finding])


def test_a_range_its_evidence_and_its_fix_are_told() -> None:
    finding = a_finding(
        start_line=8, evidence=(Evidence("src/b c.rs", 3, "x"),), replacement=("one", "two")
    )
    (result,) = the_run(a_report(finding))["results"]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 8, "endLine": 10}
    (related,) = result["relatedLocations"]
    assert related["physicalLocation"]["artifactLocation"]["uri"] == "src/b%20c.rs"
    (change,) = result["fixes"][0]["artifactChanges"]
    assert change["replacements"] == [
        {
            "deletedRegion": {"startLine": 8, "endLine": 10},
            "insertedContent": {"text": "one\ntwo"},
        }
    ]


@pytest.mark.parametrize("path", ["src/ä\u202e#?%.rs", "a:b.rs", "src/\x1bx.rs", "\ud800.rs"])
def test_any_path_is_a_uri(path: str) -> None:
    assert the_run(a_report(a_finding(path=path), not_reviewed=((path, "too large"),)))


def test_what_was_not_looked_at_or_not_shown_is_noted() -> None:
    many = [a_finding(path=f"src/{n}.rs", severity=Severity.SUGGESTION) for n in range(1, 8)]
    run = the_run(a_report(*many, not_reviewed=(("src/big.rs", "larger than 1024 kB"),)))
    notes = run["invocations"][0]["toolExecutionNotifications"]
    assert "larger than 1024 kB" in notes[0]["message"]["text"]
    assert notes[1]["message"]["text"] == "3 more findings are not shown."
    assert len(run["results"]) == 4


def test_what_could_not_look_is_a_failure_of_the_tool_with_its_rule() -> None:
    missed = (Missed("rule:A16", "src/a b.rs", "RecursionError"), Missed("fact:units", "", "E"))
    run = the_run(a_report(missed=missed))
    rule, fact = run["invocations"][0]["toolExecutionNotifications"]
    assert rule["level"] == fact["level"] == "error"
    assert rule["message"]["text"] == "rule A16 could not look at src/a b.rs."
    assert run["tool"]["driver"]["rules"][rule["associatedRule"]["index"]]["id"] == "A16"
    assert rule["exception"] == {"kind": "RecursionError"}
    (location,) = rule["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "src/a%20b.rs"
    assert not {"locations", "associatedRule"} & fact.keys()


def test_places_that_the_app_names_together_are_results_of_their_own() -> None:
    findings = [a_finding(line=n) for n in range(1, 8)]
    results = the_run(a_report(*findings))["results"]
    placed = {
        result["locations"][0]["physicalLocation"]["region"]["startLine"]: next(
            iter(result["partialFingerprints"].values())
        )
        for result in results
    }
    assert placed == dict(zip(range(1, 8), fingerprints(findings), strict=True))


def test_a_finding_of_no_described_rule_is_a_result_too() -> None:
    (result,) = the_run(a_report(a_finding(source="fact:lifecycle")))["results"]
    assert result["ruleIndex"] == -1
