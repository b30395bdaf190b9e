"""The answer to a task as a comment, on a terminal and as JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reviewer.agent.task_answer import BlockKind
from reviewer.agent.task_check import CheckedAnswer, ShownBlock
from reviewer.agent.tasks import TaskReport
from reviewer.finding import Evidence
from reviewer.publish.markdown import BODY_LIMIT
from reviewer.publish.task_json import task_json
from reviewer.publish.task_markdown import task_markdown
from reviewer.publish.task_text import task_text

EVIL = "@owner see https://evil.example #12 <img src=x> [a](b)\u202e"


def text(words: str, title: str = "") -> ShownBlock:
    return ShownBlock(BlockKind.TEXT, title, words)


def code(words: str, **fields: Any) -> ShownBlock:
    return ShownBlock(BlockKind.CODE, "", words, **{"language": "rust", **fields})


def report(*blocks: ShownBlock, **fields: Any) -> TaskReport:
    answer = {"evidence": (), "replacement": None, "questions": (), "remarks": (), **fields}
    return TaskReport(
        task="fix",
        about="src/book.rs:13",
        answer=CheckedAnswer(blocks, **answer),
        finding_place=("src/book.rs", 12, 13),
        model="claude-sonnet-5-5",
        cost_usd=0.0312,
        looked_up=3,
    )


def terminal(said: TaskReport) -> str:
    return task_text(said, colour=False, width=80)


def test_the_comment_says_what_it_is_about_and_who_answered() -> None:
    said = task_markdown(
        report(text("It is `best`.", "Why"), code("fn x() {}")), marker="<!-- m -->"
    )
    assert said == (
        "**Proposed fix**: `src/book.rs:13`\n\n**Why**\n\nIt is `best`.\n\n"
        "```rust\nfn x() {}\n```\n\n"
        "<sub>Answered by `claude-sonnet-5-5`, \\$0.03, 3 looked up. "
        "Nothing here was compiled, run or measured.</sub>\n\n<!-- m -->"
    )


def test_what_a_model_writes_reaches_nobody() -> None:
    said = task_markdown(report(text(EVIL, EVIL), questions=(EVIL,), remarks=(EVIL,), evidence=()))
    for live in ("@owner", "https://", "#12", " <img", " [a](", "\u202e"):
        assert live not in said
    assert said.count("⟦U+202E⟧") == 4


def test_lists_stay_lists_and_nothing_else_becomes_markup() -> None:
    said = task_markdown(
        report(text("Runs:\n\n1. add\n2) cancel\n   late\n- /merge\n\n# Head\n> q"))
    )
    assert "Runs:\n\n1. add\n2. cancel late\n- \\/merge\n\n\\# Head" in said


@pytest.mark.parametrize("kind", [BlockKind.CODE, BlockKind.DIAGRAM])
def test_nothing_in_a_block_closes_its_fence(kind: BlockKind) -> None:
    said = task_markdown(report(ShownBlock(kind, "", "a\n````\n@owner\n```", language="rust")))
    opened = next(line for line in said.splitlines() if line.startswith("`````"))
    assert said.count("`````") == 2
    assert opened == ("`````rust" if kind is BlockKind.CODE else "`````text")


@pytest.mark.parametrize("language", ["mermaid", "suggestion", "rust\n```\n# x", "html"])
def test_a_language_that_github_acts_on_is_plain_text(language: str) -> None:
    assert "```text\nx\n```" in task_markdown(report(code("x", language=language)))


def test_code_says_where_it_stands_and_a_sketch_that_it_is_one() -> None:
    said = task_markdown(
        report(
            code("x", path="src/a.rs", start=3, end=5),
            code("x", path="tests/b.rs"),
            code("x", path="src/c.rs", sketch="the file would not parse with it"),
        )
    )
    assert "In place of lines 3 to 5 of `src/a.rs`:" in said
    assert "Belongs in `tests/b.rs`:" in said
    sketch = "A sketch, not to be taken as it is (the file would not parse with it), `src/c.rs`:"
    assert sketch in said


def test_a_replacement_is_a_button_only_in_the_findings_own_thread() -> None:
    fixed = report(text("x"), replacement=("    a();", "    b();"))
    assert "In place of lines 12 to 13:\n\n```rust\n    a();\n    b();\n```" in task_markdown(fixed)
    assert "```suggestion\n    a();\n    b();\n```" in task_markdown(fixed, suggests=True)


def test_a_replacement_that_a_block_shows_is_not_shown_twice() -> None:
    shown = code("    a();", path="src/book.rs", start=12, end=13)
    fixed = report(shown, replacement=("    a();",))
    assert task_markdown(fixed).count("a();") == terminal(fixed).count("a();") == 1
    assert "```suggestion" in task_markdown(fixed, suggests=True)


def test_a_long_answer_keeps_whole_blocks_and_what_it_stands_on() -> None:
    proof = Evidence("src/book.rs", 13, "self.bids.keys().next().copied()")
    said = task_markdown(
        report(*(code("\u202e" * 24_000) for _ in range(9)), evidence=(proof,)), marker="<!-- m -->"
    )
    assert len(said) <= BODY_LIMIT
    assert said.count("```") % 2 == 0
    assert "7 more parts of the answer left out" in said
    assert "- `src/book.rs:13` `self.bids.keys().next().copied()`" in said
    assert said.endswith("<!-- m -->")


def test_no_answer_is_one_sentence() -> None:
    nothing = TaskReport("ask", "the question", None, absence="The model did not answer.")
    assert task_markdown(nothing) == (
        "**Answer**\n\nThe model did not answer.\n\n<sub>No model has answered.</sub>"
    )
    assert "The model did not answer." in terminal(nothing)
    assert json.loads(task_json(nothing))["answer"] is None


def test_a_terminal_shows_the_same_with_nothing_hidden() -> None:
    said = terminal(
        report(
            text(f"Runs:\n1. {EVIL}", "Why\x1b[31m"),
            code("a\x1b[2Jb", path="src/a\n.rs", start=1, end=1),
            replacement=("x();",),
            evidence=(Evidence("src/book.rs", 13, "keys()"),),
            questions=("Which load?",),
            remarks=("No proof.",),
        )
    )
    assert "\x1b" not in said
    assert "1. @owner see" in said
    assert "In place of line 1 of src/a⟦U+000A⟧.rs:\n    a⟦U+001B⟧[2Jb" in said
    assert "In place of lines 12 to 13:\n  + | x();" in said
    assert "  src/book.rs:13: keys()" in said
    assert "  - Which load?" in said
    assert "No proof." in said


def test_the_json_holds_every_field() -> None:
    said = json.loads(
        task_json(report(code("x", path="src/a.rs", start=1, end=2), replacement=("y",)))
    )
    assert said["answer"]["blocks"] == [
        {
            "kind": "code",
            "title": "",
            "text": "x",
            "language": "rust",
            "path": "src/a.rs",
            "start": 1,
            "end": 2,
            "sketch": "",
        }
    ]
    assert said["answer"]["replacement"] == ["y"]
    assert (said["task"], said["about"], said["looked_up"]) == ("fix", "src/book.rs:13", 3)
