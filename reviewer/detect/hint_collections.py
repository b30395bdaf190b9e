"""D3, D4: hash maps where an order is meant."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice

from tree_sitter import Node

from reviewer.detect.hint_rule import HintRule, Spot, spot
from reviewer.finding import Category
from reviewer.rust.chain import Chain, bare, chain_of, last_name, name_of_call
from reviewer.rust.file import RustFile, method_name
from reviewer.scope.words import split

_HASHED = re.compile(r"\A(?:&\s*(?:mut\s+)?)?(?:\w+::)*\w*Hash(?:Map|Set)\s*(?:<|::|\Z)")
_BOOK = frozenset({"bid", "ask", "level", "depth"})
_STARTS = ("iter", "iter_mut", "into_iter", "values", "values_mut", "keys", "drain", "into_values")
_ORDERED_ENDS = frozenset(
    {"next", "find", "find_map", "position", "for_each", "take", "last", "nth"}
)
"""What answers differently when the order is another."""
_COLLECTS = "collect"
_UNORDERED = re.compile(r"Hash(?:Map|Set)|BTree(?:Map|Set)|IndexMap|\bFnv")
_SENDS = re.compile(
    r"\.(?:push|push_back|send|try_send|submit\w*|place\w*|cancel\w*|write\w*|emit\w*)\("
    r"|\bbreak\b|\breturn\b|\byield\b"
)
_SORTED = re.compile(rb"\bsort\w*\(|BTree|BinaryHeap|\bsorted\w*\(")
_LONGEST = 8_000
_NEAR = 32
"""Calls of a chain that are followed."""


def _levels(file: RustFile) -> Iterator[Spot]:
    for field in file.nodes("field_declaration"):
        named, kind = field.child_by_field_name("name"), field.child_by_field_name("type")
        if named is None or kind is None or not _HASHED.match(file.code(kind, 200)):
            continue
        name = file.code(named, 100)
        if not _BOOK.isdisjoint(split(name)):
            yield spot(
                field,
                f"`{name}` keeps levels without an order: a loss if the best price is then kept "
                "beside it by hand and can go stale, or is searched through all levels.",
            )


def _iterated(file: RustFile) -> Iterator[Spot]:
    for loop in file.nodes("for_expression"):
        value, body = loop.child_by_field_name("value"), loop.child_by_field_name("body")
        if value is None or body is None:
            continue
        name = _hashed_name(file, chain_of(file, bare(value)))
        if name and _SENDS.search(file.code(body, _LONGEST)) and not _is_sorted(file, loop):
            yield Spot(loop.start_point.row + 1, _text(name))
    for start in _STARTS:
        for call in file.method_calls.get(start, ()):
            name = _hashed_name(file, chain_of(file, call))
            end = _end(file, call) if name else None
            if end is not None and not _is_sorted(file, call):
                yield spot(name_of_call(end), _text(name))


def _hashed_name(file: RustFile, chain: Chain) -> str:
    """The name of a hash map or set that a chain goes through; empty if it is another thing."""
    if chain.links and chain.links[0].name not in _STARTS:
        return ""
    name = last_name(file, chain.root)
    stated = file.stated_types(name, chain.root) if name else ()
    return name if stated and all(_HASHED.match(text) for text in stated) else ""


def _end(file: RustFile, start: Node) -> Node | None:
    """The call at the end of a chain, if what it gives depends on the order."""
    for around in islice(file.around(start, "call_expression"), _NEAR):
        target = around.child_by_field_name("function")
        if target is None or around.start_byte != start.start_byte:
            return None
        name = method_name(file, around)
        if name in _ORDERED_ENDS:
            return around
        if name == _COLLECTS:
            return None if _UNORDERED.search(_statement(file, around)) else around
    return None


def _statement(file: RustFile, node: Node) -> str:
    around = next(
        file.around(node, "let_declaration", "expression_statement", "function_item"), None
    )
    return file.code(around, 400) if around is not None else ""


def _is_sorted(file: RustFile, node: Node) -> bool:
    place = file.function_of(node)
    if place is None:
        return False
    sorts = file.once(_sorts)
    following = bisect_left(sorts, node.start_byte)
    return following < len(sorts) and sorts[following] < place.end


def _sorts(file: RustFile) -> list[int]:
    """Where the file puts things in order."""
    return [found.start() for found in _SORTED.finditer(file.source)]


def _text(name: str) -> str:
    return (
        f"`{name}` is a hash map, and its order is another in each run: a loss if orders go out, "
        "messages are written or ties are decided in it; a replay then differs from the live run."
    )


HINTS = (
    HintRule(
        id="D3",
        title="Price levels are kept in a hash map",
        category=Category.BOOK_INTEGRITY,
        chance=0.2,
        why=(
            "A book is asked for its best level all the time. A hash map has none, so the best "
            "price is a second truth that has to be kept right on every delete."
        ),
        needs=("Hash",),
        example="""\
struct Book { bids: HashMap<i64, f64>, best_bid: i64 }
""",
        counter_example="""\
struct Book { bids: BTreeMap<i64, f64> }
""",
        find=_levels,
    ),
    HintRule(
        id="D4",
        title="The order of a hash map reaches the outside",
        category=Category.ORDER_LOGIC,
        chance=0.35,
        why=(
            "Rust seeds its hash maps anew in each process. Orders sent in that order, or the "
            "first of equals taken, are others in each run, and no replay finds the fault."
        ),
        needs=("Hash",),
        example="""\
struct Oms { open: HashMap<u64, Order> }
impl Oms {
    fn cancel_all(&self) {
        for order in self.open.values() {
            self.venue.send(Cancel(order.id));
        }
    }
}
""",
        counter_example="""\
struct Oms { open: BTreeMap<u64, Order> }
impl Oms {
    fn cancel_all(&self) {
        for order in self.open.values() {
            self.venue.send(Cancel(order.id));
        }
    }
}
""",
        find=_iterated,
    ),
)
