"""What a comment asks for, and what it does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.intake.commands import COMMANDS, Permission
from reviewer.intake.comment import Invocation, Refusal, Said, read_comment


def said(body: str, **how: object) -> list[str]:
    return [shown(one) for one in read_comment(body, mention="trading-reviewer[bot]", **how)]  # type: ignore[arg-type]


def shown(one: Said) -> str:
    if isinstance(one, Refusal):
        return f"! {one.sentence}"
    return f"{one.command.name} {one.argument}".strip()


@pytest.mark.parametrize(
    ("body", "commands"),
    [
        ("/review", ["review"]),
        ("  /review  ", ["review"]),
        ("/review full", ["review full"]),
        ("/REVIEW src/**/*.rs", ["review src/**/*.rs"]),
        ("/review\r\n/status\r\n", ["review", "status"]),
        ("/review\n\n/help", ["review", "help"]),
        ("/ask why is this\nsigned?\n/status", ["ask why is this\nsigned?", "status"]),
        ("/ask why?\n> quoted\n/status", ["ask why?"]),
        ("/dismiss the venue clears at zero", ["dismiss the venue clears at zero"]),
        ("/test src/book.rs::Book::apply", ["test src/book.rs::Book::apply"]),
        ("@trading-reviewer review", ["review"]),
        ("@Trading-Reviewer[bot] /review full", ["review full"]),
        ("/review thanks\nfor looking", ["review thanks"]),
    ],
)
def test_commands_are_read_in_order(body: str, commands: list[str]) -> None:
    assert said(body) == commands


@pytest.mark.parametrize(
    "body",
    [
        "",
        "looks good",
        "please /review",
        "looks good\n/review",
        "> /review",
        "`/review`",
        "```\n/review\n```",
        "~~~\n/review",
        "    /review",
        "\t/review",
        "<!-- /review -->",
        "<!--\n/review\n-->",
        "<details>/review</details>",
        "// review",
        "/ review",
        "/etc/passwd",
        "/review/full",
        "/merge",
        "/retest",
        "/lgtm cancel",
        "@somebody review",
        "@trading-reviewers review",
        "\n/review",
    ],
)
def test_what_is_not_meant_for_us_is_left_alone(body: str) -> None:
    assert said(body) == []


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("/reviwe", "There is no `/reviwe`. Did you mean `/review [full | path or glob]`?"),
        ("/explian", "There is no `/explian`. Did you mean `/explain`?"),
        ("/ask", "`/ask` needs words behind it. Usage: `/ask <question>`."),
        ("/pause now", "`/pause` takes no words behind it; to ask something, `/ask <question>`."),
        (
            "@trading-reviewer what is this about?",
            "To ask a question: `/ask <question>`. `/help` lists the commands.",
        ),
        ("/test apply", "An item is written as `src/book.rs::Book::apply`."),
        ("/review a b", "One path or glob at a time."),
        ("@trading-reviewer frobnicate", "There is no such command. `/help` lists"),
    ],
)
def test_a_mistake_is_answered_with_what_was_meant(body: str, sentence: str) -> None:
    (only,) = said(body)
    assert sentence in only


def test_another_prefix_leaves_the_usual_words_to_others() -> None:
    assert said("/review", prefix="/trading-") == []
    assert said("/trading-review full", prefix="/trading-") == ["review full"]
    (only,) = said("/trading-merge", prefix="/trading-")
    assert "`/trading-help`" in only


def test_a_mistake_ends_the_comment() -> None:
    assert said("/status\n/reviwe\n/help")[0] == "status"
    assert len(said("/status\n/reviwe\n/help")) == 2


@given(st.text(max_size=400))
def test_no_comment_breaks_the_reader_and_no_answer_repeats_markup(body: str) -> None:
    for one in read_comment(body, mention="trading-reviewer[bot]", own_words=True):
        if isinstance(one, Refusal):
            assert "@" not in one.sentence
            assert "\n" not in one.sentence


@given(st.sampled_from(COMMANDS), st.text(max_size=60))
def test_a_comment_that_begins_with_prose_holds_no_command(command: object, prose: str) -> None:
    first = prose.replace("\r", " ").replace("\n", " ").strip().lstrip("/@")
    name = command.name  # type: ignore[attr-defined]
    assert not [
        one
        for one in read_comment(f"so {first}\n/{name}", mention="x[bot]")
        if isinstance(one, Invocation)
    ]


def test_who_may_what_is_ordered_as_github_orders_it() -> None:
    assert Permission.ADMIN.allows(Permission.WRITE)
    assert Permission.WRITE.allows(Permission.WRITE)
    assert not Permission.TRIAGE.allows(Permission.WRITE)
    assert all(c.permission is not Permission.READ for c in COMMANDS if c.costs)
