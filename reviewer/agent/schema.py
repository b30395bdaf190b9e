"""The form of a model's answer: a schema for the API, and lengths that are held in code.

The API drops numbers and lengths from a schema, so that too much of something is cut, not refused.
"""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError
from pydantic.json_schema import GenerateJsonSchema

T = TypeVar("T")


class Part(BaseModel):
    """A piece of an answer. It has the fields that it names and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def cut(limit: int) -> AfterValidator:
    """At most so many characters of a text."""

    def shortened(text: str) -> str:
        text = text.strip()
        return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"

    return AfterValidator(shortened)


def first(most: int) -> AfterValidator:
    """At most so many of a list, the first ones."""

    def kept(items: tuple[T, ...]) -> tuple[T, ...]:
        return items[:most]

    return AfterValidator(kept)


class _Schema(GenerateJsonSchema):
    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False


def schema_of(form: type[Part]) -> dict[str, Any]:
    """The JSON schema that an answer of this form is held to."""
    schema = form.model_json_schema(schema_generator=_Schema)
    for part in (schema, *schema["$defs"].values()):
        del part["title"]
        part.pop("description", None)  # docstrings are for readers of the code
    return schema


def first_mistake(error: ValidationError, text: str) -> str:
    """What is wrong with an answer, without a word of it."""
    mistake = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = mistake["loc"]
    if mistake["type"] == "extra_forbidden":
        place = place[:-1]  # the key is a word of the answer too
    where = ".".join(map(str, place)) or "the answer"
    return f"{where}: {mistake['msg']} ({error.error_count()} mistakes in {len(text)} characters)"
