"""A6: a subtraction of unsigned amounts that nothing keeps above zero."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice

from tree_sitter import Node

from reviewer.detect.money import is_money
from reviewer.detect.rule import Hit, Rule, hit, in_rooms
from reviewer.finding import Category, Severity
from reviewer.rust.chain import bare, last_name
from reviewer.rust.file import RustFile
from reviewer.rust.typed import UNSIGNED, type_of
from reviewer.scope.rooms import Room

_SUBTRACTIONS = {"binary_expression": "-", "compound_assignment_expr": "-="}
_OPERANDS = frozenset({"identifier", "field_expression", "unary_expression"})
_LOOKS = re.compile(
    r"[<>](?!=?\s*0\b)|(?<![<>=!])==|!=|\b(?:min|max|cmp|clamp|ensure|require|assert\w*)\b"
    r"|\b(?:checked|saturating|validate|check|can|has|sum|retain)(?:_\w+)?\s*\("
)
"""What compares two amounts, or takes the smaller one. More than zero is not enough."""
_TYPE_ARGUMENTS = re.compile(r"::<[^;{}<>]{0,100}>|->|=>|<\w{1,100}>")
_STATEMENT = re.compile(rb"[^;{}]+")
_LOOK_BACK = 8_000


def _find(file: RustFile) -> Iterator[Hit]:
    for kind, sign in _SUBTRACTIONS.items():
        for node in file.nodes(kind):
            operator = node.child_by_field_name("operator")
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if left is None or right is None or operator is None or operator.type != sign:
                continue
            left, right = bare(left), bare(right)
            if left.type not in _OPERANDS or right.type not in _OPERANDS:
                continue
            names = last_name(file, left), last_name(file, right)
            if not all(is_money(name) for name in names):
                continue
            types = {type_of(file, left), type_of(file, right)}
            if len(types) == 1 and types <= UNSIGNED and not _is_guarded(file, node, names):
                yield _hit(file, node, (file.code(left), file.code(right)), types.pop())


def _is_guarded(file: RustFile, node: Node, names: tuple[str, str]) -> bool:
    """Whether the function compares one of the two with something before; a maybe counts."""
    place = file.function_of(node)
    if place is None:
        return True
    start = max(place.node.start_byte, node.start_byte - _LOOK_BACK)
    body = place.node.child_by_field_name("body")
    if body is not None:
        start = max(start, body.start_byte)
    looking = file.once(_looking)
    first = bisect_left(looking, start, key=lambda entry: entry[0])
    one = re.compile(rf"\b(?:{re.escape(names[0])}|{re.escape(names[1])})\b")
    for begin, end, text in islice(looking, first, None):
        if begin >= node.start_byte:
            break
        # Of the subtraction's own statement only what stands before it comes in time.
        own = end > node.start_byte
        if one.search(_comparing(file.source[begin : node.start_byte]) if own else text):
            return True
    return False


def _looking(file: RustFile) -> list[tuple[int, int, str]]:
    """The statements that compare something, with their bytes; ask through `file.once`."""
    found = []
    for statement in _STATEMENT.finditer(file.source):
        text = _comparing(statement[0])
        if text:
            found.append((statement.start(), statement.end(), text))
    return found


def _comparing(statement: bytes) -> str:
    """The text of a statement that compares something; empty if it does not."""
    text = _TYPE_ARGUMENTS.sub(" ", statement.decode("utf-8", "replace"))
    return text if _LOOKS.search(text) else ""


def _hit(file: RustFile, node: Node, operands: tuple[str, str], stated: str) -> Hit:
    left, right = operands
    return hit(
        file,
        node,
        f"`{_last_part(left)} - {_last_part(right)}` can go below 0 in `{stated}`",
        f"When `{right}` is larger than `{left}` (a fill reported twice, an amend to less), a "
        f"release build wraps `{stated}` to an enormous amount and trades on with it; a build "
        "with overflow checks panics here instead, with its orders in the market.",
    )


def _last_part(operand: str) -> str:
    """`order.qty` of `self.open.order.qty`, short enough for a title."""
    return ".".join(operand.lstrip("*&( ").split(".")[-2:])


RULE = Rule(
    id="A6",
    title="An unsigned amount can go below zero",
    category=Category.MONEY_ARITHMETIC,
    severity=Severity.IMPORTANT,
    raised=in_rooms(Severity.CRITICAL, Room.ORDER_BOOK, Room.RISK),
    why=(
        "Unsigned amounts do not go negative. In a release build 3 - 5 is 18 quintillion, and "
        "the next limit check, margin or order size takes that for real."
    ),
    needs=(" - ", " -= "),
    example="""\
struct Order { open_qty: u64 }
fn on_fill(order: &mut Order, fill_qty: u64) {
    order.open_qty -= fill_qty;
}
""",
    counter_example="""\
struct Order { open_qty: u64 }
fn on_fill(order: &mut Order, fill_qty: u64) -> Result<(), Overfill> {
    order.open_qty = order.open_qty.checked_sub(fill_qty).ok_or(Overfill)?;
    Ok(())
}
""",
    find=_find,
)
