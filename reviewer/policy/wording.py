"""What pydantic finds, in sentences that say what to do."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

from pydantic_core import ErrorDetails

from reviewer.policy.keys import part_at, unknown_key
from reviewer.policy.problem import shown

_Context = dict[str, Any]

_SENTENCES: dict[str, Callable[[_Context], str]] = {
    "string_type": lambda _: "must be text; put it in quotes",
    "bool_type": lambda _: "must be `true` or `false`",
    "int_type": lambda _: "must be a whole number, without quotes",
    "float_type": lambda _: "must be a number, without quotes",
    "tuple_type": lambda _: "must be a list; write `[…]` or lines that start with `- `",
    "model_type": lambda _: "must be keys with values, indented below it",
    "string_too_short": lambda _: "must not be empty; write it or remove the key",
    "string_too_long": lambda c: f"has more than {c['max_length']} characters; shorten it",
    "too_long": lambda c: f"has more than {c['max_length']} entries; remove some",
    "greater_than_equal": lambda c: f"must be {c['ge']} or more",
    "less_than_equal": lambda c: f"must be {c['le']} or less",
    "less_than": lambda c: f"must be less than {c['lt']}",
    "finite_number": lambda _: "must be a finite number",
}


def sentence(details: ErrorDetails) -> str:
    """The message of one error, with the name of the key that it is about."""
    loc, kind = details["loc"], details["type"]
    context: _Context = details.get("ctx", {})
    if kind == "extra_forbidden":
        return unknown_key(str(loc[-1]), loc[:-1])
    if kind == "missing":
        there = ", ".join(f"`{key}`" for key in part_at(loc[:-1]).model_fields)
        return f"`{loc[-1]}` is missing here; add it (an entry has {there})"
    if kind == "policy":
        said = str(context["said"])
        return f"{_key(loc)} {said}" if said.startswith("must ") else said
    if kind in ("literal_error", "enum"):
        return f"{_key(loc)} {_choice(str(context['expected']), details['input'])}"
    told = _SENTENCES.get(kind)
    return f"{_key(loc)} {told(context) if told else 'cannot be this; look it up in the manual'}"


def _key(loc: tuple[str | int, ...]) -> str:
    """The last name on the way; an entry of a list goes by the list's."""
    names = [step for step in loc if isinstance(step, str)]
    if not names:
        return "the file"
    return f"an entry of `{names[-1]}`" if isinstance(loc[-1], int) else f"`{names[-1]}`"


def _choice(expected: str, given: object) -> str:
    """`'a', 'b' or 'c'` is how pydantic lists them."""
    words = [part.strip(" '") for part in expected.replace(" or ", ", ").split(",")]
    close = get_close_matches(given[:40].lower(), words, n=1) if isinstance(given, str) else []
    meant = (
        f", not {shown(given)}; did you mean `{close[0]}`?"
        if close and isinstance(given, str)
        else ""
    )
    return f"must be one of {', '.join(f'`{word}`' for word in words)}{meant}"
