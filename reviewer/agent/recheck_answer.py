"""The form in which it is said whether earlier findings are repaired."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import from_json

from reviewer.agent.envelope import BadEnvelope, QuotedLine, complete
from reviewer.agent.schema import Part, cut, first, first_mistake, schema_of

WHY_CHARS = 300


class RecheckVerdict(StrEnum):
    """What became of a finding."""

    REPAIRED = "repaired"
    STANDS = "stands"
    UNSURE = "unsure"


class LookedAgain(Part):
    """What a reader makes of one finding now. `why` stands last: with it, it is complete."""

    id: str
    now: Annotated[
        str, cut(800), Field(description="The finding's events in the code as it is now")
    ]
    verdict: RecheckVerdict
    evidence: Annotated[tuple[QuotedLine, ...], first(4)]
    why: Annotated[str, cut(WHY_CHARS), Field(description="One sentence for the engineer")]


class RecheckAnswer(Part):
    """One answer."""

    answers: Annotated[tuple[LookedAgain, ...], first(60)]


RECHECK_SCHEMA: dict[str, Any] = schema_of(RecheckAnswer)
"""What every recheck sends as its output format."""

_LOOKED_AGAIN = TypeAdapter(LookedAgain)


def parse_recheck(text: str) -> RecheckAnswer:
    """The whole answer. Raises BadEnvelope, which quotes none of it."""
    try:
        return RecheckAnswer.model_validate_json(text, strict=True)
    except ValidationError as error:
        raise BadEnvelope(first_mistake(error, text)) from None


def salvage_recheck(text: str) -> RecheckAnswer:
    """What is whole of an answer that was cut off. Raises BadEnvelope when nothing is."""
    try:
        raw = from_json(text, allow_partial=True)
    except ValueError:
        raw = None
    whole = complete(raw.get("answers"), _LOOKED_AGAIN) if isinstance(raw, dict) else ()
    if not whole:
        raise BadEnvelope("the answer was cut off before anything of it was complete")
    return RecheckAnswer(answers=whole)
