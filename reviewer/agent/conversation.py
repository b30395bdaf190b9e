"""One conversation: a question, what the model looks up meanwhile, and its answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from reviewer.agent.request import (
    Ask,
    Call,
    ModelAnswer,
    ModelChanged,
    ModelRequest,
    Turn,
    estimate_tokens,
)
from reviewer.agent.tools import Toolbox
from reviewer.agent.usage import Usage

LEFT = "Look-ups left: {}."
ANSWER_NOW = "The budget for looking things up is spent. Answer now with what you know."
EXHAUSTED = "not run: the budget for looking things up is spent"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one conversation may look up."""

    turns: int
    tool_calls: int
    result_tokens: int


FINDER = Limits(8, 14, 40_000)
VERIFIER = Limits(4, 6, 15_000)


@dataclass(slots=True)
class Talk:
    """One conversation and what it used. `asked` is its last request."""

    stage: str
    unit: str
    usage: Usage = field(default_factory=Usage)
    calls: int = 0
    lost_calls: int = 0
    tool_calls: int = 0
    models: dict[str, None] = field(default_factory=dict)
    asked: ModelRequest | None = None

    def ask(self, ask: Ask, request: ModelRequest) -> ModelAnswer:
        """One call. Raises what `Ask` raises."""
        self.calls += 1
        self.asked = request
        answer = ask(Call(self.stage, self.unit, self.calls, request))
        self.usage += answer.usage
        self.lost_calls += answer.lost_calls
        self.models[answer.model] = None
        return answer


def converse(
    ask: Ask, request: ModelRequest, toolbox: Toolbox, limits: Limits, talk: Talk
) -> ModelAnswer:
    """Ask, let the model look things up within its limits, and give its last answer.

    The last turn that is allowed is told so. Whoever looks things up after that gets an error and
    one more turn; an answer that still is a call of a tool is given back as it is.
    Raises what `Ask` raises.
    """
    try:
        return _converse(ask, request, toolbox, limits, talk)
    except ModelChanged:
        # What one model thought is never replayed onto another: from the beginning, once.
        return _converse(ask, replace(request, turns=()), toolbox, limits, talk)


def _converse(
    ask: Ask, request: ModelRequest, toolbox: Toolbox, limits: Limits, talk: Talk
) -> ModelAnswer:
    used = _Used(limits)
    while True:
        answer = talk.ask(ask, request)
        used.turns += 1
        if answer.stop_reason != "tool_use" or not answer.tool_calls:
            return answer
        late = used.warned
        content = used.results(answer, toolbox)
        talk.tool_calls += len(answer.tool_calls)
        used.warned = used.up
        words = ANSWER_NOW if used.warned else LEFT.format(limits.tool_calls - used.calls)
        content = (*content, {"type": "text", "text": words})
        told = (Turn("assistant", answer.content), Turn("user", content))
        request = replace(request, turns=(*request.turns, *told))
        if late:
            return talk.ask(ask, request)


@dataclass(slots=True)
class _Used:
    """What a conversation has looked up so far."""

    limits: Limits
    turns: int = 0
    calls: int = 0
    tokens: int = 0
    warned: bool = False

    @property
    def up(self) -> bool:
        """Whether the next turn is the last in which it may still think of an answer."""
        return (
            self.warned
            or self.turns >= self.limits.turns - 1
            or self.calls >= self.limits.tool_calls
            or self.tokens >= self.limits.result_tokens
        )

    def results(self, answer: ModelAnswer, toolbox: Toolbox) -> tuple[Mapping[str, Any], ...]:
        """One result for each call, in their order, all for one message."""
        found: list[Mapping[str, Any]] = []
        for call in answer.tool_calls:
            text, is_error = EXHAUSTED, True
            if not self.warned and self.calls < self.limits.tool_calls:
                self.calls += 1
                result = toolbox.run(call)
                self.tokens += estimate_tokens(result.text)
                if self.tokens <= self.limits.result_tokens:
                    text, is_error = result.text, result.is_error
            found.append(
                {
                    "type": "tool_result",
                    "tool_use_id": call.id,
                    "content": [{"type": "text", "text": text}],
                    **({"is_error": True} if is_error else {}),
                }
            )
        return tuple(found)
