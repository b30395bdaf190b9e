"""What the Messages API refuses, beyond the types of the request."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args

from reviewer.sandbox.model_cache import blocks, count_tokens
from reviewer.sandbox.model_schema import mistakes, request_schema, unsupported

MAX_BODY_BYTES = 32 * 1024 * 1024
MAX_INPUT_TOKENS = 1_000_000
MAX_OUTPUT_TOKENS = 128_000
MAX_BREAKPOINTS = 4
_TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,128}")
_ADAPTIVE_ONLY = re.compile(r"claude-(?:sonnet|opus|haiku|fable|mythos)-5-[1-9]")


@dataclass(eq=False)
class ApiError(Exception):
    """An answer in the API's error form."""

    status: int
    type: str
    message: str
    code: str | None = None
    retry_after: float | None = None

    def to_json(self, request_id: str) -> dict[str, Any]:
        """The error body."""
        error: dict[str, Any] = {"type": self.type, "message": self.message}
        if self.code is not None:
            error["details"] = {"error_code": self.code}
        return {"type": "error", "error": error, "request_id": request_id}


@cache
def known_models() -> tuple[str, ...]:
    """The models that the SDK names, newest first."""
    from anthropic.types import Model

    return tuple(get_args(get_args(Model)[0]))


def check_headers(headers: Mapping[str, str]) -> None:
    """Key and version, by names in lower case. A key that holds `invalid` is an unknown one."""
    scheme, _, key = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise ApiError(401, "authentication_error", "Authorization header is required")
    if "invalid" in key:
        raise ApiError(401, "authentication_error", "invalid bearer token")
    if not headers.get("anthropic-version"):
        raise _bad("anthropic-version: header is required")


def sign(model: str, thinking: str) -> str:
    """The signature of a thought, which is good for its own model alone."""
    return hashlib.sha256(f"{model} thought {thinking}".encode()).hexdigest()[:32]


def content_digest(content: Any) -> str:
    """What tells one message's content from another's."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def check_body(
    body: Any,
    endpoint: str,
    *,
    max_input_tokens: int = MAX_INPUT_TOKENS,
    paused: Container[str] = (),
) -> None:
    """Raises ApiError for a request that the API would not take.

    `paused` holds the digests of the messages that ended in a pause, and may be sent back last.
    """
    wrong = mistakes(body, request_schema(endpoint))
    if wrong:
        raise _bad(wrong[0])
    if body["model"] not in known_models():
        raise ApiError(404, "not_found_error", f"model: {body['model']}")
    _check_messages(body["messages"], paused)
    _check_tools(body)
    _check_thoughts(body)
    _check_cache(body)
    _check_options(body)
    tokens = sum(count_tokens(str(block)) for block in blocks(body))
    if tokens > max_input_tokens:
        raise _bad(f"prompt is too long: {tokens} tokens > {max_input_tokens} maximum")


def _bad(message: str) -> ApiError:
    return ApiError(400, "invalid_request_error", message)


def _check_messages(messages: list[dict[str, Any]], paused: Container[str]) -> None:
    if not messages:
        raise _bad("messages: at least one message is required")
    if messages[0]["role"] != "user":
        raise _bad('messages: first message must use the "user" role')
    last = messages[-1]
    if last["role"] == "assistant" and content_digest(last["content"]) not in paused:
        raise _bad(
            "This model does not support assistant message prefill. "
            "The conversation must end with a user message."
        )
    asked: set[str] = set()
    for number, message in enumerate(messages):
        content = message["content"]
        parts = [] if isinstance(content, str) else content
        if content in ("", []):
            raise _bad(f"messages.{number}: content must be non-empty")
        if any(part["type"] == "text" and not part["text"].strip() for part in parts):
            raise _bad("messages: text content blocks must contain non-whitespace text")
        kinds = [part["type"] for part in parts]
        if "tool_result" in kinds[kinds.count("tool_result") :]:
            raise _bad(f"messages.{number}: tool_result blocks must come first in the content")
        answered = {part["tool_use_id"] for part in parts if part["type"] == "tool_result"}
        if answered != asked:
            stray = sorted(answered ^ asked)[0]
            raise _bad(f"messages.{number}: tool_use and tool_result do not pair up: {stray}")
        asked = {part["id"] for part in parts if part["type"] == "tool_use"}


def _check_tools(body: dict[str, Any]) -> None:
    names = [tool.get("name", "") for tool in body.get("tools") or ()]
    for number, name in enumerate(names):
        if not _TOOL_NAME.fullmatch(name):
            raise _bad(f"tools.{number}.name: String should match pattern '{_TOOL_NAME.pattern}'")
    if len(set(names)) != len(names):
        raise _bad("tools: Tool names must be unique.")
    uses = any(block.get("type") in ("tool_use", "tool_result") for block in blocks(body))
    if uses and not names:
        raise _bad("tools: Requests which include `tool_use` blocks must define tools")


def _check_thoughts(body: dict[str, Any]) -> None:
    for block in blocks(body):
        if block.get("type") != "thinking":
            continue
        if block["signature"] != sign(body["model"], block["thinking"]):
            raise _bad("messages: Invalid `signature` in `thinking` block")


def _check_cache(body: dict[str, Any]) -> None:
    ttls = [
        (block["cache_control"] or {}).get("ttl") or "5m"
        for block in blocks(body)
        if block.get("cache_control")
    ]
    count = len(ttls) + bool(body.get("cache_control"))
    if count > MAX_BREAKPOINTS:
        raise _bad(
            f"A maximum of {MAX_BREAKPOINTS} blocks with cache_control may be provided. "
            f"Found {count}."
        )
    if ttls != sorted(ttls, key=lambda ttl: ttl != "1h"):
        raise _bad("a ttl='1h' cache_control block must not come after a ttl='5m' one")
    for block in blocks(body):
        if block.get("cache_control") and block.get("type") == "text" and not block["text"]:
            raise _bad("cache_control cannot be set for empty text blocks")


def _check_options(body: dict[str, Any]) -> None:
    limit = body.get("max_tokens", 0)
    if not 0 <= limit <= MAX_OUTPUT_TOKENS:
        raise _bad(f"max_tokens: {limit} is not within 0 and {MAX_OUTPUT_TOKENS}")
    form = (body.get("output_config") or {}).get("format")
    if form:
        why = unsupported(form["schema"])
        if why:
            raise _bad(why)
    if not _ADAPTIVE_ONLY.match(body["model"]):
        return
    thinking = (body.get("thinking") or {}).get("type")
    if thinking == "enabled":
        raise _bad(
            "thinking.budget_tokens: not supported by this model, use thinking.type=adaptive"
        )
    if thinking == "disabled":
        raise _bad("thinking.type: `disabled` is not supported by this model")
    if thinking == "between_tools" and "opus" in body["model"]:
        raise _bad("thinking.type: `between_tools` is not supported by this model")
    choice = (body.get("tool_choice") or {}).get("type")
    if choice in ("any", "tool"):
        raise _bad(f"tool_choice.type: `{choice}` is not supported by this model")
