"""A question that is put with less code around it where the whole is too long for the model."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from reviewer.agent.budget import BudgetSpent
from reviewer.agent.conversation import Limits, Talk
from reviewer.agent.pack import ReviewUnit
from reviewer.agent.question import Form, Question, Reply, put_in
from reviewer.agent.reading import Reading
from reviewer.agent.report import Stopped
from reviewer.agent.request import (
    Ask,
    ModelRefused,
    ModelRequest,
    ModelUnavailable,
    PromptTooLong,
)
from reviewer.agent.spending import Spending
from reviewer.agent.tools import Toolbox
from reviewer.agent.usage import Usage

T = TypeVar("T")


class RequestAbout(Protocol):
    """Writes the request about a unit."""

    def __call__(self, unit: ReviewUnit | None, *, minimal: bool) -> ModelRequest:
        """A minimal one leaves out what stands around the unit."""


def put_fitting(
    form: Form[T],
    ask: Ask,
    unit: ReviewUnit | None,
    request: RequestAbout,
    limits: Limits,
    reading: Reading,
    toolbox: Toolbox,
    talk: Talk,
) -> Reply[T]:
    """The reply. Raises what `Ask` raises, PromptTooLong where even the least is too long."""
    while True:
        brief = unit.in_brief() if unit is not None and not unit.brief else unit
        question = Question(
            request(unit, minimal=False), request(brief, minimal=True), limits, reading.fallback
        )
        try:
            return put_in(form, ask, question, toolbox, talk)
        except PromptTooLong:
            if unit is None or unit.brief:
                raise
            unit = brief


@dataclass(frozen=True, slots=True)
class Heard(Generic[T]):
    """What came of one conversation. Without an answer, or with half of one, `problem` says why."""

    answer: T | None
    problem: str = ""
    stopped: Stopped = ""
    retry_after: float | None = None
    """With `silent`: in how many seconds the model may answer."""


def heard(put: Callable[[], Reply[T]]) -> Heard[T]:
    """The reply, or what ended the conversation. Raises Transient when the store is away."""
    try:
        reply = put()
    except BudgetSpent:
        return Heard(None, "the model budget is spent", "over budget")
    except ModelUnavailable as error:
        return Heard(None, "the model did not answer", "silent", error.retry_after)
    except PromptTooLong:
        return Heard(None, "it is too long for the model")
    except ModelRefused:
        return Heard(None, "the model API refused the question", "refused")
    return Heard(reply.envelope, reply.problem)


@dataclass(frozen=True, slots=True)
class Expense:
    """What conversations took."""

    model: str | None = None
    """The model that was asked; None when none answered at all."""
    cost_usd: float = 0.0
    calls: int = 0
    looked_up: int = 0
    cached_share: float = 0.0
    """Part of the input that the prompt cache served; 0 to 1."""
    usage: Usage = field(default_factory=Usage)

    @classmethod
    def of(cls, talks: Iterable[Talk], reading: Reading) -> Expense:
        """The sum of them."""
        listed = list(talks)
        spending = Spending(reading)
        for talk in listed:
            spending.add(talk)
        return cls(
            model=next(iter(spending.models), None),
            cost_usd=spending.usd,
            calls=spending.calls,
            looked_up=sum(talk.tool_calls for talk in listed),
            cached_share=spending.cached_share,
            usage=spending.usage,
        )
