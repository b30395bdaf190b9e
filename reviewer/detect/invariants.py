"""Two fields of one value of which one never passes the other: does the file look after that."""

from __future__ import annotations

import re
from bisect import bisect_right

from tree_sitter import Node

from reviewer.detect.comparisons import Comparison, comparisons, one_of
from reviewer.rust.file import RustFile
from reviewer.rust.typed import owner_of, type_of

_MOST = 2_000
"""Comparisons of a file that are read; in a file of more, one of them may be the one."""


def are_one_values(file: RustFile, left: Node, right: Node) -> bool:
    """Whether both are fields of the same value: `self.order_qty`, `self.filled_qty`."""
    one, other = (side.child_by_field_name("value") for side in (left, right))
    return one is not None and other is not None and file.code(one) == file.code(other)


def is_kept(file: RustFile, node: Node, left: Node, names: tuple[str, str]) -> bool:
    """Whether code outside the statement of `node` looks that one field stays above the other.

    A comparison counts that names both or asks the function around `node`, and in the methods of
    their own type one that names either; a maybe counts.
    """
    value, inside = left.child_by_field_name("value"), file.function_of(node)
    if value is None or inside is None:
        return True
    owner = owner_of(file, node) if value.type == "self" else type_of(file, value)
    asks, either = re.compile(rf"\b{re.escape(inside.item.name)}\s*\("), one_of(names)
    for count, found in enumerate(comparisons(file, 0, len(file.source))):
        if count >= _MOST:
            return True
        if found.start <= node.start_byte < found.end or _in_test(file, found):
            continue
        named = set(either.findall(found.text))
        if len(named) == 2 or asks.search(found.text):
            return True
        if named and owner and owner == _owner_at(file, found):
            return True
    return False


def _owner_at(file: RustFile, found: Comparison) -> str:
    place = file.function_at(found.end - 1)
    return owner_of(file, place.node) if place is not None else ""


def _in_test(file: RustFile, found: Comparison) -> bool:
    return file.in_test(bisect_right(file.line_starts, found.end - 1))
