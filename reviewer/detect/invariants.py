"""Two fields of one value of which one never passes the other: does the file look after that."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from tree_sitter import Node

from reviewer.detect.comparisons import comparisons
from reviewer.rust.file import RustFile
from reviewer.rust.typed import owner_of, type_of

_WORD = re.compile(r"\w+")
_MOST = 1_000
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
    looks = file.once(_looks)
    if len(looks) > _MOST:
        return True
    for look in looks:
        one, other = names[0] in look.words, names[1] in look.words
        if not (one or other or inside.item.name in look.words):
            continue
        if look.start <= node.start_byte < look.end:
            continue  # the statement around
        if (one and other) or inside.item.name in look.words:
            return True
        if owner and owner == look.owner:
            return True
    return False


@dataclass(frozen=True, slots=True)
class _Look:
    """A comparison outside tests: its bytes, its names, and the type whose method it stands in."""

    start: int
    end: int
    words: frozenset[str]
    owner: str


def _looks(file: RustFile) -> list[_Look]:
    """The comparisons of a file, as many as are read; ask through `file.once`."""
    found = []
    for one in comparisons(file, 0, len(file.source)):
        if file.in_test(bisect_right(file.line_starts, one.end - 1)):
            continue
        place = file.function_at(one.end - 1)
        owner = owner_of(file, place.node) if place is not None else ""
        found.append(_Look(one.start, one.end, frozenset(_WORD.findall(one.text)), owner))
        if len(found) > _MOST:
            break
    return found
