"""The answer to a task as a comment on GitHub, rebuilt from its fields."""

from __future__ import annotations

from reviewer.agent.task_answer import BlockKind
from reviewer.agent.task_check import ShownBlock
from reviewer.agent.tasks import TaskReport
from reviewer.publish.defang import code, fenced, one_line, visible
from reviewer.publish.markdown import BODY_LIMIT
from reviewer.publish.task_words import (
    HEADS,
    code_place,
    footer,
    is_named,
    paragraphs_of,
    repeats_a_block,
    replaced_lines,
)

LANGUAGES = frozenset({"rust", "toml", "text", "sh", "console", "diff", "json", "yaml", "sql"})
"""Others are shown as plain text: GitHub draws or runs some of them."""
_LONGEST_BLOCK = 30_000
_ROW = 2_000
_QUOTE = 300


def task_markdown(report: TaskReport, *, marker: str = "", suggests: bool = False) -> str:
    """The comment. `marker` stands hidden at its end.

    `suggests` says that it is a reply in the thread of the finding's own lines, so that GitHub can
    offer the replacement with a button.
    """
    head = f"**{HEADS[report.task]}**" + (f": {code(report.about)}" if is_named(report) else "")
    if report.answer is None:
        return _joined([head, one_line(report.absence, 300), _footer(report), marker])
    answer = report.answer
    parts = [_block(block) for block in answer.blocks]
    if answer.replacement is not None and (suggests or not repeats_a_block(report)):
        language = "suggestion" if suggests else "rust"
        parts.append(
            f"In place of {replaced_lines(report)}:\n\n"
            + fenced("\n".join(answer.replacement), language)
        )
    # What the answer stands on is not what is cut where there is too much of it.
    tail = [
        _listed(
            "Stands on",
            [f"{code(f'{e.path}:{e.line}')} {code(e.quote[:_QUOTE])}" for e in answer.evidence],
        ),
        _listed("Would help to know", [one_line(question, 300) for question in answer.questions]),
        *(f"<sub>{one_line(remark, 300)}</sub>" for remark in answer.remarks),
        _footer(report),
        marker,
    ]
    return _fitted([head], parts, tail)


def _block(block: ShownBlock) -> str:
    title = f"**{one_line(block.title, 100)}**" if block.title else ""
    if block.kind is BlockKind.TEXT:
        return _joined([title, _text(block.text)])
    if block.kind is BlockKind.DIAGRAM:
        return _joined([title, fenced(_shown(block.text), "text")])
    language = block.language if block.language in LANGUAGES else "text"
    return _joined([title, _place(block), fenced(_shown(block.text), language)])


def _place(block: ShownBlock) -> str:
    if not block.path:
        return f"{one_line(code_place(block), 200)}:" if block.sketch else ""
    if block.sketch:
        return f"{one_line(code_place(block), 200)}, {code(block.path)}:"
    return f"{code_place(block)} {code(block.path)}:"


def _text(text: str) -> str:
    paragraphs = []
    for rows in paragraphs_of(visible(text)):
        lines: list[str] = []
        before = ""
        for mark, words in rows:
            if lines and bool(mark) != bool(before):
                lines.append("")  # else GitHub takes a list that begins with 2 for text
            lines.append(f"{mark} {one_line(words, _ROW)}".strip())
            before = mark
        paragraphs.append("\n".join(lines))
    return "\n\n".join(paragraphs)


def _shown(text: str) -> str:
    shown = visible(text)
    if len(shown) <= _LONGEST_BLOCK:
        return shown
    return (shown[:_LONGEST_BLOCK].rpartition("\n")[0] or shown[:_LONGEST_BLOCK]) + "\n… cut"


def _listed(head: str, rows: list[str]) -> str:
    return f"{head}:\n\n" + "\n".join(f"- {row}" for row in rows) if rows else ""


def _footer(report: TaskReport) -> str:
    said = footer(report, code).replace("$", "\\$")
    return f"<sub>{said}</sub>"


def _fitted(head: list[str], parts: list[str], tail: list[str]) -> str:
    """As many whole blocks as GitHub takes in a body."""
    room = BODY_LIMIT - len(_joined([*head, *tail])) - 80
    kept: list[str] = []
    for part in parts:
        room -= len(part) + 2
        if room < 0:
            break
        kept.append(part)
    left = len(parts) - len(kept)
    note = f"({left} more parts of the answer left out at GitHub's limit)" if left else ""
    return _joined([*head, *kept, note, *tail])


def _joined(parts: list[str]) -> str:
    return "\n\n".join(part for part in parts if part)
