"""The types that a file states for its own names; no inference."""

from __future__ import annotations

from bisect import bisect_left
from itertools import islice, takewhile

from tree_sitter import Tree

from reviewer.rust.grammar import matches

_PATTERN = """
(parameter pattern: (identifier) @name type: (_) @type)
(field_declaration name: (field_identifier) @name type: (_) @type)
(let_declaration pattern: (identifier) @name type: (_) @type)
(let_declaration pattern: (identifier) @name !type value: (_) @value)
(const_item name: (identifier) @name type: (_) @type)
(static_item name: (identifier) @name type: (_) @type)
"""
_LONGEST = 200
"""Bytes of a type or value that are kept."""


class Declarations:
    """Stated types by name."""

    def __init__(self, source: bytes, tree: Tree) -> None:
        self._fields: dict[str, tuple[str, ...]] = {}
        self._locals: dict[str, list[tuple[int, str]]] = {}
        for match in matches(tree.root_node, _PATTERN):
            node, stated = match["name"], match.get("type") or match["value"]
            name = source[node.start_byte : node.end_byte].decode("utf-8", "replace")
            end = min(stated.end_byte, stated.start_byte + _LONGEST)
            text = source[stated.start_byte : end].decode("utf-8", "replace")
            if node.type == "identifier":
                self._locals.setdefault(name, []).append((node.start_byte, text))
            elif text not in self._fields.get(name, ()):
                self._fields[name] = (*self._fields.get(name, ()), text)

    def of(self, name: str, start: int, end: int) -> tuple[str, ...]:
        """What is stated for a name between two bytes; a field counts everywhere."""
        places = self._locals.get(name, [])
        first = bisect_left(places, start, key=lambda place: place[0])
        found = takewhile(lambda place: place[0] < end, islice(places, first, None))
        return (*self._fields.get(name, ()), *(text for _, text in found))
