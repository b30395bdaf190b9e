"""The kinds of value that a configuration holds; each says itself what is wrong with one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from reviewer.detect.catalogue import CATALOGUE, nearest
from reviewer.detect.registry import HINTS
from reviewer.finding import Severity
from reviewer.policy.globs import MAX_GLOB_CHARS, BadGlob, path_glob, whole_glob
from reviewer.policy.names import MAX_NAME_CHARS, name_glob
from reviewer.policy.problem import shown
from reviewer.scope.rooms import Room

MAX_ENTRIES = 200
MAX_TEXT = 1000
_MAX_LINE = 200
LOUD = ("H1", "H2", "H3")
"""Rules on hidden text: who could turn them off could hide that he did."""
SILENCEABLE = tuple(rule.id for rule in (*CATALOGUE, *HINTS) if rule.id not in LOUD)
_ALL_ROOMS = tuple(room.value for room in Room)


def mistake(message: str) -> PydanticCustomError:
    """An error whose message is for the reader as it stands."""
    return PydanticCustomError("policy", "{said}", {"said": message})


def _matching(pattern: str, must: str) -> Any:
    compiled = re.compile(pattern)

    def check(text: str) -> str:
        # Python's `$` would let a newline pass that ends the text.
        if "\n" in text or not compiled.search(text):
            raise mistake(f"{shown(text)} {must}")
        return text

    return AfterValidator(check)


def _glob(compile_it: Callable[[str], object]) -> Any:
    def check(text: str) -> str:
        try:
            compile_it(text)
        except BadGlob as error:
            raise mistake(f"the glob {shown(text)} {error}") from error
        return text

    return AfterValidator(check)


def _switch(value: object) -> object:
    if isinstance(value, bool):
        return value
    if value in ("on", "off"):
        return value == "on"
    raise mistake("must be `on` or `off`")


def _whole(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"[0-9][0-9_]*", value) and len(value) <= 60:
        return int(value)
    return value


def _rooms(value: object) -> object:
    if value in ("none", "ignore"):
        return value
    if isinstance(value, tuple | list) and value and all(room in _ALL_ROOMS for room in value):
        return tuple(room for room in Room if room in value)
    raise mistake(f"must be `none`, `ignore`, or a list of {', '.join(_ALL_ROOMS)}")


def _rule_id(text: str) -> str:
    if text in LOUD:
        raise mistake(f"the rules on hidden text cannot be turned off; remove `{text}`")
    if text not in SILENCEABLE:
        raise mistake(
            f"there is no rule {shown(text)}; did you mean `{nearest(text[:20]).id}`? "
            "`reviewer rules` lists them all"
        )
    return text


_ONE_LINE = r"^[^\n]*$"
Line = Annotated[
    str,
    Field(min_length=1, max_length=_MAX_LINE, json_schema_extra={"pattern": _ONE_LINE}),
    _matching(_ONE_LINE, "has several lines; write it on one"),
]
Lines = Annotated[tuple[Line, ...], Field(max_length=MAX_ENTRIES)]
Prose = Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]
Switch = Annotated[
    bool, BeforeValidator(_switch), WithJsonSchema({"enum": [True, False, "on", "off"]})
]
_Pattern = Annotated[str, Field(min_length=1, max_length=MAX_GLOB_CHARS)]
PathGlob = Annotated[_Pattern, _glob(path_glob)]
BranchGlob = Annotated[_Pattern, _glob(whole_glob)]
NameGlob = Annotated[str, Field(min_length=1, max_length=MAX_NAME_CHARS), _glob(name_glob)]
PathGlobs = Annotated[tuple[PathGlob, ...], Field(max_length=MAX_ENTRIES)]
BranchGlobs = Annotated[tuple[BranchGlob, ...], Field(max_length=MAX_ENTRIES)]
NameGlobs = Annotated[tuple[NameGlob, ...], Field(max_length=MAX_ENTRIES)]
LabelName = Annotated[str, Field(min_length=1, max_length=50)]
LabelNames = Annotated[tuple[LabelName, ...], Field(max_length=MAX_ENTRIES)]
Rooms = Annotated[
    tuple[Room, ...] | Literal["none", "ignore"],
    PlainValidator(_rooms),
    PlainSerializer(lambda rooms: rooms if isinstance(rooms, str) else list(rooms)),
    WithJsonSchema(
        {
            "anyOf": [
                {"enum": ["none", "ignore"]},
                {"type": "array", "items": {"enum": list(_ALL_ROOMS)}, "minItems": 1},
            ]
        }
    ),
]
RuleId = Annotated[
    str, AfterValidator(_rule_id), WithJsonSchema({"type": "string", "enum": list(SILENCEABLE)})
]
Maximum = Annotated[
    int,
    BeforeValidator(_whole),
    Field(ge=1, lt=2**128),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 1},
                {"type": "string", "pattern": "^[0-9][0-9_]*$"},
            ]
        }
    ),
]
_NUMERIC = r"^[A-Za-z_][A-Za-z0-9_:<>]{0,63}( [^\n]{1,60})?$"
NumericType = Annotated[
    str,
    Field(json_schema_extra={"pattern": _NUMERIC}),
    _matching(_NUMERIC, "must be a Rust type and its unit, as in `i64 ticks`"),
]
_PREFIX = "^/([a-z][a-z0-9-]{0,30}-)?$"
Prefix = Annotated[
    str,
    Field(json_schema_extra={"pattern": _PREFIX}),
    _matching(_PREFIX, "must be `/`, or `/` with a word and a dash, as in `/trading-`"),
]
_AGENT = r"^(?!/)(?!.*(^|/)\.\.?(/|$))[^\\\n]{1,200}\.md$"
AgentPath = Annotated[
    str,
    Field(json_schema_extra={"pattern": _AGENT}),
    _matching(_AGENT, "must be the path of a `.md` file from the root of the repository"),
]
MOST_USD = 10_000
"""The highest budget of a repository or a pull request."""
Usd = Annotated[float, Field(ge=0, le=MOST_USD, allow_inf_nan=False)]
Cap = Annotated[int, Field(ge=0, le=50)]
Floor = Annotated[Severity, Field(strict=False)]
Gate = Literal["off", "critical", "important"]
"""From which severity on the check run fails."""
Tone = Literal["concise", "explained"]
Permission = Literal["read", "triage", "write", "maintain", "admin"]
"""A person's role in the repository, in GitHub's words."""
