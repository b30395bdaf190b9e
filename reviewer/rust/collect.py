"""Collecting the named items of a tree, each with the attributes and doc comments above it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tree_sitter import Node, Tree

from reviewer.rust.grammar import matches, unordered_captures
from reviewer.rust.items import Item, Items, Placed
from reviewer.rust.testcode import marks_test

_KINDS = {
    "function_item": "fn",
    "function_signature_item": "fn",
    "impl_item": "impl",
    "trait_item": "trait",
    "mod_item": "mod",
    "struct_item": "struct",
    "enum_item": "enum",
    "union_item": "union",
    "macro_definition": "macro",
}
ITEMS = (
    "[" + " ".join(f"({kind})" for kind in _KINDS) + "] @item"
    " (attribute_item) @attribute (inner_attribute_item) @inner"
    " [(line_comment) (block_comment)] @comment"
)
"""What the items of a file are made of, to be searched for alone or with more in one pass."""
_CAPTURED = ("item", "attribute", "inner", "comment")
_ATTRIBUTE_TARGET = "((attribute_item)+ @attribute . (line_comment)* . (_) @target)"
_SPACE = re.compile(r"\s+")
_NAME_LIMIT = 100


def collect(source: bytes, tree: Tree, found: Mapping[str, list[Node]] | None = None) -> Items:
    """The items of a file. Comments between an attribute and its item belong to the item too.

    `found` are the captures of `ITEMS`, where they are at hand.
    """
    collector = _Collector(source)
    if found is None:
        found = unordered_captures(tree.root_node, ITEMS)
    nodes = [(node, what) for what in _CAPTURED for node in found.get(what, ())]
    # The place in the list keeps nodes from being compared.
    places = sorted((node.start_byte, -node.end_byte, at) for at, (node, _) in enumerate(nodes))
    for start, below, at in places:
        collector.see(*nodes[at], start, -below)
    return Items(
        placed=tuple(collector.placed),
        starts=tuple(placed.start for placed in collector.placed),
        test_ranges=collector.test_ranges(tree),
        comments=found.get("comment", ()),
    )


@dataclass(slots=True)
class _Lead:
    """Attributes and comments that wait for the item they belong to."""

    start: int = -1
    end: int = -1
    tests: list[int] = field(default_factory=list)

    def add(self, start: int, end: int) -> None:
        if self.start < 0:
            self.start = start
        self.end = end


class _Collector:
    """Sees items, attributes and comments in source order."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._lead = _Lead()
        self._open: list[int] = []
        self._all_test = False
        self._stray_tests: set[int] = set()
        self.placed: list[Placed] = []

    def see(self, node: Node, what: str, start: int, end: int) -> None:
        lead = self._lead
        if lead.start >= 0 and self._source[lead.end : start].strip():
            self._drop_lead()  # what it stood on is no named item
        if what == "comment":
            self._comment(start, end)
            return
        while self._open and self.placed[self._open[-1]].end < end:
            self._open.pop()
        if what == "item":
            self._item(node)
        elif what == "attribute":
            self._lead.add(start, end)
            if marks_test(self._text(node)):
                self._lead.tests.append(start)
        elif marks_test(self._text(node)):
            self._inner_test()

    def test_ranges(self, tree: Tree) -> tuple[tuple[int, int], ...]:
        self._drop_lead()
        if self._all_test:
            return ((0, len(self._source)),)
        if not self._stray_tests:
            return ()
        return tuple(
            (match["attribute"].start_byte, match["target"].end_byte)
            for match in matches(tree.root_node, _ATTRIBUTE_TARGET)
            if match["attribute"].start_byte in self._stray_tests
        )

    def _drop_lead(self) -> None:
        self._stray_tests.update(self._lead.tests)
        self._lead = _Lead()

    def _item(self, node: Node) -> None:
        start = self._lead.start if self._lead.start >= 0 else node.start_byte
        parent = self._open[-1] if self._open else -1
        test = self._all_test or bool(self._lead.tests)
        test = test or (parent >= 0 and self.placed[parent].test)
        self._open.append(len(self.placed))
        item = self._named(node, start, parent)
        self.placed.append(Placed(item, node, start, node.end_byte, parent, test))
        self._lead = _Lead()

    def _comment(self, start: int, end: int) -> None:
        text = self._source[start : start + 3]
        if text in (b"///", b"/**") or (self._lead.start >= 0 and text not in (b"//!", b"/*!")):
            self._lead.add(start, end)

    def _inner_test(self) -> None:
        """`#![cfg(test)]` makes a test of what it stands in."""
        if self._open:
            index = self._open[-1]
            self.placed[index] = replace(self.placed[index], test=True)
        else:
            self._all_test = True

    def _named(self, node: Node, start: int, parent: int) -> Item:
        kind = _KINDS[node.type]
        name = self._impl_name(node) if kind == "impl" else self._field(node, "name")
        path = f"{self.placed[parent].item.name_path}::{name}" if parent >= 0 else name
        lead_rows = self._source.count(b"\n", start, node.start_byte)
        first = node.start_point.row - lead_rows + 1
        return Item(kind, name, path, first, node.end_point.row + 1)

    def _impl_name(self, node: Node) -> str:
        target = self._field(node, "type")
        trait = self._field(node, "trait")
        return f"impl {trait} for {target}" if trait else f"impl {target}"

    def _field(self, node: Node, name: str) -> str:
        found = node.child_by_field_name(name)
        return _SPACE.sub(" ", self._text(found))[:_NAME_LIMIT] if found is not None else ""

    def _text(self, node: Node) -> str:
        return self._source[node.start_byte : node.end_byte].decode("utf-8", "replace")
