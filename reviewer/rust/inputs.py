"""What a function is given: its parameters, and what patterns take out of them."""

from __future__ import annotations

import re

from tree_sitter import Node

from reviewer.rust.chain import arguments_of, chain_of, walk
from reviewer.rust.file import RustFile
from reviewer.rust.grammar import captures
from reviewer.rust.items import Placed

_TAKEN = "[(let_declaration) (let_condition) (for_expression) (match_expression)] @taken"
_READS = re.compile(r"\bfrom_|pars|decod|deserial|\btry_from\b|\bread_")
_ROUNDS = 200
"""Patterns that are followed; a longer function is no longer one thought."""


def given_names(file: RustFile, place: Placed) -> frozenset[str]:
    """Names in a function whose values come from its caller, not from `self`."""
    names: set[str] = set()
    parameters = place.node.child_by_field_name("parameters")
    if parameters is not None:
        for parameter in parameters.named_children:
            pattern = parameter.child_by_field_name("pattern")
            if pattern is not None:
                names.update(_bound(file, pattern))
    for taken in captures(place.node, _TAKEN).get("taken", [])[:_ROUNDS]:
        value = taken.child_by_field_name("value")
        if value is None or not _comes_from(file, value, names):
            continue
        if taken.type == "match_expression":
            body = taken.child_by_field_name("body")
            arms = body.named_children if body is not None else []
            patterns = [arm.child_by_field_name("pattern") for arm in arms]
        else:
            patterns = [taken.child_by_field_name("pattern")]
        for found in patterns:
            if found is not None:
                names.update(_bound(file, found))
    return frozenset(names)


def _comes_from(file: RustFile, value: Node, names: set[str]) -> bool:
    if root_name(file, value) in names:
        return True
    root = chain_of(file, value).root
    if root.type != "call_expression":
        return False
    # `serde_json::from_str(text)?` is as foreign as the text; `Position::enter(fill)` is our own.
    function = root.child_by_field_name("function")
    if function is None or not _READS.search(file.code(function)):
        return False
    return any(root_name(file, argument) in names for argument in arguments_of(root))


def root_name(file: RustFile, node: Node) -> str:
    """The variable that an expression starts from: `fill` of `fill.order.id.clone()`."""
    current: Node | None = node
    while current is not None:
        current = chain_of(file, current).root
        if current.type in ("identifier", "self"):
            return file.code(current)
        if current.type == "field_expression":
            current = current.child_by_field_name("value")
        elif current.type in ("index_expression", "type_cast_expression"):
            current = current.named_child(0) if current.named_child_count else None
        else:
            return ""
    return ""


def _bound(file: RustFile, pattern: Node) -> set[str]:
    """The variables that a pattern binds (type names in it do no harm)."""
    return {
        file.code(node)
        for node in walk(pattern)
        if node.type in ("identifier", "shorthand_field_identifier")
    }
