"""Calls whose result nobody looks at, in all the ways in which that is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from reviewer.rust.chain import Chain, Link, arguments_of, called, chain_of, inner_expression
from reviewer.rust.file import RustFile, method_name

_UNREAD = re.compile(r"_\w+\Z")
_HELD = re.compile(r"guard|permit|handle|span|lock|lease|enter|sub|keep|alive|timer")
"""A name that keeps something alive until the end of the block."""
_LOOK_AHEAD = 20_000
"""Bytes in which a name is looked for; in a longer function it may be read."""
_DROPS = frozenset({"drop", "mem::drop", "std::mem::drop", "core::mem::drop"})


@dataclass(frozen=True, slots=True)
class ThrownAway:
    """A call whose result is thrown away, and the statement that does it."""

    statement: Node
    link: Link
    chain: Chain


def thrown_away(file: RustFile) -> Iterator[ThrownAway]:
    """`let _ = x()`, `_ = x()`, `let _never_read = x()`, `drop(x())` and `x().ok();`."""
    for statement in file.nodes("let_declaration"):
        pattern, value = (statement.child_by_field_name(part) for part in ("pattern", "value"))
        if pattern is not None and value is not None and _is_dropped(file, pattern):
            yield from _last_call(file, statement, value)
    for statement in file.nodes("assignment_expression"):
        left, value = (statement.child_by_field_name(part) for part in ("left", "right"))
        if left is not None and value is not None and file.code(left, 4) == "_":
            yield from _last_call(file, statement, value)
    for statement in file.nodes("expression_statement"):
        call = inner_expression(statement)
        if call is None or call.type != "call_expression":
            continue
        arguments = arguments_of(call)
        if called(file, call) in _DROPS and len(arguments) == 1:
            yield from _last_call(file, statement, arguments[0])
        elif method_name(file, call) == "ok":
            yield from _last_call(file, statement, call)


def _is_dropped(file: RustFile, pattern: Node) -> bool:
    """`_`, or a name that begins so and is never read."""
    name = file.code(pattern, 100)
    if name == "_":
        return True
    if pattern.type != "identifier" or not _UNREAD.match(name) or _HELD.search(name):
        return False
    place = file.function_of(pattern)
    if place is None or place.end - pattern.end_byte > _LOOK_AHEAD:
        return False
    rest = file.source[pattern.end_byte : place.end]
    return name.encode() not in rest or not re.search(rb"\b%s\b" % name.encode(), rest)


def _last_call(file: RustFile, statement: Node, value: Node) -> Iterator[ThrownAway]:
    if value.type == "try_expression":
        return  # the error travels, only the value is thrown away
    chain = chain_of(file, value)
    links = [link for link in chain.links if link.name != "ok"]
    if links and chain.names[-1] in (links[-1].name, "ok"):
        yield ThrownAway(statement, links[-1], chain)
