"""The answer to a task for a terminal."""

from __future__ import annotations

from reviewer.agent.task_answer import BlockKind
from reviewer.agent.task_check import ShownBlock
from reviewer.agent.tasks import TaskReport
from reviewer.agent.untrusted import visible_name
from reviewer.publish.defang import visible
from reviewer.publish.paint import paint, wrapped
from reviewer.publish.task_words import (
    HEADS,
    code_place,
    footer,
    is_named,
    paragraphs_of,
    repeats_a_block,
    replaced_lines,
)

_QUOTE = 300


def task_text(report: TaskReport, *, colour: bool, width: int) -> str:
    """The answer block by block, what it stands on, and who gave it."""
    head = HEADS[report.task]
    head += f": {visible_name(report.about)}" if is_named(report) else ""
    parts = [paint(head, colour, bold=True)]
    answer = report.answer
    if answer is None:
        return "\n\n".join([*parts, wrapped(visible(report.absence), width), footer(report)])
    parts += [_block(block, colour, width) for block in answer.blocks]
    if answer.replacement is not None and not repeats_a_block(report):
        rows = [f"  + | {visible(line)}" for line in answer.replacement]
        parts.append("\n".join([f"In place of {replaced_lines(report)}:", *rows]))
    if answer.evidence:
        rows = [
            f"  {visible_name(e.path)}:{e.line}: {visible_name(e.quote[:_QUOTE])}"
            for e in answer.evidence
        ]
        parts.append("\n".join(["Stands on:", *rows]))
    if answer.questions:
        rows = [wrapped(f"- {visible_name(q)}", width, "  ") for q in answer.questions]
        parts.append("\n".join(["Would help to know:", *rows]))
    parts += [wrapped(visible(remark), width) for remark in answer.remarks]
    parts.append(wrapped(footer(report), width))
    return "\n\n".join(parts)


def _block(block: ShownBlock, colour: bool, width: int) -> str:
    lines = [paint(visible_name(block.title), colour, bold=True)] if block.title else []
    if block.kind is BlockKind.TEXT:
        return "\n".join([*lines, _text(block.text, width)])
    if block.kind is BlockKind.CODE and (block.path or block.sketch):
        joint = ", " if block.sketch and block.path else " "
        lines.append(f"{code_place(block)}{joint}{visible_name(block.path)}".rstrip() + ":")
    lines += [f"    {line}".rstrip() for line in visible(block.text).split("\n")]
    return "\n".join(lines)


def _text(text: str, width: int) -> str:
    return "\n\n".join(
        "\n".join(wrapped(f"{mark} {words}".strip(), width) for mark, words in rows)
        for rows in paragraphs_of(visible(text))
    )
