"""Named items of a file and which of them encloses a byte."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from tree_sitter import Node


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


@dataclass(frozen=True, slots=True)
class Items:
    """The items of a file in source order."""

    placed: tuple[Placed, ...]
    starts: tuple[int, ...]
    test_ranges: tuple[tuple[int, int], ...]
    """Bytes of test-only code that is no named item: `#[cfg(test)] use ..`."""
    comments: Sequence[Node]

    def around(self, first: int, last: int) -> Placed | None:
        """The innermost item that holds the bytes first..last."""
        index = bisect_right(self.starts, first) - 1
        # Items nest, so whatever holds the byte is the last one begun or one around it.
        while index >= 0:
            placed = self.placed[index]
            if last <= placed.end:
                return placed
            index = placed.parent
        return None

    def line_comments(self) -> dict[int, int]:
        """By row: first byte of the `//` comment that ends it."""
        return {
            node.start_point.row: node.start_byte
            for node in self.comments
            if node.type == "line_comment"
        }

    def function_around(self, byte: int) -> Placed | None:
        """The innermost function that holds the byte."""
        placed = self.around(byte, byte)
        while placed is not None and placed.item.kind != "fn":
            placed = self._parent(placed)
        return placed

    def chain(self, placed: Placed | None) -> tuple[Item, ...]:
        """An item with the items around it, outermost first."""
        found: list[Item] = []
        while placed is not None:
            found.append(placed.item)
            placed = self._parent(placed)
        return tuple(reversed(found))

    def in_test_range(self, first: int, last: int) -> bool:
        """Whether the bytes lie in test-only code that is no named item."""
        index = bisect_right(self.test_ranges, first, key=lambda span: span[0]) - 1
        return index >= 0 and last <= self.test_ranges[index][1]

    def _parent(self, placed: Placed) -> Placed | None:
        return self.placed[placed.parent] if placed.parent >= 0 else None
