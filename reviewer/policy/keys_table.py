"""The keys as a table for docs/configuration.md and for `reviewer config keys`."""

from __future__ import annotations

import json
from typing import Any

from pydantic.fields import FieldInfo

from reviewer.policy.keys import all_keys, part_of
from reviewer.policy.schema import policy_schema


def keys_table() -> str:
    """GitHub's markdown: key, default, example, meaning."""
    schema = policy_schema()
    rows = ["| key | default | example | meaning |", "| --- | --- | --- | --- |"]
    for path, field in all_keys():
        if part_of(field) is None:
            about = _at(schema, path)
            rows.append(
                f"| `{path}` | {_default(field, about)} | {_example(about)} | {field.description} |"
            )
    return "\n".join(rows)


def _default(field: FieldInfo, about: dict[str, Any]) -> str:
    if field.is_required():
        return "required"
    default = about.get("default", [])
    if isinstance(default, bool) and "on" in about.get("enum", ()):
        default = "on" if default else "off"
    return "" if default == [] else _code(default)


def _example(about: dict[str, Any]) -> str:
    if "examples" in about:
        return ", ".join(_code(example) for example in about["examples"])
    return ", ".join(_code(word) for word in about.get("enum", ()) if isinstance(word, str))


def _code(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"`{text}`"


def _at(schema: dict[str, Any], path: str) -> dict[str, Any]:
    """The schema of one key: `paths[].glob`."""
    part = schema
    for step in path.replace("[]", ".[]").split("."):
        part = part["items"] if step == "[]" else part["properties"][step]
        reference = part.get("$ref", "").removeprefix("#/$defs/")
        if reference:
            part = {**schema["$defs"][reference], **part}
    return part
