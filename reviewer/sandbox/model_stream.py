"""A message of the Messages API, whole or as a stream of events."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from reviewer.sandbox.model_cache import CHARS_PER_TOKEN, PromptUsage, count_tokens
from reviewer.sandbox.model_rules import sign
from reviewer.sandbox.model_script import Answer

_DELTA_CHARS = 120


@dataclass(frozen=True, slots=True)
class Message:
    """One answer, ready to be sent."""

    id: str
    model: str
    content: tuple[dict[str, Any], ...]
    stop_reason: str
    usage: dict[str, Any]
    stop_details: dict[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """As an answer that is not streamed."""
        return {
            **self._head(),
            "content": list(self.content),
            "stop_reason": self.stop_reason,
            "stop_details": self.stop_details,
        }

    def events(self) -> Iterator[dict[str, Any]]:
        """As a stream."""
        start = {**self._head(), "usage": {**self.usage, "output_tokens": 1}}
        yield {"type": "message_start", "message": {**start, "content": [], "stop_reason": None}}
        yield {"type": "ping"}
        for index, block in enumerate(self.content):
            yield from _block_events(index, block)
        delta = {
            "stop_reason": self.stop_reason,
            "stop_sequence": None,
            "stop_details": self.stop_details,
        }
        final = {k: v for k, v in self.usage.items() if isinstance(v, int)}
        yield {"type": "message_delta", "delta": delta, "usage": final}
        yield {"type": "message_stop"}

    def _head(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "type": "message",
            "role": "assistant",
            "model": self.model,
            "stop_sequence": None,
            "usage": self.usage,
        }


def make_message(
    answer: Answer, body: dict[str, Any], prompt: PromptUsage, message_id: str
) -> Message:
    """The scripted answer to this request, cut off where `max_tokens` says so."""
    text = json.dumps(answer.envelope) if answer.envelope is not None else (answer.text or "")
    used = count_tokens(answer.thinking)
    room = max(0, body["max_tokens"] - used)
    stop = answer.stop_reason or ("tool_use" if answer.tool_use else "end_turn")
    if count_tokens(text) > room:
        text, stop = text[: int(room * CHARS_PER_TOKEN)], "max_tokens"
    content: list[dict[str, Any]] = []
    if (body.get("thinking") or {}).get("type") in ("adaptive", "between_tools", "enabled"):
        signature = sign(body["model"], answer.thinking)
        content.append({"type": "thinking", "thinking": answer.thinking, "signature": signature})
    if text:
        content.append({"type": "text", "text": text})
        used += count_tokens(text)
    for number, tool in enumerate(answer.tool_use):
        block = {"type": "tool_use", "id": f"toolu_{message_id[4:]}_{number}", "name": tool.name}
        content.append({**block, "input": tool.input})
        used += count_tokens(json.dumps(tool.input))
    if body["max_tokens"] == 0:  # the cache was to be filled, nothing more
        content, stop = [], "max_tokens"
    usage: dict[str, Any] = {**prompt.to_json(), "output_tokens": max(1, used), **answer.usage}
    details = None
    if stop == "refusal":
        why = "This request triggered a policy; the explanation is not to be shown."
        details = {"type": "refusal", "category": answer.declined, "explanation": why}
    return Message(message_id, body["model"], tuple(content), stop, usage, details)


def sse(event: dict[str, Any]) -> bytes:
    """An event on the wire."""
    data = json.dumps(event, separators=(",", ":"))
    return f"event: {event['type']}\ndata: {data}\n\n".encode()


def _block_events(index: int, block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    kind = block["type"]
    empty = {
        "thinking": {"type": "thinking", "thinking": "", "signature": ""},
        "text": {"type": "text", "text": ""},
        "tool_use": {**block, "input": {}},
    }[kind]
    yield {"type": "content_block_start", "index": index, "content_block": empty}
    deltas: list[dict[str, Any]]
    if kind == "thinking":
        deltas = [{"type": "thinking_delta", "thinking": t} for t in _cut(block["thinking"])]
        deltas.append({"type": "signature_delta", "signature": block["signature"]})
    elif kind == "text":
        deltas = [{"type": "text_delta", "text": t} for t in _cut(block["text"])]
    else:
        whole = json.dumps(block["input"])
        deltas = [{"type": "input_json_delta", "partial_json": t} for t in _cut(whole)]
    for delta in deltas:
        yield {"type": "content_block_delta", "index": index, "delta": delta}
    yield {"type": "content_block_stop", "index": index}


def _cut(text: str) -> list[str]:
    return [text[at : at + _DELTA_CHARS] for at in range(0, len(text), _DELTA_CHARS)]
