"""A small JSON schema checker, and the request's schema as the SDK's own types give it.

It knows the keywords that those types and structured outputs use, and no others.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue
from pydantic_core import core_schema

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
_OUTPUT_KEYWORDS = {
    *("type", "properties", "required", "additionalProperties", "items", "minItems", "anyOf"),
    *("allOf", "enum", "const", "$ref", "$defs", "description", "title", "format", "default"),
}


class _RequestSchema(GenerateJsonSchema):
    """Only what can be sent as JSON, and not one member more than the types name."""

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:  # noqa: ARG002
        return {"not": {}}  # a response object; on the wire it is one of the parameter types

    def typed_dict_schema(self, schema: core_schema.TypedDictSchema) -> JsonSchemaValue:
        return {"additionalProperties": False, **super().typed_dict_schema(schema)}

    def emit_warning(self, kind: Any, detail: str) -> None:
        """Files and paths among the types have no JSON; they are left out."""


@cache
def request_schema(endpoint: str) -> dict[str, Any]:
    """The schema of a request body to `messages` or `count_tokens`."""
    from anthropic.types import message_count_tokens_params, message_create_params

    kinds: dict[str, Any] = {
        "messages": message_create_params.MessageCreateParamsBase,
        "count_tokens": message_count_tokens_params.MessageCountTokensParams,
    }
    mode: JsonSchemaMode = "validation"
    adapter: TypeAdapter[Any] = TypeAdapter(kinds[endpoint])
    schema = adapter.json_schema(schema_generator=_RequestSchema, mode=mode)
    if endpoint == "messages":
        schema["properties"]["stream"] = {"type": "boolean"}
    return schema


def mistakes(value: Any, schema: dict[str, Any]) -> list[str]:
    """What is wrong with a JSON value, as `where: what`, in the API's words."""
    return [f"{where}: {what}" for where, what in _check(value, schema, schema, "")]


def _check(
    value: Any, schema: dict[str, Any], root: dict[str, Any], where: str
) -> Iterator[tuple[str, str]]:
    if "$ref" in schema:
        target = root["$defs"][schema["$ref"].removeprefix("#/$defs/")]
        yield from _check(value, target, root, where)
        return
    if "not" in schema:
        yield where, "Input is not allowed here"
        return
    if "const" in schema and value != schema["const"]:
        yield where, f"Input should be {schema['const']!r}"
    if "enum" in schema and value not in schema["enum"]:
        yield where, f"Input should be one of {', '.join(map(repr, schema['enum']))}"
    if "anyOf" in schema:
        yield from _any_of(value, schema["anyOf"], root, where)
    for part in schema.get("allOf", ()):
        yield from _check(value, part, root, where)
    kind = schema.get("type")
    if kind is not None and not _is_a(value, kind):
        yield where, f"Input should be a valid {kind}"
    elif isinstance(value, dict):
        yield from _object(value, schema, root, where)
    elif isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            yield where, f"List should have at least {schema['minItems']} items"
        for number, item in enumerate(value):
            yield from _check(item, schema.get("items", {}), root, f"{where}.{number}".lstrip("."))


def _object(
    value: dict[str, Any], schema: dict[str, Any], root: dict[str, Any], where: str
) -> Iterator[tuple[str, str]]:
    known = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{where}.{name}".lstrip("."), "Field required"
    others = schema.get("additionalProperties", True)
    for name, item in value.items():
        inner = f"{where}.{name}".lstrip(".")
        if name in known:
            yield from _check(item, known[name], root, inner)
        elif others is False:
            yield inner, "Extra inputs are not permitted"
        elif isinstance(others, dict):
            yield from _check(item, others, root, inner)


def _any_of(
    value: Any, choices: list[dict[str, Any]], root: dict[str, Any], where: str
) -> Iterator[tuple[str, str]]:
    """The complaints of the choice that was meant: of the one that comes closest."""
    closest: list[tuple[str, str]] | None = None
    for choice in choices:
        wrong = list(_check(value, choice, root, where))
        if not wrong:
            return
        if closest is None or _distance(wrong, where) < _distance(closest, where):
            closest = wrong
    yield from closest or [(where, "Input is not allowed here")]


def _distance(wrong: list[tuple[str, str]], where: str) -> tuple[bool, int]:
    """A wrong `type` or `role`, or a value of another kind, means that something else was meant."""
    tags = {where, f"{where}.type".lstrip("."), f"{where}.role".lstrip(".")}
    return any(place in tags for place, _ in wrong), len(wrong)


def _is_a(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, _TYPES[kind])


def unsupported(schema: Any, where: str = "output_config.format.schema") -> str | None:
    """Why structured outputs refuse a schema; None when they take it."""
    if not isinstance(schema, dict):
        return f"{where}: Input should be a valid object"
    strange = sorted(schema.keys() - _OUTPUT_KEYWORDS)
    if strange:
        return f"{where}: For this type, property {strange[0]!r} is not supported"
    if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
        return f"{where}: For 'object' type, 'additionalProperties' must be explicitly set to false"
    if not schema.keys() & {"type", "enum", "const", "anyOf", "allOf", "$ref"}:
        return f"{where}: Schema type is missing"
    inner = [*schema.get("anyOf", ()), *schema.get("allOf", ())]
    inner += [*schema.get("properties", {}).values(), *schema.get("$defs", {}).values()]
    inner += [schema["items"]] if "items" in schema else []
    return next((why for part in inner if (why := unsupported(part, where))), None)
