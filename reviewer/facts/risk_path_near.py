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
    """The names of the functions that a change touches, and of those that call them."""
    touched: set[str] = set()
    for file in change.diff.files:
        if is_rust(file.path) or is_rust(file.old_path):
            touched |= _touched(file, change.base.index, file.old_path, Side.LEFT)
            touched |= _touched(file, change.head.index, file.path, Side.RIGHT)
    return frozenset(
        name
        for index in (change.base.index, change.head.index)
        for name in callers_of(index, touched, _HELPERS)
    )


def callers_of(index: Index, names: Iterable[str], deepest: int = _DEEPEST) -> set[str]:
    """The names themselves, and those of the functions that lead to a call of one."""
    found = set(names)
    edge = set(found)
    for _ in range(deepest):
        calls = (index.calls_of(name) for name in edge if name not in EVERYBODYS)
        callers = {
            call.caller.rpartition("::")[2]
            for some in calls
            if len(some) <= _MOST_CALLS
            for call in some
        }
        edge = callers - found
        found |= edge
        if not edge or len(found) > _MOST_NAMES:
            break
    return found


def _touched(file: FileDiff, index: Index, path: str, side: Side) -> set[str]:
    """The functions in the hunks of one side; of a type that is touched, all of its file."""
    known = index.file(path)
    if known is None:
        return set()
    lines = {number for hunk in file.hunks for number in hunk.numbers(side)}
    inside = [d for d in known.definitions if _overlaps(d, lines)]
    types = {d.name for d in inside if d.kind != "fn"}
    return {d.name for d in inside if d.kind == "fn"} | {
        d.name for d in known.definitions if d.kind == "fn" and d.owner in types
    }


def _overlaps(definition: Definition, lines: set[int]) -> bool:
    if definition.end - definition.start < len(lines):
        return any(n in lines for n in range(definition.start, definition.end + 1))
    return any(definition.start <= number <= definition.end for number in lines)
