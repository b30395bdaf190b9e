"""The one form in which every task is answered: blocks, and the lines that prove them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, ValidationError

from reviewer.agent.envelope import BadEnvelope, QuotedLine
from reviewer.agent.schema import Part, cut, first, first_mistake, schema_of

MOST_BLOCKS = 24
LONGEST_TEXT = 6_000
"""Characters of one block of text or of one diagram."""
LONGEST_CODE = 24_000
"""Characters of one block of code."""


class BlockKind(StrEnum):
    """What a block holds, and so how it is shown."""

    TEXT = "text"
    CODE = "code"
    DIAGRAM = "diagram"


class AnswerBlock(Part):
    """One block as the model gives it. Code stands in place of `start` to `end` where they are."""

    kind: BlockKind
    title: Annotated[str, cut(100)]
    text: str
    language: Annotated[str | None, Field(description="Of code, such as rust or toml")]
    path: Annotated[str | None, Field(description="The file that code belongs in")]
    start: Annotated[int | None, Field(description="First line that code replaces, else null")]
    end: Annotated[int | None, Field(description="Last line that code replaces, else null")]


class TaskAnswer(Part):
    """One answer."""

    blocks: Annotated[tuple[AnswerBlock, ...], first(MOST_BLOCKS)]
    evidence: Annotated[tuple[QuotedLine, ...], first(12)]
    replacement: Annotated[
        tuple[str, ...] | None,
        Field(description="Whole new lines in place of the finding's lines, or null"),
    ]
    questions: Annotated[tuple[Annotated[str, cut(300)], ...], first(3)]


TASK_SCHEMA: dict[str, Any] = schema_of(TaskAnswer)
"""What every task sends as its output format."""


def parse_task_answer(text: str) -> TaskAnswer:
    """The whole answer. Raises BadEnvelope, which quotes none of it."""
    try:
        answer = TaskAnswer.model_validate_json(text, strict=True)
    except ValidationError as error:
        raise BadEnvelope(first_mistake(error, text)) from None
    if not any(block.text.strip() for block in answer.blocks):
        raise BadEnvelope("the answer has no block that says anything")
    return answer


def nothing_whole(_text: str) -> TaskAnswer:
    """Half an answer is none: what stands first in one may be taken back by what follows.

    Raises BadEnvelope.
    """
    raise BadEnvelope("the answer was cut off")
