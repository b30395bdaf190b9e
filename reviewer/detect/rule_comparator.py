"""E3m: a price is compared the same way for buys and for sells."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from reviewer.detect.rule import Hit, Rule, hit, in_rooms
from reviewer.detect.sides import branches_by_side
from reviewer.finding import Category, Severity
from reviewer.rust.chain import bare, chain_of, last_name
from reviewer.rust.file import RustFile
from reviewer.scope.rooms import Room
from reviewer.scope.words import split

_ORDERINGS = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_PRICE = frozenset(
    {"price", "px", "tick", "bid", "ask", "limit", "stop", "trigger", "mid", "touch"}
)
_NO_PRICE = frozenset(
    {"qty", "quantity", "size", "len", "count", "num", "time", "ts", "amount", "volume", "depth"}
)
_SAME_FOR_BOTH = frozenset(
    {"min", "max", "low", "lower", "high", "upper", "floor", "cap", "band", "zero", "tolerance"}
    | {"collar", "exposure", "position", "notional"}
)
"""Limits that hold for buys and sells alike."""
_SIDES = frozenset({"bid", "ask", "buy", "sell", "long", "short", "buyer", "seller", "offer"})
_MOST = 40


@dataclass(frozen=True, slots=True)
class _Comparison:
    node: Node
    operator: str
    left: tuple[str, ...]
    right: tuple[str, ...]


def _find(file: RustFile) -> Iterator[Hit]:
    nodes = file.nodes("binary_expression")
    starts = [node.start_byte for node in nodes]
    for branches in branches_by_side(file):
        pair = []
        for branch in branches.whole:
            first = bisect_left(starts, branch.start_byte)
            inside = nodes[first : min(first + _MOST, bisect_left(starts, branch.end_byte))]
            pair.append([found for node in inside if (found := _comparison(file, node))])
        # Of several comparisons in a branch it is not clear which belong together.
        if len(pair[0]) == len(pair[1]) == 1 and _not_turned(pair[0][0], pair[1][0]):
            yield _hit(file, pair[0][0], pair[1][0])


def _comparison(file: RustFile, node: Node) -> _Comparison | None:
    """A comparison of two prices."""
    operator = node.child_by_field_name("operator")
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if operator is None or left is None or right is None or operator.type not in _ORDERINGS:
        return None
    words = _words(file, left), _words(file, right)
    for side in words:
        if _PRICE.isdisjoint(side) or not (_NO_PRICE | _SAME_FOR_BOTH).isdisjoint(side):
            return None
    return _Comparison(node, operator.type, *words)


def _words(file: RustFile, node: Node) -> tuple[str, ...]:
    """The words of an operand's own name: `best bid` of `self.best_bid()?`."""
    chain = chain_of(file, bare(node))
    name = chain.names[-1] if chain.links else ""
    if not name or _PRICE.isdisjoint(split(name)):
        name = last_name(file, chain.root)
    return split(name)


def _not_turned(one: _Comparison, other: _Comparison) -> bool:
    """Whether the two stand the same way round, with no name that says it is meant so."""
    if one.operator != other.operator:
        return False
    for first, second in ((one.left, other.left), (one.right, other.right)):
        if _plain(first) != _plain(second):
            return False
        sides = set(first) & _SIDES, set(second) & _SIDES
        if sides[0] and sides[0] == sides[1]:
            return False
    return True


def _plain(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in words if word not in _SIDES)


def _hit(file: RustFile, first: _Comparison, second: _Comparison) -> Hit:
    line = first.node.end_point.row + 1
    text = " ".join(file.code(second.node, 60).split())
    place = file.function_of(second.node)
    inside = f" in `{place.item.name}`" if place else ""
    return hit(
        file,
        second.node,
        f"`{second.operator}` is not turned round for the other side{inside}",
        f"Line {line} compares with `{first.operator}` for one side, and `{text}` does the same "
        f"for the other, where it takes `{_ORDERINGS[second.operator]}`: orders of one side trade "
        "through their limit or never trade, whatever the price.",
        also=(line,) if line != second.node.end_point.row + 1 else (),
    )


RULE = Rule(
    id="E3m",
    title="A price comparison is not turned round for sells",
    category=Category.ORDER_LOGIC,
    severity=Severity.IMPORTANT,
    raised=in_rooms(Severity.CRITICAL, Room.ORDER_BOOK, Room.RISK),
    why=(
        "A buy crosses at or above the ask, a sell at or below the bid. The same sign on both "
        "sides is right for one of them; the other trades at any price or at none."
    ),
    needs=("Sell", "Ask", "Short", "SELL", "ASK", "SHORT", "is_buy", "is_bid", "is_long", "Buy"),
    example="""\
fn crosses(&self, side: Side, price: Price) -> bool {
    match side {
        Side::Buy => price >= self.best_ask,
        Side::Sell => price >= self.best_bid,
    }
}
""",
    counter_example="""\
fn crosses(&self, side: Side, price: Price) -> bool {
    match side {
        Side::Buy => price >= self.best_ask,
        Side::Sell => price <= self.best_bid,
    }
}
""",
    find=_find,
)
