"""The form in which a person's reply in a thread is answered."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, ValidationError

from reviewer.agent.envelope import BadEnvelope, QuotedLine
from reviewer.agent.schema import Part, cut, first, first_mistake, schema_of

MOST_WORDS = 150
_TEXT_CHARS = 2_000


class ReplyKind(StrEnum):
    """What a person's reply is."""

    QUESTION = "question"
    CONTEST = "contest"
    NOTHING = "nothing"
    """Nothing that is for us to answer."""


class ReplyVerdict(StrEnum):
    """What becomes of a finding that was contested."""

    CONCEDED = "conceded"
    UPHELD = "upheld"
    UNSURE = "unsure"


class ReplyAnswer(Part):
    """One answer. The fields stand in the order in which a reader thinks."""

    kind: ReplyKind
    weighed: Annotated[
        str, cut(1_000), Field(description="What speaks for the person, what for the finding")
    ]
    verdict: Annotated[ReplyVerdict, Field(description="`unsure` unless it is a contest")]
    evidence: Annotated[tuple[QuotedLine, ...], first(6)]
    profile_line: Annotated[
        str, cut(600), Field(description="The maintainers' line that it is conceded on, or empty")
    ]
    their_words: Annotated[
        str,
        cut(400),
        Field(description="The person's own words, exactly, that it is conceded on, or empty"),
    ]
    text: Annotated[str, cut(_TEXT_CHARS), Field(description="What the person is told")]


REPLY_SCHEMA: dict[str, Any] = schema_of(ReplyAnswer)
"""What every answer to a reply has as its output format."""


def parse_reply(text: str) -> ReplyAnswer:
    """The whole answer. Raises BadEnvelope, which quotes none of it."""
    try:
        answer = ReplyAnswer.model_validate_json(text, strict=True)
    except ValidationError as error:
        raise BadEnvelope(first_mistake(error, text)) from None
    if answer.kind is not ReplyKind.NOTHING and not answer.text:
        raise BadEnvelope("the answer says nothing to a person who is to be answered")
    return answer


def no_half_reply(_text: str) -> ReplyAnswer:
    """Half an answer is none. Raises BadEnvelope."""
    raise BadEnvelope("the answer was cut off")
