"""The sentences around the answer to a task, the same on GitHub and on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from reviewer.agent.task_answer import BlockKind
from reviewer.agent.task_check import ShownBlock
from reviewer.agent.tasks import TaskReport
from reviewer.publish.money import who_answered

HEADS: Mapping[str, str] = MappingProxyType(
    {
        "explain": "Explanation",
        "ask": "Answer",
        "fix": "Proposed fix",
        "test": "Tests",
        "optimize": "Making it faster",
        "design": "Design",
    }
)
QUESTION = "the question"
"""What an answer is about that is about nothing else (`Subject.name`)."""
UNTRIED = "Nothing here was compiled, run or measured."


def is_named(report: TaskReport) -> bool:
    """Whether the answer is about something that has a name, beside the question itself."""
    return report.about != QUESTION


def code_place(block: ShownBlock) -> str:
    """What stands before the path of a block of code: what the code is to its file."""
    if block.sketch:
        return f"A sketch, not to be taken as it is ({block.sketch})"
    if block.start is None:
        return "Belongs in"
    lines = f"line {block.start}" if block.start == block.end else f"lines {block.start}"
    return f"In place of {lines if block.start == block.end else f'{lines} to {block.end}'} of"


def replaced_lines(report: TaskReport) -> str:
    """`line 13` or `lines 12 to 13`; empty when the answer replaces nothing."""
    if report.finding_place is None or report.answer is None or report.answer.replacement is None:
        return ""
    _, first, last = report.finding_place
    return f"line {last}" if first == last else f"lines {first} to {last}"


def repeats_a_block(report: TaskReport) -> bool:
    """Whether a block of code says what the replacement says."""
    answer, place = report.answer, report.finding_place
    if answer is None or place is None or answer.replacement is None:
        return False
    text = "\n".join(answer.replacement)
    return any((b.path, b.start, b.end) == place and b.text == text for b in answer.blocks)


def footer(report: TaskReport, shown: Callable[[str], str] = str) -> str:
    """Who answered, for how much."""
    answered = report.answer is not None
    who = who_answered(
        report.model, report.cost_usd, report.looked_up, answered=answered, shown=shown
    )
    return f"{who} {UNTRIED}" if _has_code(report) else who


def list_line(line: str) -> tuple[str, str]:
    """The mark of a line of a list (`-`, `3.`) and what follows; the mark is empty elsewhere."""
    mark, blank, rest = line.strip().partition(" ")
    if not blank:
        return "", line
    if mark in ("-", "*"):
        return "-", rest
    number = mark[:-1]
    if mark[-1] in ".)" and number.isascii() and number.isdigit() and len(number) <= 3:
        return f"{int(number)}.", rest
    return "", line


def paragraphs_of(text: str) -> Iterator[list[tuple[str, str]]]:
    """The paragraphs of a text, each of rows: a mark (empty for plain text) and its words."""
    rows: list[tuple[str, str]] = []
    for line in [*text.split("\n"), ""]:
        if not line.strip():
            if rows:
                yield rows
            rows = []
            continue
        mark, words = list_line(line)
        if mark or not rows:
            rows.append((mark, words))
        else:
            rows[-1] = (rows[-1][0], f"{rows[-1][1]} {words.strip()}")


def _has_code(report: TaskReport) -> bool:
    answer = report.answer
    return answer is not None and (
        answer.replacement is not None or any(b.kind is BlockKind.CODE for b in answer.blocks)
    )
