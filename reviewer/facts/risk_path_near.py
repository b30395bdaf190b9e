"""Which functions a change can bring nearer to a send, or take a check from: told by names alone.

To follow every way of a large repository takes minutes, and only those near the change can differ.
Names make too many, never too few, but for those that everybody uses.
"""

from __future__ import annotations

from collections.abc import Iterable

from reviewer.facts.change import Change
from reviewer.facts.source import EVERYBODYS
from reviewer.pull.diff import FileDiff, Side, is_rust
from reviewer.rust.file_index import Definition
from reviewer.rust.index import Index

_HELPERS = 4
"""Calls from a function of a way to one that is looked into for checks, and one to its caller."""
_DEEPEST = 8
_MOST_CALLS = 300
"""Calls of one name above which nobody can say who calls whom."""
_MOST_NAMES = 5_000


def near_names(change: Change) -> frozenset[str]:
    """The functions that a change touches, and those that call them, as `key` names them."""
    found: set[str] = set()
    for index, side in ((change.base.index, Side.LEFT), (change.head.index, Side.RIGHT)):
        touched = {
            definition
            for file in change.diff.files
            if is_rust(file.path) or is_rust(file.old_path)
            for definition in _touched(file, index, side)
        }
        found |= callers_of(index, touched, _HELPERS)
    return frozenset(found)


def key(path: str, name: str) -> str:
    """The bare name; with its file where half of all types have such a function."""
    return f"{path}:{name}" if name in EVERYBODYS else name


def callers_of(index: Index, functions: Iterable[Definition], deepest: int = _DEEPEST) -> set[str]:
    """The functions themselves and those that lead to a call of one, as `key` names them."""
    edge = {(d.path, d.name) for d in functions}
    found = {key(*place) for place in edge}
    for depth in range(deepest):
        names = {name for _, name in edge if not depth or name not in EVERYBODYS}
        some = [calls for name in names if len(calls := index.calls_of(name)) <= _MOST_CALLS]
        callers = {(c.path, c.caller.rpartition("::")[2]) for calls in some for c in calls}
        edge = {place for place in callers if key(*place) not in found}
        found |= {key(*place) for place in edge}
        if not edge or len(found) > _MOST_NAMES:
            break
    return found


def _touched(file: FileDiff, index: Index, side: Side) -> list[Definition]:
    """The functions in the hunks of one side; of a type that is touched, all of its file."""
    known = index.file(file.path if side is Side.RIGHT else file.old_path)
    if known is None:
        return []
    lines = {number for hunk in file.hunks for number in hunk.numbers(side)}
    inside = {d for d in known.definitions if _overlaps(d, lines)}
    types = {d.name for d in inside if d.kind != "fn"}
    return [d for d in known.definitions if d.kind == "fn" and (d in inside or d.owner in types)]


def _overlaps(definition: Definition, lines: set[int]) -> bool:
    if definition.end - definition.start < len(lines):
        return any(n in lines for n in range(definition.start, definition.end + 1))
    return any(definition.start <= number <= definition.end for number in lines)
