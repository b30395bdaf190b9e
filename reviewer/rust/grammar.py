"""The Rust grammar: bounded parsing and queries, the only place that calls tree-sitter."""

from __future__ import annotations

import re
import threading
from functools import lru_cache

import tree_sitter_rust
from tree_sitter import Language, Node, Parser, Point, Query, QueryCursor, Tree

MAX_BYTES = 2_000_000
COMMENTS = frozenset({"line_comment", "block_comment"})
"""Nodes that may stand anywhere."""
_STEPS_FLOOR, _BYTES_A_STEP = 2_000, 5
"""A table of one-digit numbers, the densest real code, needs a step per 10 bytes."""
_DEEPEST = 1_000
"""Open brackets at one place. The parser's repair of unclosed ones is quadratic, in memory too."""
_DEEPEST_NODE = 10_000
_ANONYMOUS_RUN = 500
_BRACKET = re.compile(rb"[(\[{]|[)\]}]")


class Tangled(ValueError):
    """The text cannot be read in bounded time; the message says why, for the review's footer."""


@lru_cache(maxsize=1)
def _language() -> Language:
    return Language(tree_sitter_rust.language())


_own = threading.local()


def _parser() -> Parser:
    # A parser holds the state of its last parse, so every thread has one.
    parser: Parser | None = getattr(_own, "parser", None)
    if parser is None:
        parser = _own.parser = Parser(_language())
    return parser


def parse(source: bytes) -> Tree:
    """The tree of the source, broken or not. Raises Tangled when it would take too long."""
    if len(source) > MAX_BYTES:
        raise Tangled(f"larger than {MAX_BYTES // 1_000_000} MB")
    _refuse_deep_nesting(source)
    view = memoryview(source)
    left = _STEPS_FLOOR + len(source) // _BYTES_A_STEP

    def read(offset: int, _point: Point) -> memoryview:
        return view[offset:]

    # Steps are counted and not seconds, so that the same text always ends the same way.
    def give_up(_offset: int, _error: bool) -> bool:
        nonlocal left
        left -= 1
        return left < 0

    parser = _parser()
    try:
        tree = parser.parse(read, encoding="utf8", progress_callback=give_up)
    except ValueError as error:
        parser.reset()  # or the next parse would resume this one
        raise Tangled("too tangled to parse") from error
    _refuse_odd_shapes(tree, len(source))
    return tree


def _refuse_deep_nesting(source: bytes) -> None:
    if sum(source.count(bracket) for bracket in b"([{") <= _DEEPEST:
        return
    # Brackets in strings are counted too: what matters is the order of magnitude.
    depth = 0
    for bracket in _BRACKET.findall(source):
        depth = depth + 1 if bracket in b"([{" else max(depth - 1, 0)
        if depth > _DEEPEST:
            raise Tangled("nested too deep")


def _refuse_odd_shapes(tree: Tree, size: int) -> None:
    """A query is quadratic in nested nodes and in runs of unnamed siblings: both have limits."""
    if size <= _ANONYMOUS_RUN:
        return
    cursor = tree.walk()
    run = depth = 0
    while True:
        node = cursor.node
        if node is None:
            return
        run = 0 if node.is_named else run + 1
        if run > _ANONYMOUS_RUN or depth > _DEEPEST_NODE:
            raise Tangled("too tangled to search")
        # A node with fewer bytes than the limit cannot hold a run that long.
        wide = node.end_byte - node.start_byte > _ANONYMOUS_RUN
        if wide and cursor.goto_first_child():
            run, depth = 0, depth + 1
            continue
        while not cursor.goto_next_sibling():
            run, depth = 0, depth - 1
            if not cursor.goto_parent():
                return


@lru_cache(maxsize=256)
def _query(pattern: str) -> Query:
    return Query(_language(), pattern)


def unordered_captures(node: Node, pattern: str) -> dict[str, list[Node]]:
    """All captures of a pattern below the node, by name, in no order."""
    return QueryCursor(_query(pattern)).captures(node)


def captures(node: Node, pattern: str) -> dict[str, list[Node]]:
    """All captures of a pattern below the node, by name, in source order."""
    found = unordered_captures(node, pattern)
    for nodes in found.values():
        nodes.sort(key=source_order)  # the binding gives them in no order
    return found


def source_order(node: Node) -> tuple[int, int]:
    """Outer before inner, then as written."""
    return node.start_byte, -node.end_byte


def matches(node: Node, pattern: str) -> list[dict[str, Node]]:
    """The matches of a pattern below the node; of each capture the first node."""
    found = QueryCursor(_query(pattern)).matches(node)
    return [{name: nodes[0] for name, nodes in match.items()} for _, match in found]
