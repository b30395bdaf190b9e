"""The models that the stand-in for the model API offers."""

from __future__ import annotations

from typing import Any

from reviewer.sandbox.model_rules import ApiError, known_models

_RELEASED = "2026-01-01T00:00:00Z"


def list_models(query: dict[str, list[str]]) -> dict[str, Any]:
    """The page that the query asks for: `limit`, `after_id`, `lifecycle`."""
    asked = query.get("limit", ["20"])[0]
    limit = int(asked) if asked.isdecimal() else 0
    if not 1 <= limit <= 1000:
        raise ApiError(400, "invalid_request_error", "limit: must be within 1 and 1000")
    stages = query.get("lifecycle[]") or query.get("lifecycle") or ["active", "deprecated"]
    found = [m for m in map(_model, known_models()) if m["lifecycle"] in stages]
    after = query.get("after_id", [""])[0]
    names = [model["id"] for model in found]
    start = names.index(after) + 1 if after in names else 0
    page = found[start : start + limit]
    return {
        "data": page,
        "first_id": page[0]["id"] if page else None,
        "last_id": page[-1]["id"] if page else None,
        "has_more": start + limit < len(found),
    }


def find_model(name: str) -> dict[str, Any]:
    """One model. Raises ApiError 404."""
    if name not in known_models():
        raise ApiError(404, "not_found_error", f"model: {name}")
    return _model(name)


def _model(name: str) -> dict[str, Any]:
    from anthropic.resources.messages.messages import DEPRECATED_MODELS

    line = next((x for x in ("haiku", "sonnet", "opus", "fable", "mythos") if x in name), None)
    return {
        "type": "model",
        "id": name,
        "display_name": name.replace("-", " ").title(),
        "created_at": _RELEASED,
        "line": line,
        "lifecycle": "deprecated" if name in DEPRECATED_MODELS else "active",
        "max_input_tokens": 1_000_000,
        "max_tokens": 128_000,
        "capabilities": None,
    }
