"""What is said in the thread of an earlier finding."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reviewer.agent.fitting import Expense
from reviewer.agent.recheck import Rechecked, RecheckReport
from reviewer.agent.recheck_answer import RecheckVerdict
from reviewer.agent.reply import ReplyReport
from reviewer.agent.reply_answer import ReplyKind, ReplyVerdict
from reviewer.agent.reply_check import CheckedReply
from reviewer.finding import Evidence
from reviewer.publish.markdown import BODY_LIMIT
from reviewer.publish.recheck_json import recheck_json, reply_json
from reviewer.publish.recheck_terminal import NOT_FOR_US, recheck_text, reply_text
from reviewer.publish.recheck_text import recheck_markdown, repaired_line, reply_markdown
from tests.injections.live import live

HEAD = "abc1234" + "0" * 33
PROOF = Evidence("src/book.rs", 14, "self.bids.last()")
EVIL = "@owner see https://evil.example #12 <img src=x> [a](b)\u202e\n/merge\n<!-- x -->"
PAID = Expense("claude-sonnet-5-5", 0.0312, 2, 1)


def outcome(verdict: RecheckVerdict = RecheckVerdict.REPAIRED, **fields: Any) -> Rechecked:
    return Rechecked(
        **{"fingerprint": "1" * 16, "verdict": verdict, "why": "`best` takes the last key.",
           "evidence": (PROOF,), **fields}
    )  # fmt: skip


def reply(**fields: Any) -> ReplyReport:
    said = {"kind": ReplyKind.CONTEST, "verdict": ReplyVerdict.UPHELD, "text": "It is the first."}
    return ReplyReport(
        "src/book.rs:13", CheckedReply(**{**said, "evidence": (PROOF,), **fields}), expense=PAID
    )


def test_a_repaired_thread_is_closed_with_one_line() -> None:
    assert repaired_line(outcome(), HEAD) == (
        "Repaired in `abc1234`: `best` takes the last key. (`src/book.rs:14`)"
    )
    assert repaired_line(outcome(why=""), HEAD) == "Repaired in `abc1234`. (`src/book.rs:14`)"


@pytest.mark.parametrize(
    "other",
    [
        outcome(RecheckVerdict.STANDS),
        outcome(RecheckVerdict.UNSURE),
        outcome(evidence=()),
    ],
)
def test_nothing_else_can_close_a_thread(other: Rechecked) -> None:
    assert repaired_line(other, HEAD) == ""


@pytest.mark.parametrize(
    ("verdict", "head"),
    [
        (ReplyVerdict.CONCEDED, "**You are right.**\n\n"),
        (ReplyVerdict.UPHELD, "**It still stands.**\n\n"),
        (ReplyVerdict.UNSURE, "**Not settled.**\n\n"),
        (None, ""),
    ],
)
def test_a_reply_says_the_verdict_first_and_what_it_stands_on(
    verdict: ReplyVerdict | None, head: str
) -> None:
    assert reply_markdown(reply(verdict=verdict), marker="<!-- m -->") == (
        f"{head}It is the first.\n\n- `src/book.rs:14` `self.bids.last()`\n\n"
        "<sub>Answered by `claude-sonnet-5-5`, \\$0.03, 1 looked up.</sub>\n\n<!-- m -->"
    )


def test_what_is_conceded_on_is_named() -> None:
    said = reply_markdown(
        reply(
            verdict=ReplyVerdict.CONCEDED,
            evidence=(),
            on_their_word="the venue sorts them",
            profile_line="venues: XTKS",
        )
    )
    assert "Taken on your word: “the venue sorts them”" in said
    assert "By what this repository says of itself: `venues: XTKS`" in said


def test_what_follows_stands_behind_the_lines() -> None:
    said = reply_markdown(reply(), closing=("It is let go.", "That was the last."))
    assert "`self.bids.last()`\n\nIt is let go.\n\nThat was the last.\n\n<sub>Answered" in said


def test_nothing_is_said_where_nothing_is_wanted() -> None:
    quiet = reply(kind=ReplyKind.NOTHING, verdict=None, text="")
    assert reply_markdown(quiet, marker="<!-- m -->") == ""
    assert NOT_FOR_US in reply_text(quiet, colour=False, width=80)


def test_what_a_model_writes_or_a_person_said_reaches_nobody() -> None:
    line = repaired_line(outcome(why=EVIL), HEAD)
    proofs = (Evidence("src/`@owner`.rs", 1, "`" * 9 + EVIL),)
    body = reply_markdown(
        reply(text=EVIL, on_their_word=EVIL, profile_line="- x", remarks=(EVIL,), evidence=proofs)
    )
    assert "\n" not in line
    assert live(line) == []
    assert live(body) == []


def test_what_is_too_long_keeps_the_words() -> None:
    proofs = tuple(Evidence("src/" + "x" * 20_000, n, "`" * 300) for n in range(6))
    said = reply_markdown(reply(evidence=proofs), closing=("It is let go.",), marker="<!-- m -->")
    assert len(said) <= BODY_LIMIT
    assert "\n\nIt is let go.\n\n" in said
    assert said.startswith("**It still stands.**\n\nIt is the first.")
    assert said.endswith("<!-- m -->")


def test_every_form_tells_the_same_with_nothing_hidden() -> None:
    report = RecheckReport(
        (outcome(), outcome(RecheckVerdict.STANDS, why=EVIL)), "1 was not looked at.", PAID
    )
    for text in (
        recheck_text(report, colour=False, width=80),
        recheck_markdown(report, HEAD),
        recheck_json(report),
    ):
        assert "\u202e" not in text
        assert "1 was not looked at." in text
        assert "src/book.rs" in text
    assert json.loads(recheck_json(report))["outcomes"][0]["verdict"] == "repaired"
    answer = json.loads(reply_json(reply(on_their_word="they sort")))["answer"]
    assert (answer["kind"], answer["verdict"], answer["on_their_word"]) == (
        "contest",
        "upheld",
        "they sort",
    )


def test_no_answer_is_one_sentence() -> None:
    silent = ReplyReport("src/book.rs:13", None, "There is no answer: the budget is spent.")
    assert reply_markdown(silent) == (
        "There is no answer: the budget is spent.\n\n<sub>No model has answered.</sub>"
    )
    assert json.loads(reply_json(silent))["answer"] is None
