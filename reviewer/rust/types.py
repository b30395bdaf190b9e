"""The types that a file states for its own names; no inference."""

from __future__ import annotations

from bisect import bisect_left
from itertools import islice, takewhile

from tree_sitter import Node, Tree

from reviewer.rust.grammar import matches

_PATTERN = """
(parameter pattern: (identifier) @name type: (_) @type)
(field_declaration name: (field_identifier) @name type: (_) @type)
(let_declaration pattern: (identifier) @name type: (_) @type)
(let_declaration pattern: (identifier) @name !type value: (_) @value)
(const_item name: (identifier) @name type: (_) @type)
(static_item name: (identifier) @name type: (_) @type)
"""
_OWNED = """
(struct_item name: (type_identifier) @owner body: (field_declaration_list
  (field_declaration name: (field_identifier) @field type: (_) @type)))
(type_item name: (type_identifier) @owner type: (_) @type)
"""
_LONGEST = 200
"""Bytes of a type or value that are kept."""
_MOST = 32
"""Statements about one name in one function that are read; more would be quadratic."""


class Declarations:
    """Stated types by name."""

    def __init__(self, source: bytes, tree: Tree) -> None:
        self._fields: dict[str, tuple[str, ...]] = {}
        self._locals: dict[str, list[tuple[int, str]]] = {}
        for match in matches(tree.root_node, _PATTERN):
            node, stated = match["name"], match.get("type") or match["value"]
            name, text = _text(source, node), _text(source, stated)
            if node.type == "identifier":
                self._locals.setdefault(name, []).append((node.start_byte, text))
            elif text not in self._fields.get(name, ()):
                self._fields[name] = (*self._fields.get(name, ()), text)

    def of(self, name: str, start: int, end: int) -> tuple[str, ...]:
        """What is stated for a name between two bytes; a field counts everywhere."""
        return (*self._fields.get(name, ()), *self.of_local(name, start, end))

    def of_local(self, name: str, start: int, end: int) -> tuple[str, ...]:
        """What is stated between two bytes for a name that is no field."""
        places = self._locals.get(name, [])
        first = bisect_left(places, start, key=lambda place: place[0])
        found = takewhile(lambda place: place[0] < end, islice(places, first, first + _MOST))
        return tuple(text for _, text in found)


def owned_types(source: bytes, tree: Tree) -> dict[tuple[str, str], str]:
    """The types of the fields of the file's own structs, by struct and field.

    A type alias stands under its name and an empty field. What is stated twice is unknown.
    """
    found: dict[tuple[str, str], str] = {}
    for match in matches(tree.root_node, _OWNED):
        owner, stated = _text(source, match["owner"]), _text(source, match["type"])
        field = _text(source, match["field"]) if "field" in match else ""
        known = found.setdefault((owner, field), stated)
        if known != stated:
            found[owner, field] = ""
    return found


def _text(source: bytes, node: Node) -> str:
    end = min(node.end_byte, node.start_byte + _LONGEST)
    return source[node.start_byte : end].decode("utf-8", "replace")
