"""Places in functions that are counted, and which of them a change added or took away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from reviewer.rust.chain import last_name, receiver_of
from reviewer.rust.file import RustFile, method_name
from reviewer.rust.items import Placed

_KEPT = 160
_LEFT_OUT = frozenset(
    {"function_item", "line_comment", "block_comment", "attribute_item", "visibility_modifier"}
    | {"identifier", "field_identifier", "type_identifier", "shorthand_field_identifier", "self"}
    | {"scoped_identifier", "scoped_type_identifier", "generic_type", "type_arguments"}
    | {"primitive_type", "reference_type", "lifetime", "mutable_specifier", "integer_literal"}
    | {"float_literal", "string_literal", "char_literal", "boolean_literal", "raw_string_literal"}
)
_MOST_NODES = 30_000
"""Nodes of one function that are walked; a longer one was not written by hand."""


@dataclass(frozen=True, slots=True)
class Site:
    """One place. `line` is 1-based."""

    what: str
    line: int
    text: str
    """What it is known by when it moves: `orders.clone()` of `self.orders.clone()`."""


@dataclass(slots=True)
class Shift:
    """What a function has gained and lost, after what only moved is taken out."""

    before: tuple[Site, ...]
    after: tuple[Site, ...]
    gained: list[Site] = field(default_factory=list)
    lost: list[Site] = field(default_factory=list)


def shifts(sides: Iterable[tuple[Iterable[Site], Iterable[Site]]]) -> list[Shift]:
    """The gains and losses of functions that changed together, in their order.

    A site with the same text as one that another of them lost has moved. What is left is balanced
    by kind inside each function: a clone that was edited is still one clone.
    """
    found = []
    for before, after in sides:
        shift = Shift(tuple(before), tuple(after))
        shift.gained = _without(shift.after, shift.before)
        shift.lost = _without(shift.before, shift.after)
        found.append(shift)
    all_lost = [site for shift in found for site in shift.lost]
    all_gained = [site for shift in found for site in shift.gained]
    come, gone = _counted(all_gained), _counted(all_lost)
    moved_in, moved_out = come & gone, come & gone
    for shift in found:
        shift.gained = _take(shift.gained, moved_in)
        shift.lost = _take(shift.lost, moved_out)
        edited = Counter(s.what for s in shift.gained) & Counter(s.what for s in shift.lost)
        shift.gained = _drop_kinds(shift.gained, Counter(edited))
        shift.lost = _drop_kinds(shift.lost, Counter(edited))
    return found


def nodes_of(placed: Placed) -> Iterator[tuple[Node, tuple[Node, ...]]]:
    """The named nodes of a function in source order, each with up to 12 around it, innermost first.

    Without names, types and literals, which do nothing. A function inside it is one of its own.
    """
    stack: list[tuple[Node, tuple[Node, ...]]] = [(placed.node, ())]
    left = _MOST_NODES
    while stack and left:
        left -= 1
        node, around = stack.pop()
        yield node, around
        inner = (node, *around[:11])
        stack.extend(
            (child, inner) for child in reversed(node.named_children) if child.type not in _LEFT_OUT
        )


def site(file: RustFile, what: str, node: Node) -> Site:
    """A site at the line on which the name of a method, or the node itself, stands."""
    name = method_name(file, node) if node.type == "call_expression" else ""
    if not name:
        # A chain begins lines above the `.await` that ends it.
        ends = node.type == "await_expression"
        row = node.end_point.row if ends else node.start_point.row
        return Site(what, row + 1, "".join(file.code(node, _KEPT).split()))
    receiver = receiver_of(node)
    named = last_name(file, receiver) if receiver is not None else ""
    if not named and receiver is not None:
        named = "".join(file.code(receiver, _KEPT).split()).removeprefix("self.")
    target = node.child_by_field_name("arguments")
    line = (target or node).start_point.row + 1
    return Site(what, line, f"{named}.{name}()")


def _counted(sites: Iterable[Site]) -> Counter[tuple[str, str]]:
    return Counter((s.what, s.text) for s in sites)


def _without(sites: Iterable[Site], others: Iterable[Site]) -> list[Site]:
    return _take(list(sites), _counted(others))


def _take(sites: list[Site], left: Counter[tuple[str, str]]) -> list[Site]:
    """The sites without as many of each text as `left` holds, which is used up."""
    kept = []
    for one in sites:
        if left[one.what, one.text] > 0:
            left[one.what, one.text] -= 1
        else:
            kept.append(one)
    return kept


def _drop_kinds(sites: list[Site], left: Counter[str]) -> list[Site]:
    kept = []
    for one in sites:
        if left[one.what] > 0:
            left[one.what] -= 1
        else:
            kept.append(one)
    return kept
