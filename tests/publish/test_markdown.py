"""What a reader of the pull request sees."""

from __future__ import annotations

from dataclasses import replace

from reviewer.finding import Severity
from reviewer.publish import markdown, verdict_text
from reviewer.publish.fingerprint import marked_finding, read_mark
from reviewer.publish.placement import Inline, InSummary, Placed
from reviewer.publish.plan import make_plan
from reviewer.publish.summary import review_body
from reviewer.pull.diff import Side
from reviewer.refs import commit_sha
from tests.publish.test_plan import CRITICAL, IMPORTANT, NO_MODEL, READ, placed, plan
from tests.support.findings import a_finding
from tests.support.marks import marked_review

HEAD = commit_sha("ab" * 20)


def test_the_body_groups_by_severity_and_links_each_comment() -> None:
    made = plan(IMPORTANT, CRITICAL)
    links = {entry.fingerprint: f"https://github.test/{n}" for n, entry in enumerate(made.entries)}
    body = review_body(made, HEAD, links)
    assert body.index("Critical (1)") < body.index("Important (1)")
    assert "[`src/book.rs:10`](https://github.test/0)" in body
    assert "1 critical, 1 important" in body
    assert marked_review(body) == HEAD


def test_a_comment_has_severity_title_scenario_source_and_marker() -> None:
    made = plan(CRITICAL)
    body = markdown.comment_body(made.entries[0])
    assert body.startswith("🔴 **critical** · The best bid is read from the wrong end")
    assert CRITICAL.scenario in body
    assert "static rule D5" in body
    assert marked_finding(body) == made.entries[0].fingerprint


def test_a_finding_without_a_line_is_told_whole_in_the_body() -> None:
    lost = Placed(CRITICAL, InSummary(CRITICAL.path, 10, "why"))
    body = review_body(make_plan([lost], READ, gate=None), HEAD)
    assert CRITICAL.scenario in body


def test_a_suggestion_cannot_break_out_of_its_fence() -> None:
    hostile = a_finding(replacement=("```", "<img src=x>", "````"))
    body = markdown.comment_body(plan(hostile).entries[0])
    assert "`````suggestion\n```\n<img src=x>\n````\n`````" in body


def test_a_fix_for_more_lines_than_the_comment_stands_on_is_left_out() -> None:
    wide = a_finding(line=12, start_line=10, replacement=("one line for three",))
    whole = Placed(wide, Inline(wide.path, Side.RIGHT, 12, 10))
    cut = Placed(wide, Inline(wide.path, Side.RIGHT, 12))
    for where, offered in ((whole, True), (cut, False)):
        made = make_plan([where], READ, gate=None)
        assert ("```suggestion" in markdown.comment_body(made.entries[0])) is offered


def test_what_was_not_reviewed_is_named() -> None:
    coverage = replace(READ, not_reviewed=(("src/huge.rs", "larger than 1024 kB"),))
    text = verdict_text.check_summary(plan(coverage=coverage), {})
    assert "**Not reviewed**" in text
    assert "`src/huge.rs`: larger than 1024 kB" in text
    assert verdict_text.check_title(plan(coverage=coverage)).startswith("Not all of it reviewed")


def test_without_a_model_the_title_says_so() -> None:
    assert verdict_text.check_title(plan(coverage=NO_MODEL)).startswith("Static checks only")


def test_a_body_never_passes_githubs_limit_and_keeps_its_marker() -> None:
    many = [a_finding(line=n, quote=str(n), scenario="word " * 300) for n in range(1, 300)]
    lost = [Placed(f, InSummary(f.path, f.line, "why")) for f in many]
    body = review_body(make_plan(lost, READ, gate=None), HEAD)
    assert len(body) <= markdown.BODY_LIMIT
    assert marked_review(body) == HEAD


def test_one_is_not_two() -> None:
    assert "1 changed file," in markdown.coverage_text(replace(READ, files_changed=1))
    assert "60 added lines" in markdown.coverage_text(READ)
    assert placed(IMPORTANT).finding.severity is Severity.IMPORTANT


def test_an_explained_comment_has_the_rules_reason_in_a_fold() -> None:
    finding = a_finding(source="rule:A16")
    placed = Placed(finding, Inline(finding.path, Side.RIGHT, finding.line))
    concise, explained = (
        markdown.comment_body(make_plan([placed], READ, gate=None, explained=e).entries[0])
        for e in (False, True)
    )
    assert "<details>" not in concise
    assert "More on rule A16" in explained
    assert "// reviewer: allow(A16)" in explained
    assert read_mark(explained) == read_mark(concise)
