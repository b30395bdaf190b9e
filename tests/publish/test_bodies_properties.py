"""Whatever a finding says, the bodies that are posted and edited hold nothing live but our own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from reviewer.finding import Evidence, Finding, Severity, VerdictKind
from reviewer.publish.annotations import annotations_of
from reviewer.publish.comment_status import said_again, with_status
from reviewer.publish.coverage import Coverage
from reviewer.publish.fingerprint import (
    fingerprints,
    listed_marks,
    read_mark,
    read_review_mark,
)
from reviewer.publish.markdown import comment_body
from reviewer.publish.pairing import Now
from reviewer.publish.placement import Inline, InSummary, Placed
from reviewer.publish.plan import Entry, PublicationPlan, make_plan
from reviewer.publish.reconcile import reconcile
from reviewer.publish.rounds import open_findings, tally, thread_changes
from reviewer.publish.standing import OwnComment, Thread, rebuild
from reviewer.publish.status_line import Change
from reviewer.publish.summary import how_to_talk, later_body, review_body, told_in_body
from reviewer.refs import commit_sha
from tests.support.findings import a_finding

HEAD, LATER = commit_sha("ab" * 20), commit_sha("cd" * 20)
PAGE = "https://github.example/acme/exchange/pull/7"
MARKDOWN = MarkdownIt("commonmark", {"linkify": False}).enable("table")
OURS = re.compile(
    r"</?(?:sub|details|summary|b)>|<!-- trading-reviewer (?:finding|review)=[ A-Za-z0-9_:.,=]+ -->"
)
NASTY = st.lists(
    st.sampled_from(
        ["<script>", "</sub>", "</details>", "<!--", "-->", "![x](http://e)", "[x](javascript:1)",
         "@everyone", "&commat;everyone", "&#64;everyone", "&lt;img src=x&gt;", "&amp;commat;a",
         "#1", "&num;1", "`", "``", "```", "````", "\n", "\n\n", "    ", "/merge", "# h", "> q",
         "- l", "1. l", "|a|", "***", "~~~", "\\", "www.evil.test", "https://evil.test", "a", "=",
         "\u202e", "\u2028", "\u2029", "\x0b", "\x0c", "\x1c", "\x85", "_x_", "GH-1", "---", "\r",
         "```suggestion", "✅ Fixed in `0`.", "➡️ Moved to line 1.", "🔴 **critical** · x",
         "[a]: http://e", f"<!-- trading-reviewer finding={'0' * 16} -->",
         f"<!-- trading-reviewer review={'0' * 40} summary -->"]
    ),
    max_size=10,
).map("".join)  # fmt: skip
TEXT = NASTY | st.text(max_size=60)
LINE = TEXT.map(lambda text: text.replace("\n", " "))
NAMES = TEXT.map(lambda text: f"src/{text.replace(chr(0), '')}.rs")


@st.composite
def findings(draw: st.DrawFn) -> Finding:
    return a_finding(
        path=draw(NAMES),
        quote=draw(LINE),
        title=draw(TEXT),
        scenario=draw(TEXT),
        assumption=draw(TEXT),
        evidence=(Evidence(draw(NAMES), 3, draw(LINE)),),
        severity=draw(st.sampled_from(Severity)),
        source=draw(st.sampled_from(["model", "rule:D5"])),
        verdict=draw(st.sampled_from([VerdictKind.CONFIRMED, VerdictKind.PLAUSIBLE])),
        replacement=draw(st.none() | st.lists(LINE, max_size=3).map(tuple)),
    )


def coverage() -> Coverage:
    return Coverage(1, 1, 1, 1, model="claude", model_absence="", cost_usd=0.0, not_judged=())


def entries(found: Sequence[Finding], *, inline: bool) -> list[Placed]:
    return [
        Placed(
            f,
            Inline(f.path, f.side, f.line) if inline else InSummary(f.path, f.line, "not shown"),
        )
        for f in found
    ]


def tokens(text: str) -> list[Token]:
    found = []
    for token in MARKDOWN.parse(text):
        found.append(token)
        found.extend(token.children or [])
    return found


def assert_harmless(body: str, links: str = PAGE) -> None:
    """No markup, address, mention or reference that is not this App's own."""
    for token in tokens(body):
        if token.type in ("html_block", "html_inline"):
            assert OURS.sub("", token.content).strip() == "" or "<" not in OURS.sub(
                "", token.content
            )
        assert token.type != "image"
        if token.type == "link_open":
            assert str(token.attrs["href"]).startswith(links)
        if token.type == "text":
            assert not re.search(r"@[A-Za-z0-9]|#\d|(?<!\u2060)://|www\.|\bGH-\d", token.content)
        if token.type in ("fence", "code_block"):
            assert token.type == "fence"
            assert token.info in ("suggestion", "")


