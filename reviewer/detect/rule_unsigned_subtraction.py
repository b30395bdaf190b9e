"""A6: a subtraction of unsigned amounts that nothing keeps above zero."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from reviewer.detect.comparisons import comparing, comparisons, one_of
from reviewer.detect.difference import how_negative, is_range, is_spread
from reviewer.detect.invariants import are_one_values, is_kept
from reviewer.detect.money import is_money
from reviewer.detect.rule import Hit, Rule, hit, in_rooms
from reviewer.finding import Category, Severity
from reviewer.rust.chain import bare, last_name
from reviewer.rust.file import RustFile
from reviewer.rust.typed import UNSIGNED, type_of
from reviewer.scope.rooms import Room

_SUBTRACTIONS = {"binary_expression": "-", "compound_assignment_expr": "-="}
_OPERANDS = frozenset({"identifier", "field_expression", "unary_expression"})
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
            if not all(is_money(name) for name in names) or is_range(*names):
                continue
            if file.code(left) == file.code(right):
                continue  # E9 tells of it
            types = {type_of(file, left), type_of(file, right)}
            if len(types) != 1 or not types <= UNSIGNED or _is_guarded(file, node, names):
                continue
            derived = sign == "-" and are_one_values(file, left, right)
            if not (derived and is_kept(file, node, left, names)):
                yield _hit(file, node, (left, right), types.pop(), derived)


def _is_guarded(file: RustFile, node: Node, names: tuple[str, str]) -> bool:
    """Whether the function compares one of the two with something before; a maybe counts."""
    place = file.function_of(node)
    if place is None:
        return True
    start = max(place.node.start_byte, node.start_byte - _LOOK_BACK)
    body = place.node.child_by_field_name("body")
    if body is not None:
        start = max(start, body.start_byte)
    one = one_of(names)
    for looking in comparisons(file, start, node.start_byte):
        # Of the subtraction's own statement only what stands before it comes in time.
        own = looking.end > node.start_byte
        text = comparing(file.source[looking.start : node.start_byte]) if own else looking.text
        if one.search(text):
            return True
    return False


def _hit(
    file: RustFile, node: Node, operands: tuple[Node, Node], stated: str, derived: bool
) -> Hit:
    left, right = (file.code(operand) for operand in operands)
    names = last_name(file, operands[0]), last_name(file, operands[1])
    when = how_negative(*names)
    title = f"`{_last_part(left)} - {_last_part(right)}` can go below 0 in `{stated}`"
    wraps = (
        f"a release build wraps `{stated}` to an enormous amount and trades on with it; a build "
        "with overflow checks panics here instead, with its orders in the market."
    )
    first = f"When `{right}` is larger than `{left}`{f' ({when})' if when else ''}, "
    if derived:
        first = (
            f"Nothing in this file keeps `{names[1]}` at or below `{names[0]}`: once a writer of "
            f"either lets it pass{f' ({when})' if when else ''}, "
        )
    mild = derived or is_spread(*names)
    at_most = Severity.IMPORTANT if mild else Severity.CRITICAL
    return hit(file, node, title, first + wraps, at_most=at_most)


def _last_part(operand: str) -> str:
    """`order.qty` of `self.open.order.qty`, short enough for a title."""
    return ".".join(operand.lstrip("*&( ").split(".")[-2:])


RULE = Rule(
    id="A6",
    title="An unsigned amount can go below zero",
    category=Category.MONEY_ARITHMETIC,
    severity=Severity.IMPORTANT,
    raised=in_rooms(Severity.CRITICAL, Room.ORDER_BOOK, Room.RISK),
    lowered=True,
    why=(
        "Unsigned amounts do not go negative. In a release build 3 - 5 is 18 quintillion, and "
        "the next limit check, margin or order size takes that for real. The difference of two "
        "fields of one value (`order.qty - order.filled_qty`) and a spread are important at most: "
        "something else has to go wrong first."
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
