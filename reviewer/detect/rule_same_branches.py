"""E3: buys and sells branch, and both branches are the same code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from reviewer.detect.rule import Hit, Rule, hit, in_rooms, inside
from reviewer.detect.sides import branches_by_side
from reviewer.finding import Category, Severity
from reviewer.rust.file import RustFile
from reviewer.scope.rooms import Room

_SHORTEST = 8
_NOTHING_DONE = re.compile(
    r"\b(?:Err|None|return|continue|break|panic|todo|unimplemented|unreachable|bail"
    r"|trace|debug|info|warn|error|println|format|write)\b|\A[\s{};()\"'\d.,-]*\Z"
)
"""Branches that refuse or tell: the same for both sides is what is meant."""
_COMPARES = re.compile(r"\s[<>]=?\s")
"""A limit may hold for both sides; where it may not, the comparison is told on its own."""


def _find(file: RustFile) -> Iterator[Hit]:
    for branches in branches_by_side(file):
        if branches.guarded:
            continue
        text = _text(file, branches.first)
        if len(text) < _SHORTEST or text != _text(file, branches.second):
            continue
        code = file.code(branches.first)
        if not _NOTHING_DONE.search(code) and not _COMPARES.search(code):
            yield _hit(file, branches.first, branches.second)


def _text(file: RustFile, node: Node) -> str:
    """The code without blanks and without the braces around it."""
    text = re.sub(r"//[^\n]*", "", file.code(node, 5_000))
    return "".join(text.split()).strip("{};,")


def _hit(file: RustFile, first: Node, second: Node) -> Hit:
    where = inside(file, second)
    line = first.end_point.row + 1
    return hit(
        file,
        second,
        f"Buys and sells do the same in {where}",
        f"{where[0].upper() + where[1:]} asks for the side and then runs the same code as on "
        f"line {line} for the other one: one of the two sides is handled as its opposite, so its "
        "orders are priced, matched or booked on the wrong side of the market.",
        also=(line,) if line != second.end_point.row + 1 else (),
    )


RULE = Rule(
    id="E3",
    title="Buys and sells run the same code",
    category=Category.ORDER_LOGIC,
    severity=Severity.IMPORTANT,
    raised=in_rooms(Severity.CRITICAL, Room.ORDER_BOOK, Room.RISK),
    why=(
        "Nobody branches on the side to do the same twice. A copied branch that was not turned "
        "round is right for half of all orders, and tests tend to buy."
    ),
    needs=("Sell", "Ask", "Short", "SELL", "ASK", "SHORT", "is_buy", "is_bid", "is_long", "Buy"),
    example="""\
fn touch(&self, side: Side) -> Option<Price> {
    match side {
        Side::Buy => self.asks.best_price(),
        Side::Sell => self.asks.best_price(),
    }
}
""",
    counter_example="""\
fn touch(&self, side: Side) -> Option<Price> {
    match side {
        Side::Buy => self.asks.best_price(),
        Side::Sell => self.bids.best_price(),
    }
}
""",
    find=_find,
)
