"""Which of some nodes enclose a place: from the innermost outward, without asking for parents.

Asking tree-sitter for a parent searches from the root of the file, which is quadratic over a file.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator

from tree_sitter import Node


class Nest:
    """Nodes of one tree, ordered so that those around a byte are found by bisection."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self._nodes = sorted(nodes, key=lambda node: (node.start_byte, -node.end_byte))
        self._starts = [node.start_byte for node in self._nodes]
        self._ends = [node.end_byte for node in self._nodes]
        self._parents: list[int] = []
        stack: list[int] = []
        for index, end in enumerate(self._ends):
            while stack and self._ends[stack[-1]] < end:
                stack.pop()
            self._parents.append(stack[-1] if stack else -1)
            stack.append(index)

    def around(self, node: Node) -> Iterator[Node]:
        """The nodes that hold this one, innermost first; the node itself is not among them."""
        index = bisect_right(self._starts, node.start_byte) - 1
        while index >= 0:
            if self._ends[index] >= node.end_byte and self._nodes[index].id != node.id:
                yield self._nodes[index]
            index = self._parents[index]
