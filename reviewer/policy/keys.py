"""The keys that a configuration can have, out of the model itself."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from inspect import isclass
from typing import get_args

from pydantic.fields import FieldInfo

from reviewer.policy.part import Part
from reviewer.policy.policy import Policy
from reviewer.policy.problem import shown
from reviewer.policy.tree import Loc


def part_of(field: FieldInfo) -> type[Part] | None:
    """The part that a key holds, alone or in a list; None for plain values."""
    for kind in (field.annotation, *get_args(field.annotation)):
        if isclass(kind) and issubclass(kind, Part):
            return kind
    return None


def is_list_of_parts(field: FieldInfo) -> bool:
    """Whether the key holds a list of maps."""
    return part_of(field) is not None and field.annotation is not part_of(field)


def part_at(loc: Loc) -> type[Part]:
    """The part that lies at a place of the document. The place is one that the model has."""
    part: type[Part] = Policy
    for step in loc:
        inner = part_of(part.model_fields[step]) if isinstance(step, str) else part
        assert inner is not None, loc  # noqa: S101 (the model reports no place below a value)
        part = inner
    return part


def all_keys(part: type[Part] = Policy, above: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Every key with its path: `profile.maxima.price`, `paths[].glob`; parts before their keys."""
    for name, field in part.model_fields.items():
        inner = part_of(field)
        path = f"{above}{name}"
        yield path, field
        if inner is not None:
            yield from all_keys(inner, f"{path}[]." if is_list_of_parts(field) else f"{path}.")


def unknown_key(key: str, loc: Loc) -> str:
    """What to do about a key that nothing is called."""
    known = list(part_at(loc).model_fields)
    close = get_close_matches(key[:40].lower(), known, n=1)
    if close:
        return f"{shown(key)} is not a key here; did you mean `{close[0]}`?"
    elsewhere = [path for path, _ in all_keys() if path.rpartition(".")[2] == key]
    if elsewhere:
        return f"{shown(key)} is not a key here; write it as `{elsewhere[0]}`"
    return f"{shown(key)} is not a key here; there are {', '.join(known)}"
