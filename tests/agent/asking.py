"""Doors to a model for tests of the stages: one over real HTTP to the stand-in, one scripted."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from reviewer.agent.request import Call, ModelAnswer, ModelRequest, ToolCall
from reviewer.agent.usage import Usage
from reviewer.edges.model import AnthropicModel
from reviewer.edges.model_client import ModelAccess
from tests.agent.samples import envelope_text
from tests.support.model import ModelProcess


class OverHttp:
    """Asks the stand-in, and keeps what was asked."""

    def __init__(self, process: ModelProcess) -> None:
        access = ModelAccess(api_key="a-model-key", base_url=process.url)
        self._model = AnthropicModel(access, backoff=0.01)
        self.calls: list[Call] = []
        self.warmed: list[ModelRequest] = []

    def __call__(self, call: Call) -> ModelAnswer:
        self.calls.append(call)
        return self._model.ask(call.request)

    def warm(self, request: ModelRequest) -> None:
        self.warmed.append(request)

    def close(self) -> None:
        self._model.close()


@contextmanager
def over_http(*entries: dict[str, Any]) -> Iterator[OverHttp]:
    """A door to a stand-in that answers the entries, each once, in their order."""
    script = [{"times": 1, **entry} for entry in entries]
    with ModelProcess(script) as process:
        door = OverHttp(process)
        yield door
        door.close()


Answering = Callable[[Call], ModelAnswer]


class Scripted:
    """Answers by a function; what it raises is raised."""

    def __init__(self, answer: Answering) -> None:
        self._answer = answer
        self._lock = threading.Lock()
        self.calls: list[Call] = []
        self.warmed: list[ModelRequest] = []

    def __call__(self, call: Call) -> ModelAnswer:
        with self._lock:
            self.calls.append(call)
        return self._answer(call)

    def warm(self, request: ModelRequest) -> None:
        self.warmed.append(request)

    def of(self, stage: str) -> list[Call]:
        """The calls of one stage."""
        return [call for call in self.calls if call.stage == stage]


def answer(
    *claims: dict[str, Any],
    stop: str = "end_turn",
    text: str | None = None,
    usage: Usage | None = None,
    declined: str = "",
    **fields: Any,
) -> ModelAnswer:
    """An answer with these claims."""
    said = envelope_text(*claims, **fields) if text is None else text
    return ModelAnswer(
        text=said,
        stop_reason=stop,
        usage=usage or Usage(input_tokens=1000, output_tokens=100),
        request_id="req_1",
        model="claude-sonnet-5-5",
        content=({"type": "text", "text": said or "-"},),
        declined=declined,
    )


def looks_up(*tools: tuple[str, dict[str, Any]], number: int = 0) -> ModelAnswer:
    """An answer that asks for tools, by name and input."""
    ids = [f"toolu_{number}_{at}" for at in range(len(tools))]
    named = list(zip(ids, tools, strict=True))
    return ModelAnswer(
        text="",
        stop_reason="tool_use",
        usage=Usage(input_tokens=1000, output_tokens=50),
        request_id="req_1",
        model="claude-sonnet-5-5",
        tool_calls=tuple(ToolCall(i, name, given) for i, (name, given) in named),
        content=tuple(
            {"type": "tool_use", "id": i, "name": name, "input": given}
            for i, (name, given) in named
        ),
    )


def results_of(call: Call) -> list[dict[str, Any]]:
    """The tool results that the last message of a call brings."""
    last = call.request.turns[-1].content if call.request.turns else ()
    return [dict(block) for block in last if block["type"] == "tool_result"]


def texts_of(results: Sequence[dict[str, Any]]) -> list[str]:
    return [result["content"][0]["text"] for result in results]
