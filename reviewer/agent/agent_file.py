"""A Claude Code agent file: front matter and a system prompt.

Many in the wild are not valid YAML, so a line is read as `key: rest of line`; YAML is tried only
where a value looks like a list.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import yaml

from reviewer.errors import Misconfigured

DEFAULT_MODEL = "claude-sonnet-5-5"
MODEL_ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "sonnet": "claude-sonnet-5-5",
        "opus": "claude-opus-5-5",
        "haiku": "claude-haiku-5-5",
        "fable": "claude-fable-5-2",
    }
)
RETIRES: Mapping[str, date] = MappingProxyType(
    {
        "claude-opus-4-0": date(2026, 6, 15),
        "claude-opus-4-20250514": date(2026, 6, 15),
        "claude-sonnet-4-0": date(2026, 6, 15),
        "claude-sonnet-4-20250514": date(2026, 6, 15),
        "claude-mythos-preview": date(2026, 6, 30),
        "claude-sonnet-4-5": date(2026, 11, 30),
        "claude-sonnet-4-5-20250929": date(2026, 11, 30),
    }
)
"""When a model is switched off, as the SDK tells it."""
MAX_BODY_CHARS = 60_000

_FENCE = re.compile(r"---[ \t]*\Z")
_KEY = re.compile(r"([A-Za-z][\w-]*):(?:[ \t]+|\Z)")
_KNOWN = frozenset({"name", "description", "model"})


@dataclass(frozen=True, slots=True)
class AgentFile:
    """Who reviews. `body` is the system prompt as it was written."""

    name: str
    description: str
    model: str
    """A full model id."""
    body: str
    ignored: Mapping[str, str | list[object]]
    """Front matter that this program does not act on."""
    warnings: tuple[str, ...]


def parse_agent_file(
    text: str, *, default_model: str = DEFAULT_MODEL, names_model: bool = True
) -> AgentFile:
    """Read an agent file. Raises Misconfigured where there is nothing to run.

    Without `names_model` the model that it names is not acted on.
    """
    front, body = _split(text.removeprefix("\ufeff").replace("\r\n", "\n"))
    values = {key: _value(lines) for key, lines in _entries(front)}
    if not body.strip():
        raise Misconfigured("the agent file has no prompt below its front matter")
    if len(body) > MAX_BODY_CHARS:
        raise Misconfigured(
            f"the agent file's prompt has {len(body):,} characters; at most {MAX_BODY_CHARS:,} fit"
        )
    known = _KNOWN if names_model else _KNOWN - {"model"}
    ignored = {key: value for key, value in values.items() if key not in known}
    return AgentFile(
        name=_text(values, "name") or "agent",
        description=_text(values, "description"),
        model=resolve_model(_text(values, "model") if names_model else "", default=default_model),
        body=body,
        ignored=MappingProxyType(ignored),
        warnings=tuple(f"`{key}` has no meaning in a review and is ignored" for key in ignored),
    )


def resolve_model(name: str, *, default: str = DEFAULT_MODEL) -> str:
    """The model id that an alias stands for. Raises Misconfigured for a name that is neither."""
    if name in ("", "inherit"):
        return default
    if name.startswith("claude-"):
        return name
    if name not in MODEL_ALIASES:
        known = ", ".join((*MODEL_ALIASES, "inherit"))
        raise Misconfigured(
            f"the agent file asks for the model {name[:80]!r}; "
            f"it can be one of {known}, or an id that starts with claude-"
        )
    return MODEL_ALIASES[name]


def warnings_about(model: str) -> tuple[str, ...]:
    """What an operator should know of a model id before it is asked."""
    if model not in RETIRES:
        return ()
    return (f"the model {model} is switched off on {RETIRES[model]}: choose a newer one",)


def _split(text: str) -> tuple[list[str], str]:
    lines = text.split("\n")
    if not _FENCE.match(lines[0]):
        return [], text.strip("\n")
    for number, line in enumerate(lines[1:], start=1):
        if _FENCE.match(line):
            return lines[1:number], "\n".join(lines[number + 1 :]).strip("\n")
    raise Misconfigured("the agent file's front matter has no closing line of three dashes")


def _entries(front: list[str]) -> list[tuple[str, list[str]]]:
    """The keys with the lines of their values; an indented line or a dash goes on with a value."""
    entries: list[tuple[str, list[str]]] = []
    for line in front:
        match = _KEY.match(line)
        if match:
            entries.append((match[1], [line[match.end() :].strip()]))
        elif entries and (line[:1] in (" ", "\t") or line.startswith("- ")):
            entries[-1][1].append(line)
    return entries


def _value(lines: list[str]) -> str | list[object]:
    first, rest = lines[0], lines[1:]
    looks_like_list = (first.startswith("[") and first.endswith("]")) or (
        not first and rest and all(line.lstrip().startswith("- ") for line in rest)
    )
    if looks_like_list:
        try:
            parsed = yaml.safe_load("\n".join(lines))
        except (yaml.YAMLError, ValueError, RecursionError):
            return "\n".join(lines).strip()
        if isinstance(parsed, list):
            return parsed
    if first in ("|", ">", "|-", ">-"):
        return "\n".join(line.strip() for line in rest)
    joined = " ".join([first, *(line.strip() for line in rest)]).strip()
    return joined[1:-1] if len(joined) > 1 and joined[0] == joined[-1] in "\"'" else joined


def _text(values: Mapping[str, str | list[object]], key: str) -> str:
    value = values.get(key, "")
    if not isinstance(value, str):
        raise Misconfigured(f"`{key}` in the agent file must be a line of text")
    return value
