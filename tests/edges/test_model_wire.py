"""What is sent is what the SDK's own types allow, and the same bytes for the same question."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest
from anthropic.types.message_create_params import MessageCreateParamsNonStreaming
from pydantic import TypeAdapter, ValidationError

from reviewer.agent.request import Block, ModelRequest, ToolSpec, Turn
from reviewer.edges.model_wire import as_sent, text_of
from reviewer.sandbox.model_rules import check_body
from tests.support.asked import READ_LINES, question
from tests.support.warm import ROOT

LOOK = {"type": "tool_use", "id": "toolu_1", "name": "read_lines", "input": {"path": "a.rs"}}
SAW = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "R1   x"}
CONVERSED: dict[str, Any] = {
    "tools": (READ_LINES,),
    "turns": (Turn("assistant", (LOOK,)), Turn("user", (SAW,))),
    "user_id": "0123",
}
REQUESTS = {
    "plain": question(),
    "without a schema": question(schema=None),
    "with tools": question(tools=(READ_LINES,)),
    "a conversation": question(**CONVERSED),
    "read-only values": question(
        schema=MappingProxyType({"type": "object", "properties": {}}),
        tools=(ToolSpec("a", "b", MappingProxyType({"type": "object"})),),
    ),
    "to fill the cache": question(max_tokens=0),
}
PARAMS: TypeAdapter[Any] = TypeAdapter(MessageCreateParamsNonStreaming)


def exhaust(value: Any) -> None:
    """Look into every part: what the types call an iterable is checked when it is read."""
    if isinstance(value, dict):
        value = value.values()
    if not isinstance(value, (str, int, float, type(None))):
        for part in value:
            exhaust(part)


@pytest.mark.parametrize("withheld", [(), ("format",), ("format", "effort", "thinking")])
@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
def test_a_request_is_one_by_the_sdks_types_and_by_the_rules(
    request_: ModelRequest, withheld: tuple[str, ...]
) -> None:
    body = as_sent(request_, frozenset(withheld))
    exhaust(PARAMS.validate_python(body))
    check_body(body, "messages")
    assert not {"output_config", "thinking"} & body.keys() or "effort" not in withheld
    assert body.get("tool_choice", {"type": "auto"}) == {"type": "auto"}


def test_the_sdks_types_would_notice() -> None:
    with pytest.raises(ValidationError):
        exhaust(PARAMS.validate_python({**as_sent(question()), "messages": [{"role": "tool"}]}))


def test_the_end_of_a_conversation_is_kept_in_the_cache_while_a_breakpoint_is_left() -> None:
    body = as_sent(question(**CONVERSED))
    (result,) = body["messages"][-1]["content"]
    assert result["cache_control"] == {"type": "ephemeral", "ttl": "5m"}
    assert "cache_control" not in SAW
    crowded = tuple(Block("x", cache="5m") for _ in range(3))
    (result,) = as_sent(question(user=crowded, **CONVERSED))["messages"][-1]["content"]
    assert "cache_control" not in result


def test_without_its_format_the_schema_stands_behind_the_question_and_in_no_prefix() -> None:
    with_format, without = (as_sent(question(), frozenset(x)) for x in ((), ("format",)))
    assert with_format["system"] == without["system"]
    first, second = (body["messages"][0]["content"] for body in (with_format, without))
    assert second[: len(first)] == first
    assert "not_checked" in second[-1]["text"]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ('```json\n{"a": 1}\n```', '{"a": 1}'),
        ('```\n{"a": 1}\n```\n', '{"a": 1}'),
        ('{"a": "```json"}', '{"a": "```json"}'),
        ('Here:\n```json\n{"a": 1}\n```', 'Here:\n```json\n{"a": 1}\n```'),
    ],
)
def test_a_fence_around_the_whole_answer_is_taken_off(text: str, read: str) -> None:
    content: tuple[Mapping[str, Any], ...] = ({"type": "text", "text": text},)
    assert text_of(content, unfence=True) == read
    assert text_of(content, unfence=False) == text


DIGEST = """
from tests.edges.test_model_wire import REQUESTS
print(*(request.digest for request in REQUESTS.values()))
"""


def test_a_digest_is_the_same_in_every_process_and_tells_every_request_apart() -> None:
    def digests(seed: str) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-c", DIGEST],
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.split()

    here = [request.digest for request in REQUESTS.values()]
    assert digests("1") == digests("2") == here
    assert len(set(here)) == len(here)


def test_the_estimate_counts_tools_and_turns() -> None:
    long = Turn("user", ({**SAW, "content": "x" * 10_000},))
    small, tools = question().estimated_tokens, question(tools=(READ_LINES,)).estimated_tokens
    turns = question(**{**CONVERSED, "turns": (CONVERSED["turns"][0], long)}).estimated_tokens
    assert small < tools < turns - 4000
