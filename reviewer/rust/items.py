"""Named items of a file and which of them encloses a byte."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from tree_sitter import Node, Tree

from reviewer.rust.grammar import captures, matches
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
_PATTERN = (
    "[" + " ".join(f"({kind})" for kind in _KINDS) + "] @item"
    " (attribute_item) @before (inner_attribute_item) @inner"
    " [(line_comment) (block_comment)] @comment"
)
_ATTRIBUTE_TARGET = "((attribute_item)+ @attribute . (_) @target)"
_SPACE = re.compile(r"\s+")
_NAME_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Item:
    """A named item. Lines are 1-based, both inclusive; attributes and doc comments belong to it."""

    kind: str
    """`fn`, `impl`, `trait`, `mod`, `struct`, `enum`, `union` or `macro`."""
    name: str
    """`apply_delta`; of an impl the whole head: `impl Depth for Book`."""
    name_path: str
    """Enclosing items, outermost first: `impl Book::apply_delta`."""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Placed:
    """An item with its place in the tree."""

    item: Item
    node: Node
    start: int
    """First byte, of the attributes and doc comments if it has any."""
    end: int
    parent: int
    """Index of the enclosing item, -1 if none."""
    test: bool


class Items:
    """The items of a file in source order."""

    def __init__(self, source: bytes, tree: Tree) -> None:
        self._source = source
        self.placed: list[Placed] = []
        self.test_ranges: list[tuple[int, int]] = []
        """Test-only code that is no named item: `#[cfg(test)] use ..`."""
        self._collect(tree)
        self._starts = [placed.start for placed in self.placed]

    def around(self, first: int, last: int) -> Placed | None:
        """The innermost item that holds the bytes first..last."""
        index = bisect_right(self._starts, first) - 1
        # Items nest, so whatever holds the byte is the last one begun or one around it.
        while index >= 0:
            placed = self.placed[index]
            if last <= placed.end:
                return placed
            index = placed.parent
        return None

    def function_around(self, byte: int) -> Placed | None:
        """The innermost function that holds the byte."""
        placed = self.around(byte, byte)
        while placed is not None and placed.item.kind != "fn":
            placed = self.placed[placed.parent] if placed.parent >= 0 else None
        return placed

    def chain(self, placed: Placed | None) -> tuple[Item, ...]:
        """An item with the items around it, outermost first."""
        found: list[Item] = []
        while placed is not None:
            found.append(placed.item)
            placed = self.placed[placed.parent] if placed.parent >= 0 else None
        return tuple(reversed(found))

    def in_test_range(self, first: int, last: int) -> bool:
        """Whether the bytes lie in test-only code that is no named item."""
        index = bisect_right(self.test_ranges, (first, len(self._source) + 1)) - 1
        return index >= 0 and last <= self.test_ranges[index][1]

    def _collect(self, tree: Tree) -> None:
        found = captures(tree.root_node, _PATTERN)
        nodes = [
            (node.start_byte, -node.end_byte, what, node)
            for what, group in found.items()
            for node in group
        ]
        nodes.sort(key=lambda entry: entry[:2])
        whole_file_test = False
        lead = _Lead()
        stack: list[int] = []
        stray_tests: set[int] = set()
        for start, minus_end, what, node in nodes:
            end = -minus_end
            text = "" if what == "item" else self._text(start, end)
            joined = lead.start >= 0 and not self._source[lead.end : start].strip()
            if not joined:
                stray_tests.update(lead.tests)
                lead = _Lead()
            while stack and self.placed[stack[-1]].end < end:
                stack.pop()
            if what == "item":
                begin = lead.start if lead.start >= 0 else start
                parent = stack[-1] if stack else -1
                test = whole_file_test or bool(lead.tests)
                test = test or (parent >= 0 and self.placed[parent].test)
                stack.append(len(self.placed))
                self.placed.append(
                    Placed(self._item(node, begin, parent), node, begin, end, parent, test)
                )
                lead = _Lead()
            elif what == "inner":
                if marks_test(text) and stack:
                    self._mark(stack[-1])
                elif marks_test(text):
                    whole_file_test = True
            elif what == "before" or text.startswith(("///", "/**")):
                lead.add(start, end, test=what == "before" and marks_test(text))
            elif lead.start >= 0 and not text.startswith(("//!", "/*!")):
                lead.add(start, end, test=False)
        stray_tests.update(lead.tests)
        if whole_file_test:
            self.test_ranges.append((0, len(self._source)))
        elif stray_tests:
            self.test_ranges = [
                (match["attribute"].start_byte, match["target"].end_byte)
                for match in matches(tree.root_node, _ATTRIBUTE_TARGET)
                if match["attribute"].start_byte in stray_tests
            ]

    def _mark(self, index: int) -> None:
        """Make an item a test after the fact: `mod tests { #![cfg(test)] .. }`."""
        old = self.placed[index]
        self.placed[index] = Placed(old.item, old.node, old.start, old.end, old.parent, True)

    def _item(self, node: Node, begin: int, parent: int) -> Item:
        kind = _KINDS[node.type]
        name = self._impl_name(node) if kind == "impl" else self._field(node, "name")
        path = f"{self.placed[parent].item.name_path}::{name}" if parent >= 0 else name
        lead_rows = self._source.count(b"\n", begin, node.start_byte)
        first = node.start_point.row - lead_rows + 1
        return Item(kind, name, path, first, node.end_point.row + 1)

    def _impl_name(self, node: Node) -> str:
        target = self._field(node, "type")
        trait = self._field(node, "trait")
        return f"impl {trait} for {target}" if trait else f"impl {target}"

    def _field(self, node: Node, field: str) -> str:
        found = node.child_by_field_name(field)
        if found is None:
            return ""
        return _SPACE.sub(" ", self._text(found.start_byte, found.end_byte))[:_NAME_LIMIT]

    def _text(self, start: int, end: int) -> str:
        return self._source[start:end].decode("utf-8", "replace")


class _Lead:
    """Attributes and doc comments that wait for the item they belong to."""

    def __init__(self) -> None:
        self.start = -1
        self.end = -1
        self.tests: list[int] = []

    def add(self, start: int, end: int, *, test: bool) -> None:
        if self.start < 0:
            self.start = start
        self.end = end
        if test:
            self.tests.append(start)
