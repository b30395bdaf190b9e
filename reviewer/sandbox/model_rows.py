"""Everything that can go wrong with the model API, by name: each as a script that always fails so.

`--script row:NAME` plays one. What is asked without a schema, as a second try is, is answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_PARTIAL = '{"summary": "One order is", "findings": [{"path": "src/bo'
_TOOL = {"name": "read_lines", "input": {"path": "src/book.rs", "start": 1, "end": 20}}


def _says(**answer: Any) -> list[dict[str, Any]]:
    return [{"answer": answer}]


def _fails(status: int, kind: str, **fault: Any) -> list[dict[str, Any]]:
    return [{"fault": {"status": status, "error_type": kind, **fault}}]


def _breaks(**fault: Any) -> list[dict[str, Any]]:
    return [{"fault": fault}]


ROWS: Mapping[str, list[dict[str, Any]]] = {
    "refusal": _says(text=_PARTIAL, stop_reason="refusal", declined="cyber"),
    "max_tokens": _says(text=_PARTIAL, stop_reason="max_tokens"),
    "context_exceeded": _says(text=_PARTIAL, stop_reason="model_context_window_exceeded"),
    "too_large": _fails(413, "request_too_large"),
    "too_long": _fails(
        400, "invalid_request_error", message="prompt is too long: 9 tokens > 8 maximum"
    ),
    "grammar": [
        {
            "match": {"format": True},
            "fault": {
                "status": 400,
                "error_type": "invalid_request_error",
                "message": "The compiled grammar is too large",
            },
        },
        {"match": {"format": False}},
    ],
    "limited": _fails(429, "rate_limit_error", retry_after=1),
    "limited_long": _fails(429, "rate_limit_error", retry_after=600),
    "spend_limit": _fails(
        429,
        "rate_limit_error",
        error_code="enforced_spend_limit_reached",
        retry_after=1,
    ),
    "overloaded": _fails(529, "overloaded_error"),
    "server_error": _fails(500, "api_error"),
    "overloaded_in_stream": _breaks(mid_stream_error="overloaded_error"),
    "cut_stream": _breaks(cut_stream_after_bytes=900),
    "not_a_stream": _breaks(non_sse=True),
    "malformed": _says(text="Sorry, here is my review: {", raw=True),
    "silent": _breaks(hang=4000.0),
    "pings": _breaks(pings=4000.0),
    "reset": _breaks(reset=True),
    "unauthorized": _fails(401, "authentication_error"),
    "unpaid": _fails(402, "billing_error"),
    "forbidden": _fails(403, "permission_error"),
    "unknown_model": _fails(404, "not_found_error"),
    "pause": [
        {
            "match": {"turn": 0},
            "answer": {"text": "", "thinking": "Wait.", "stop_reason": "pause_turn"},
        },
        {},
    ],
    "tools_without_end": _says(tool_use=[_TOOL]),
    "unknown_tool": [
        {
            "match": {"turn": 0},
            "answer": {"tool_use": [{"name": "run_shell", "input": {"command": "ls"}}]},
        },
        {},
    ],
    "bad_tool_input": [
        {
            "match": {"turn": 0},
            "answer": {"tool_use": [{"name": "read_lines", "input": {"start": "one"}}]},
        },
        {},
    ],
}
"""By name, the entries of its script."""
