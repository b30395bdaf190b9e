"""The types that a file states for its own names; no inference."""

from __future__ import annotations

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


class Declarations:
    """Stated types by name."""

    def __init__(self, source: bytes, tree: Tree) -> None:
        self._found: dict[str, list[tuple[int, str]]] = {}
        for match in matches(tree.root_node, _PATTERN):
            name, stated = match["name"], match.get("type") or match["value"]
            text = source[stated.start_byte : min(stated.end_byte, stated.start_byte + 200)]
            place = name.start_byte if name.type == "identifier" else -1
            self._found.setdefault(
                source[name.start_byte : name.end_byte].decode("utf-8", "replace"), []
            ).append((place, text.decode("utf-8", "replace")))

    def of(self, name: str, start: int, end: int) -> tuple[str, ...]:
        """What is stated for a name between two bytes; a field counts everywhere."""
        return tuple(
            text for place, text in self._found.get(name, ()) if start <= place < end or place < 0
        )
