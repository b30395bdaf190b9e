"""E9: both sides of an operator are the same expression."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from reviewer.detect.rule import Hit, Rule, hit, in_rooms
from reviewer.finding import Category, Severity
from reviewer.rust.chain import arguments_of, bare, receiver_of, walk
from reviewer.rust.file import RustFile
from reviewer.rust.typed import INTEGERS, type_of
from reviewer.scope.rooms import Room

_ALWAYS = {
    "-": "is always 0",
    "/": "is always 1",
    "%": "is always 0",
    "<": "is never true",
    ">": "is never true",
    "<=": "is always true",
    ">=": "is always true",
    "==": "is always true",
    "!=": "is never true",
    "&&": "says no more than one side",
    "||": "says no more than one side",
    "&": "says no more than one side",
    "|": "says no more than one side",
}
_METHODS = {
    "min": "gives the one value",
    "max": "gives the one value",
    "cmp": "is always `Equal`",
    "partial_cmp": "is always `Equal`",
    "total_cmp": "is always `Equal`",
    "abs_diff": "is always 0",
    "saturating_sub": "is always 0",
    "checked_sub": "is always 0",
    "wrapping_sub": "is always 0",
}
_PLAIN = frozenset(
    {"identifier", "field_identifier", "self", "field_expression", "index_expression"}
    | {"integer_literal", "scoped_identifier", "parenthesized_expression", "reference_expression"}
    | {"unary_expression", "binary_expression", "super", "crate"}
)
"""What gives the same value each time it is read; a call may not."""
_LONGEST = 200
_NUMBER_TEST = frozenset({"==", "!="})


def _find(file: RustFile) -> Iterator[Hit]:
    for node in file.nodes("binary_expression"):
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        operator = node.child_by_field_name("operator")
        if left is None or right is None or operator is None:
            continue
        sign = operator.type
        if sign in _ALWAYS and _same(file, left, right):
            if sign in _NUMBER_TEST and _may_be_float(file, left):
                continue  # the way to ask for NaN
            yield _hit(file, node, file.code(bare(left)), sign, _ALWAYS[sign])
    for method, always in _METHODS.items():
        for call in file.method_calls.get(method, ()):
            receiver, arguments = receiver_of(call), arguments_of(call)
            if receiver is None or len(arguments) != 1 or not _same(file, receiver, arguments[0]):
                continue
            yield _hit(file, call, file.code(bare(receiver)), f".{method}()", always)


def _same(file: RustFile, left: Node, right: Node) -> bool:
    left, right = bare(left), bare(right)
    size = left.end_byte - left.start_byte
    if left.type != right.type or size > _LONGEST or size != right.end_byte - right.start_byte:
        return False
    if file.code(left) != file.code(right) or left.type == "integer_literal":
        return False
    return all(node.type in _PLAIN for node in walk(left)) and not file.code(left).isupper()


def _may_be_float(file: RustFile, node: Node) -> bool:
    return type_of(file, node) not in INTEGERS


def _hit(file: RustFile, node: Node, operand: str, sign: str, always: str) -> Hit:
    method = sign.startswith(".")
    whole = f"`{operand}{sign[:-1]}{operand})`" if method else f"`{operand} {sign} {operand}`"
    return hit(
        file,
        node,
        f"{whole} compares `{operand}` with itself"
        if sign in ("<", ">", "<=", ">=", "==", "!=")
        else f"{whole} has the same value on both sides",
        f"{whole} {always}, whatever the market does; one side was meant to be another value. "
        f"The check or the amount that rests on `{operand}` here is never the real one, and "
        "orders pass or are priced on it unseen.",
    )


RULE = Rule(
    id="E9",
    title="Both sides of an operator are the same value",
    category=Category.ORDER_LOGIC,
    severity=Severity.IMPORTANT,
    raised=in_rooms(Severity.CRITICAL, Room.ORDER_BOOK, Room.RISK),
    why=(
        "A name typed twice where two were meant still compiles: a spread that is always 0, a "
        "limit that is never exceeded. Nothing fails until a position is past it."
    ),
    needs=("-", "/", "%", "<", ">", "=", "&", "|", *(f".{name}(" for name in _METHODS)),
    example="""\
fn spread(&self) -> i64 {
    self.best_ask - self.best_ask
}
""",
    counter_example="""\
fn spread(&self) -> i64 {
    self.best_ask - self.best_bid
}
""",
    find=_find,
)
