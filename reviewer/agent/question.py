"""One question to a model until there is an answer to work with, or a reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass, replace

from reviewer.agent.conversation import Limits, Talk, converse
from reviewer.agent.envelope import BadEnvelope, Envelope, parse_envelope, salvage_envelope
from reviewer.agent.request import Ask, Block, ModelAnswer, ModelRequest, Turn
from reviewer.agent.tools import Toolbox

MOST_ANSWER_TOKENS = 32_000
SHORTER = "The last answer did not fit. Give at most 6 findings, the worst first, and be brief."


@dataclass(frozen=True, slots=True)
class Question:
    """A request, and the same with less around it for a model that declines."""

    request: ModelRequest
    minimal: ModelRequest
    limits: Limits
    fallback: str = ""
    """The model to ask when the first declines twice; empty for none."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What an answer is worth. Without an envelope `problem` says why."""

    envelope: Envelope | None
    problem: str = ""
    """With an envelope: in what way it is not whole."""


def put(ask: Ask, question: Question, toolbox: Toolbox, talk: Talk) -> Reply:
    """The reply, whatever made the model stop. Raises what `Ask` raises."""
    answer = converse(ask, question.request, toolbox, question.limits, talk)
    if answer.stop_reason == "refusal":
        answer = _asked_otherwise(ask, question, toolbox, talk)
    if answer.stop_reason == "refusal":
        category = f" ({answer.declined})" if answer.declined else ""
        return Reply(None, f"the model declined to read it{category}")
    if answer.stop_reason == "max_tokens":
        return _with_more_room(ask, talk, answer)
    return reply_of(answer)


def reply_of(answer: ModelAnswer) -> Reply:
    """The envelope in an answer that is not asked for again."""
    if answer.stop_reason == "tool_use":
        return Reply(None, "the model looked things up until its turns were over")
    if answer.stop_reason not in ("end_turn", "max_tokens"):
        return Reply(None, f"the model stopped early ({answer.stop_reason[:40]})")
    cut_off = answer.stop_reason == "max_tokens"
    try:
        envelope = (salvage_envelope if cut_off else parse_envelope)(answer.text)
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


def _with_more_room(ask: Ask, talk: Talk, cut_off: ModelAnswer) -> Reply:
    """The last call once more with twice the room; else what is whole of the longer answer."""
    asked = talk.asked
    if asked is None or asked.max_tokens >= MOST_ANSWER_TOKENS:
        return reply_of(cut_off)
    answer = talk.ask(ask, _longer(asked))
    reply = reply_of(answer)
    return reply if reply.envelope is not None else reply_of(cut_off)


def _longer(request: ModelRequest) -> ModelRequest:
    room = min(MOST_ANSWER_TOKENS, 2 * request.max_tokens)
    if not request.turns:
        return replace(request, max_tokens=room, user=(*request.user, Block(SHORTER)))
    *before, last = request.turns
    told = Turn(last.role, (*last.content, {"type": "text", "text": SHORTER}))
    return replace(request, max_tokens=room, turns=(*before, told))
