"""One question to a model until there is an answer to work with, or a reason why there is none."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from reviewer.agent.conversation import Limits, Talk, converse
from reviewer.agent.envelope import BadEnvelope, Envelope, parse_envelope, salvage_envelope
from reviewer.agent.prompt import fill
from reviewer.agent.request import Ask, Block, ModelAnswer, ModelRequest, Turn
from reviewer.agent.tools import Toolbox

MOST_ANSWER_TOKENS = 32_000
ANEW = "Your answer could not be read: {}. Answer once more, in the form that was asked for."
SHORTER = "The last answer did not fit. Give at most 6 findings, the worst first, and be brief."


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Form(Generic[T]):
    """How an answer is read."""

    parse: Callable[[str], T]
    """Raises BadEnvelope."""
    salvage: Callable[[str], T]
    """What is whole of an answer that was cut off. Raises BadEnvelope."""
    shorter: str
    """What a model is told whose answer was cut off."""
    anew: bool = False
    """Whether an answer that nobody can read is asked for once more."""


ENVELOPE = Form(parse_envelope, salvage_envelope, SHORTER, anew=True)


@dataclass(frozen=True, slots=True)
class Question:
    """A request, and the same with less around it for a model that declines."""

    request: ModelRequest
    minimal: ModelRequest
    limits: Limits
    fallback: str = ""
    """The model to ask when the first declines twice; empty for none."""


@dataclass(frozen=True, slots=True)
class Reply(Generic[T]):
    """What an answer is worth. Without an envelope `problem` says why."""

    envelope: T | None
    problem: str = ""
    """With an envelope: in what way it is not whole."""


def put(ask: Ask, question: Question, toolbox: Toolbox, talk: Talk) -> Reply[Envelope]:
    """The reply, whatever made the model stop. Raises what `Ask` raises."""
    return put_in(ENVELOPE, ask, question, toolbox, talk)


def put_in(form: Form[T], ask: Ask, question: Question, toolbox: Toolbox, talk: Talk) -> Reply[T]:
    """The same for an answer of any form."""
    answer = converse(ask, question.request, toolbox, question.limits, talk)
    if answer.stop_reason == "refusal":
        answer = _asked_otherwise(ask, question, toolbox, talk)
    if answer.stop_reason == "refusal":
        category = f" ({answer.declined})" if answer.declined else ""
        return Reply(None, f"the model declined to read it{category}")
    if answer.stop_reason == "max_tokens":
        return _with_more_room(form, ask, talk, answer)
    mistake = _mistake(form, answer) if form.anew else ""
    if mistake and talk.asked is not None:
        return read_in(form, talk.ask(ask, _asked_anew(talk.asked, mistake)))
    return read_in(form, answer)


def _mistake(form: Form[T], answer: ModelAnswer) -> str:
    """What is wrong with an answer that is over and was not understood, in none of its words."""
    if answer.stop_reason != "end_turn":
        return ""
    try:
        form.parse(answer.text)
    except BadEnvelope as error:
        return str(error)
    return ""


def read_in(form: Form[T], answer: ModelAnswer) -> Reply[T]:
    """What an answer of a form holds that is not asked for again."""
    if answer.stop_reason == "tool_use":
        return Reply(None, "the model looked things up until its turns were over")
    if answer.stop_reason not in ("end_turn", "max_tokens"):
        return Reply(None, f"the model stopped early ({answer.stop_reason[:40]})")
    cut_off = answer.stop_reason == "max_tokens"
    try:
        envelope = (form.salvage if cut_off else form.parse)(answer.text)
    except BadEnvelope:
        problem = "was cut off" if cut_off else "could not be understood"
        return Reply(None, f"the model's answer {problem}")
    return Reply(envelope, "the model's answer was cut off, more may be wrong" if cut_off else "")


def _asked_otherwise(ask: Ask, question: Question, toolbox: Toolbox, talk: Talk) -> ModelAnswer:
    """Once from the beginning with less around it, then the other model: nothing is replayed."""
    answer = converse(ask, question.minimal, toolbox, question.limits, talk)
    other = question.fallback
    if answer.stop_reason != "refusal" or other in ("", question.minimal.model):
        return answer
    return converse(ask, replace(question.minimal, model=other), toolbox, question.limits, talk)


def _with_more_room(form: Form[T], ask: Ask, talk: Talk, cut_off: ModelAnswer) -> Reply[T]:
    """The last call once more with twice the room; else what is whole of the longer answer."""
    asked = talk.asked
    if asked is None or asked.max_tokens >= MOST_ANSWER_TOKENS:
        return read_in(form, cut_off)
    room = min(MOST_ANSWER_TOKENS, 2 * asked.max_tokens)
    answer = talk.ask(ask, _told(asked, form.shorter, room))
    reply = read_in(form, answer)
    return reply if reply.envelope is not None else read_in(form, cut_off)


def _asked_anew(request: ModelRequest, mistake: str) -> ModelRequest:
    """With the schema in words: a gateway may drop the field that it is sent in and say nothing."""
    words = ANEW.format(mistake)
    if request.schema is not None:
        schema = json.dumps(request.schema, default=dict, sort_keys=True)
        words = f"{words}\n\n{fill('tasks/json.md', schema=schema)}"
    return _told(request, words, request.max_tokens)


def _told(request: ModelRequest, words: str, room: int) -> ModelRequest:
    """The request once more, with words of ours behind it."""
    if not request.turns:
        return replace(request, max_tokens=room, user=(*request.user, Block(words)))
    *before, last = request.turns
    told = Turn(last.role, (*last.content, {"type": "text", "text": words}))
    return replace(request, max_tokens=room, turns=(*before, told))
