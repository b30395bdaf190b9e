"""The envelope: the one form in which a model answers, whatever it was asked.

One schema for all calls, since another schema would miss the prompt cache. Every field is required,
because the API drops the rest of a schema's constraints; numbers and lengths are held in code.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, Field, PrivateAttr, TypeAdapter, ValidationError
from pydantic_core import from_json

from reviewer.agent.loose import claim_fields, listed, object_in, texts, verdict_fields
from reviewer.agent.schema import Part, cut, first, first_mistake, schema_of
from reviewer.errors import ReviewerError
from reviewer.finding import Category, Severity, VerdictKind
from reviewer.pull.diff import Side

T = TypeVar("T")


class BadEnvelope(ReviewerError):
    """The model's answer is not an envelope."""


class Confidence(StrEnum):
    """How sure the model says it is: words, since its numbers are badly calibrated."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


Quote = Annotated[
    str,
    Field(description="The code of `line`, exactly, without the gutter"),
    AfterValidator(lambda text: text[:2000]),
]


class QuotedLine(Part):
    """A line that the model points at."""

    path: str
    line: int
    quote: Quote


class Claim(Part):
    """One thing that the model says is wrong. `confidence` stands last: with it, it is complete."""

    path: str
    side: Side
    line: Annotated[int, Field(description="Last line meant, by its gutter number")]
    start_line: Annotated[int | None, Field(description="First line meant, where not `line`")]
    quote: Quote
    category: Category
    severity: Severity
    title: Annotated[str, cut(80)]
    scenario: Annotated[
        str, cut(1500), Field(description="Events or input, the wrong state, what it costs")
    ]
    evidence: Annotated[tuple[QuotedLine, ...], first(6)]
    assumption: Annotated[
        str, cut(400), Field(description="What must hold outside the shown code, or empty")
    ]
    confidence: Confidence


class Verdict(Part):
    """What the second reader makes of the claim with this id.

    The fields stand in the order in which a reader thinks: what speaks against it, the run, and
    only then the verdict, and only after that the fix.
    """

    id: str
    against: Annotated[
        str, cut(400), Field(description="The line or fact that speaks most against the claim")
    ]
    run: Annotated[
        str, cut(600), Field(description="Input or events, the state after each step, the cost")
    ]
    verdict: VerdictKind
    severity: Annotated[Severity, Field(description="Decided anew")]
    assumption: Annotated[
        str, cut(400), Field(description="The one fact that is missing where it is plausible")
    ]
    evidence: Annotated[tuple[QuotedLine, ...], first(6)]
    replacement: Annotated[
        tuple[str, ...] | None,
        Field(description="Whole lines instead of the claimed ones, only where confirmed"),
    ]
    references: Annotated[tuple[str, ...], first(6)]


class Envelope(Part):
    """One answer."""

    summary: Annotated[str, cut(600)]
    findings: Annotated[tuple[Claim, ...], first(60)]
    verdicts: Annotated[tuple[Verdict, ...], first(60)]
    not_checked: Annotated[tuple[Annotated[str, cut(300)], ...], first(20)]
    questions: Annotated[
        tuple[Annotated[str, cut(200)], ...],
        first(5),
        Field(description="What only the author can answer and the judgement hangs on"),
    ]
    _unread: int = PrivateAttr(default=0)

    @property
    def unread(self) -> int:
        """Claims and verdicts in it that nobody could read, and that are left out."""
        return self._unread

    def without(self, unread: int) -> Envelope:
        """The same, when so many of its claims and verdicts could not be read."""
        other = self.model_copy()
        other._unread = unread
        return other


ENVELOPE_SCHEMA: dict[str, Any] = schema_of(Envelope)
"""What every call sends as its output format."""

_CLAIM = TypeAdapter(Claim)
_VERDICT = TypeAdapter(Verdict)
_KEYS = frozenset(Envelope.model_fields)


def parse_envelope(text: str) -> Envelope:
    """The whole answer, also where its form is not kept. Raises BadEnvelope, which quotes none
    of it."""
    try:
        return Envelope.model_validate_json(text, strict=True)
    except ValidationError as error:
        envelope = _read_loosely(text)
        if envelope is None:
            raise BadEnvelope(first_mistake(error, text)) from None
        return envelope


def _read_loosely(text: str) -> Envelope | None:
    """What can be read of an answer that is not in its form; None for nothing.

    That nothing is wrong is believed in the agreed form alone, with no key of its own and nothing
    beside it: prose is no clean review.
    """
    found = object_in(text, _KEYS)
    if found is None:
        return None
    raw, alone = found
    claims = [_claim(item) for item in listed(raw.get("findings"))[:60]]
    verdicts = [_verdict(item) for item in listed(raw.get("verdicts"))[:60]]
    unread = claims.count(None) + verdicts.count(None)
    if unread == len(claims) + len(verdicts):
        in_form = alone and raw.keys() <= _KEYS and isinstance(raw.get("findings"), list)
        if unread or not in_form:
            return None
    summary = raw.get("summary")
    return Envelope(
        summary=summary if isinstance(summary, str) else "",
        findings=tuple(claim for claim in claims if claim is not None),
        verdicts=tuple(verdict for verdict in verdicts if verdict is not None),
        not_checked=tuple(texts(raw.get("not_checked"))),
        questions=tuple(texts(raw.get("questions"))),
    ).without(unread)


def _claim(raw: object) -> Claim | None:
    fields = claim_fields(raw)
    return Claim(**fields) if fields is not None else None


def _verdict(raw: object) -> Verdict | None:
    fields = verdict_fields(raw)
    return Verdict(**fields) if fields is not None else None


def salvage_envelope(text: str) -> Envelope:
    """What is complete of an answer that was cut off. Raises BadEnvelope when it never began."""
    try:
        raw = from_json(text[max(text.find("{"), 0) :], allow_partial=True)
    except ValueError:
        raise BadEnvelope("the answer was cut off before anything of it was complete") from None
    if not isinstance(raw, dict):
        raise BadEnvelope("the answer was cut off before anything of it was complete")
    claims, verdicts = listed(raw.get("findings")), listed(raw.get("verdicts"))
    # Whether the last of a list was whole when the answer ended, only the form can tell.
    read = [_claim(item) for item in claims[:-1]]
    judged = [_verdict(item) for item in verdicts[:-1]]
    return Envelope(
        summary="",
        findings=(*filter(None, read), *complete(claims[-1:], _CLAIM)),
        verdicts=(*filter(None, judged), *complete(verdicts[-1:], _VERDICT)),
        not_checked=(),
        questions=(),
    ).without(read.count(None) + judged.count(None))


def complete(items: object, adapter: TypeAdapter[T]) -> tuple[T, ...]:
    """The first of a list as long as they are whole."""
    whole: list[T] = []
    for item in items if isinstance(items, list) else ():
        try:
            whole.append(adapter.validate_python(item))
        except ValidationError:
            break  # the one that was being written when the answer ended
    return tuple(whole)
