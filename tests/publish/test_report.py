"""What a report says in text and JSON, and what it counts."""

from __future__ import annotations

import json

from reviewer.finding import Evidence, Severity
from reviewer.looks import Missed
from reviewer.publish.report_json import report_json
from reviewer.publish.sheet import report_markdown
from reviewer.publish.terminal import report_text
from tests.support.findings import a_finding
from tests.support.reports import a_report

SMALL = a_finding(severity=Severity.SUGGESTION)


def test_a_finding_is_one_line_that_editors_can_jump_to_and_its_story() -> None:
    finding = a_finding(
        scenario="An event. " * 30,
        evidence=(Evidence("src/b.rs", 3, "    let x = 1;"),),
        replacement=("    fixed();",),
    )
    text = report_text(a_report(finding), colour=False, width=60)
    lines = text.split("\n")
    assert lines[0] == f"src/book.rs:10: critical: {finding.title} [D5]"
    assert lines[1] == f"      10 | {finding.quote}"
    assert all(len(line) <= 60 for line in lines[2:6])
    assert "  also src/b.rs:3: let x = 1;" in lines
    assert "       + |     fixed();" in lines
    assert "\n1 critical.\n" in text
    assert "Silence is not approval" in " ".join(text.split())
    assert "`reviewer rules D5` explains a rule." in text


def test_nothing_found_is_said() -> None:
    text = report_text(a_report(), colour=False, width=100)
    assert text.startswith("Nothing found.")
    assert "reviewer rules" not in text


def test_what_was_not_read_or_not_shown_is_said() -> None:
    many = [a_finding(path=f"src/{n}.rs", severity=Severity.SUGGESTION) for n in range(1, 8)]
    report = a_report(*many, not_reviewed=(("src/big.rs", "larger than 1024 kB"),))
    text = report_text(report, colour=False, width=100)
    assert "7 suggestion." in text
    assert "Not shown, to keep this short: 3 suggestion." in text
    assert "  src/big.rs: larger than 1024 kB" in text


def test_what_could_not_look_is_in_the_json() -> None:
    said = json.loads(report_json(a_report(missed=(Missed("rule:A16", "src/a.rs", "KeyError"),))))
    row = {"look": "rule:A16", "path": "src/a.rs", "error": "KeyError"}
    assert said["coverage"]["missed"] == [row]


def test_places_that_the_app_names_together_are_named_and_counted() -> None:
    report = a_report(*(a_finding(line=n, title=f"Level {n} is read") for n in range(1, 62, 10)))
    text = report_text(report, colour=False, width=100)
    assert "  the same rule fires on lines 31, 41, 51, 61" in text
    assert "\n7 critical.\n" in text
    said = json.loads(report_json(report))
    assert [place["line"] for place in said["findings"][-1]["more"]] == [31, 41, 51, 61]
    assert said["counts"]["critical"] == 7


def test_a_path_cannot_look_like_another_finding() -> None:
    path = "a.sh\nsrc/risk.rs:1: critical: x [A16]"
    text = report_text(a_report(a_finding(path=path)), colour=False, width=100)
    assert "\nsrc/risk.rs:1" not in text


def test_a_generated_line_is_cut() -> None:
    text = report_text(a_report(a_finding(quote="x" * 100_000)), colour=False, width=100)
    assert len(text) < 2_000


def test_what_is_not_shown_counts_for_the_exit_code() -> None:
    assert a_report(SMALL).reaches(Severity.SUGGESTION)
    assert not a_report(SMALL).reaches(Severity.IMPORTANT)
    assert a_report(a_finding()).reaches(Severity.IMPORTANT)
    assert not a_report().reaches(Severity.SUGGESTION)
    outside = a_report(a_finding(), in_scope=0)
    assert outside.plan.entries == ()
    assert outside.reaches(Severity.CRITICAL)


def test_the_fields_of_the_json_are_the_documented_ones() -> None:
    said = json.loads(report_json(a_report(a_finding())))
    assert list(said) == [
        "format", "base", "head", "counts", "findings", "claims", "questions", "not_shown",
        "weaker_claims_not_shown", "scope", "facts", "notes", "coverage",
    ]  # fmt: skip
    assert list(said["findings"][0]) == [
        "fingerprint", "rule", "source", "verdict", "assumption", "severity", "category",
        "path", "side", "line", "start_line", "item",
        "title", "scenario", "quote", "evidence", "more", "replacement",
    ]  # fmt: skip
    assert said["format"] == 1


def test_the_json_holds_no_character_that_a_terminal_obeys() -> None:
    text = report_json(a_report(a_finding(quote="\u202e\x1b[31m", path="\ud800")))
    assert text.isascii()
    assert "\x1b" not in text


def test_the_markdown_is_the_review_and_its_comments() -> None:
    text = report_markdown(a_report(a_finding(), a_finding(line=20, severity=Severity.IMPORTANT)))
    assert text.startswith("**Trading review** of `bbbbbbbbbbbb`: 1 critical, 1 important.")
    assert text.count("static rule D5") == 2
    outside = report_markdown(a_report(a_finding(), in_scope=0))
    assert "Outside trading code, static checks noticed" in outside
