"""A request as the Messages API takes it, and a message as an answer."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from reviewer.agent.prompt import fill
from reviewer.agent.request import Block, ModelRequest, ToolCall

if TYPE_CHECKING:
    import httpx2
    from anthropic.types import Message

MOST_BREAKPOINTS = 4
_FENCED = re.compile(r"```(?:json)?[ \t]*\n(.*)\n```", re.DOTALL)


def as_sent(request: ModelRequest, withheld: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The body of the call; `withheld` names what this model does not take.

    Without `format` the schema stands in the text.
    """
    from anthropic import transform_schema

    first = [_text(block) for block in request.user]
    output: dict[str, Any] = {} if "effort" in withheld else {"effort": request.effort}
    if request.schema is not None:
        schema = transform_schema(_plain(request.schema))
        if "format" in withheld:
            task = fill("tasks/json.md", schema=json.dumps(schema, sort_keys=True))
            first.append(_text(Block(task)))
        else:
            output["format"] = {"type": "json_schema", "schema": schema}
    messages = [{"role": "user", "content": first}]
    messages += [
        {"role": turn.role, "content": [_plain(block) for block in turn.content]}
        for turn in request.turns
    ]
    body: dict[str, Any] = {
        "model": request.model,
        "max_tokens": request.max_tokens,
        "system": [_text(block) for block in request.system],
        "messages": messages,
    }
    if request.tools:
        body["tools"] = [
            {
                "name": tool.name,
                "description": tool.description,
                "input_schema": _plain(tool.input_schema),
            }
            for tool in request.tools
        ]
        body["tool_choice"] = {"type": "auto"}
    if output:
        body["output_config"] = output
    if "thinking" not in withheld:
        body["thinking"] = {"type": "adaptive"}
    if request.user_id:
        body["metadata"] = {"user_id": request.user_id}
    _mark_the_end(body, request)
    return body


def whole_message(response: httpx2.Response) -> Message | None:
    """The answer of a gateway that does not stream; None where a stream comes.

    Raises ValueError for JSON that is no message.
    """
    from anthropic.types import Message

    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        return None
    return Message.model_validate_json(response.read())


def content_of(message: Message) -> tuple[dict[str, Any], ...]:
    """The raw blocks, ready to be stored and replayed."""
    blocks = [block.to_dict() for block in message.content]
    # Half a surrogate pair can be decoded, but never be sent or stored.
    text = json.dumps(blocks, ensure_ascii=False).encode("utf-8", "replace")
    return tuple(json.loads(text))


def text_of(content: tuple[Mapping[str, Any], ...], *, unfence: bool) -> str:
    """What was said, thoughts and tools left out."""
    text = "".join(block["text"] for block in content if block["type"] == "text")
    fenced = _FENCED.fullmatch(text.strip()) if unfence else None
    return fenced[1] if fenced else text


def tool_calls_of(content: tuple[Mapping[str, Any], ...]) -> tuple[ToolCall, ...]:
    """The tools that were asked for, in order; an input that is no object counts as empty."""
    return tuple(
        ToolCall(block["id"], block["name"], _object(block.get("input")))
        for block in content
        if block["type"] == "tool_use"
    )


def declined(message: Message) -> str:
    """The category of a refusal; its explanation is for nobody to repeat."""
    if message.stop_reason != "refusal":
        return ""
    category = getattr(message.stop_details, "category", None)
    return category if isinstance(category, str) and category.isidentifier() else "unnamed"


def _mark_the_end(body: dict[str, Any], request: ModelRequest) -> None:
    """Keep the conversation so far in the cache, when a breakpoint is left for it."""
    used = sum(block.cache is not None for block in (*request.system, *request.user))
    used += sum("cache_control" in block for turn in request.turns for block in turn.content)
    if not request.turns or request.turns[-1].role != "user" or used >= MOST_BREAKPOINTS:
        return
    last = body["messages"][-1]["content"]
    if last:
        last[-1] = {**last[-1], "cache_control": {"type": "ephemeral", "ttl": "5m"}}


def _text(block: Block) -> dict[str, Any]:
    if block.cache is None:
        return {"type": "text", "text": block.text}
    return {
        "type": "text",
        "text": block.text,
        "cache_control": {"type": "ephemeral", "ttl": block.cache},
    }


def _plain(value: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(value, default=dict))
    return plain


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
