"""The configuration as a JSON Schema, for editors; made of the model that the parser uses.

Four things only the parser sees: globs that are written wrong, maxima that do not fit their type,
characters that nobody sees, and the limits on the file as YAML.
"""

from __future__ import annotations

from typing import Any

from reviewer.policy.policy import POLICY_PATH, Policy

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def policy_schema() -> dict[str, Any]:
    """The schema. No key may be null, for a key without a value is a mistake."""
    schema = _tidied(Policy.model_json_schema())
    schema["title"] = POLICY_PATH
    return {"$schema": _DIALECT, **schema}


def _tidied(value: Any) -> Any:
    """Without null, and without the titles that repeat the names of the keys."""
    if isinstance(value, list):
        return [_tidied(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {key: _tidied(item) for key, item in value.items() if not _idle(key, item)}
    choices = kept.get("anyOf")
    if isinstance(choices, list) and {"type": "null"} in choices:
        choices.remove({"type": "null"})
        if len(choices) == 1:
            del kept["anyOf"]
            kept = {**choices[0], **kept}
    return kept


def _idle(key: str, item: Any) -> bool:
    return (key == "title" and isinstance(item, str)) or item is None
