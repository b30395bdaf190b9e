"""Questions to a model, for tests that ask one themselves."""

from __future__ import annotations

from typing import Any

from reviewer.agent.envelope import ENVELOPE_SCHEMA
from reviewer.agent.request import Block, Call, ModelAnswer, ModelRequest, ToolSpec, Turn

READ_LINES = ToolSpec(
    "read_lines",
    "Lines of a file at the head.",
    {
        "type": "object",
        "properties": {"path": {"type": "string"}, "start": {"type": "integer"}},
        "required": ["path", "start"],
    },
)


def question(text: str = "Find.", **fields: Any) -> ModelRequest:
    """A request as a review makes them."""
    values: dict[str, Any] = {
        "model": "claude-sonnet-5-5",
        "system": (Block("You review."), Block("Rules. " * 1000, cache="1h")),
        "user": (Block("The change.", cache="5m"), Block(text)),
        "schema": ENVELOPE_SCHEMA,
        "effort": "high",
        "max_tokens": 2000,
        **fields,
    }
    return ModelRequest(**values)


def call(request: ModelRequest, unit: str = "u1") -> Call:
    """The first call of a stage."""
    return Call("find", unit, 1, request)


def answered(request: ModelRequest, answer: ModelAnswer, result: str = "R1   x") -> dict[str, Any]:
    """The turns that go on from an answer which asked for tools."""
    results = tuple(
        {"type": "tool_result", "tool_use_id": tool.id, "content": result}
        for tool in answer.tool_calls
    )
    return {
        "turns": (*request.turns, Turn("assistant", answer.content), Turn("user", results)),
    }