@given(found=findings(), words=st.sampled_from(["Fixed in `ab`.", "Back in `cd`."]))
@settings(max_examples=300, deadline=None)
def test_a_comment_stays_ours_through_every_edit(found: Finding, words: str) -> None:
    (fingerprint,) = fingerprints([found])
    body = comment_body(Entry(fingerprint, entries([found], inline=True)[0]), HEAD, 1)
    fixed = with_status(body, Change.FIXED, words)
    again = said_again(with_status(fixed, Change.MOVED, "Moved."), LATER, 2)
    for text in (body, fixed, again):
        assert_harmless(text)
        mark = read_mark(text)
        assert mark is not None
        assert mark.fingerprint == fingerprint
    assert with_status(with_status(body, Change.BACK, "Back."), Change.FIXED, words) == fixed
    assert not any(token.info == "suggestion" for token in tokens(again))


def second_round(found: Sequence[Finding], *, inline: bool) -> tuple[str, PublicationPlan]:
    """The summary of a round in which nothing is new, read back from what the first one posted."""
    first = make_plan(entries(found, inline=inline), coverage(), gate=None)
    comments = [
        OwnComment(n, comment_body(e, HEAD, 1), e.placed.finding.path, e.placed.finding.side, None)
        for n, e in enumerate(first.entries, 1)
        if inline
    ]
    stood = rebuild(comments, {}, [review_body(first, HEAD)])
    made = reconcile(stood, [], Now(files={}, unread=frozenset(f.path for f in found)))
    second = replace(
        make_plan([], coverage(), gate=None, round_number=2, earlier=tally(stood, made)),
        open=open_findings(made, dict(told_in_body(first))),
        threads=thread_changes(made, LATER),
    )
    return review_body(second, LATER, page=PAGE, talk=how_to_talk("/")), first


@given(found=st.lists(findings(), min_size=1, max_size=3), inline=st.booleans())
@settings(max_examples=200, deadline=None)
def test_the_summary_of_a_later_round_holds_nothing_live(
    found: list[Finding], inline: bool
) -> None:
    body, first = second_round(found, inline=inline)
    links = {e.fingerprint: f"{PAGE}#discussion_r{n}" for n, e in enumerate(first.entries, 1)}
    for text, head in ((review_body(first, HEAD, links), HEAD), (body, LATER)):
        assert_harmless(text)
        mark = read_review_mark(text)
        assert mark is not None
        assert (mark.head, mark.summary) == (head, True)
        known = {name for e in first.entries for name in e.fingerprints}
        listed = {m.fingerprint for m in listed_marks(text)}
        assert listed == (set() if inline else {e.fingerprint for e in first.entries})
        assert listed <= known
    later = later_body(first, LATER, f"{PAGE}#pullrequestreview-1")
    assert_harmless(later)


@given(found=st.lists(findings(), min_size=1, max_size=3))
@settings(deadline=None)
def test_an_annotation_is_plain_text_of_one_line(found: list[Finding]) -> None:
    plan = make_plan(entries(found, inline=True), coverage(), gate=None)
    for note in annotations_of(plan):
        for text in (note["title"], note["message"]):
            assert len(str(text).splitlines()) <= 1
            assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x1f]", str(text))
        assert note["start_line"] <= note["end_line"]


@pytest.mark.parametrize("title", ["&commat;everyone", "&#64;everyone", "&amp;commat;everyone"])
def test_an_entity_in_a_title_stays_text_when_it_is_read_back(title: str) -> None:
    body, _ = second_round([a_finding(title=title)], inline=True)
    shown = "".join(token.content for token in tokens(body) if token.type == "text")
    assert "@everyone" not in shown
    assert "everyone" in shown


def test_a_thread_that_is_dismissed_is_in_no_summary() -> None:
    found = a_finding()
    (fingerprint,) = fingerprints([found])
    text = comment_body(Entry(fingerprint, entries([found], inline=True)[0]), HEAD, 1)
    comment = OwnComment(1, text, found.path, found.side, 10, thread_id="t")
    (stood,) = rebuild([comment], {"t": Thread("t", dismissed=True)})
    assert open_findings(reconcile([stood], [], Now(files={})), {}) == ()
