"""A4c: a plain product or sum handed to checked or saturating arithmetic."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from reviewer.detect.money import money_name
from reviewer.detect.rule import Hit, Rule, hit, in_rooms
from reviewer.finding import Category, Finding, Severity
from reviewer.rust.chain import arguments_of, bare, last_name, receiver_of, walk
from reviewer.rust.file import RustFile
from reviewer.rust.repository import Repository
from reviewer.rust.typed import FLOATS, type_of
from reviewer.scope.rooms import Room

_GUARDS = re.compile(r"(?:checked|saturating)_(?:add|sub|mul|div|rem|pow|neg)\Z")
_UNCHECKED = frozenset({"*", "+"})
_FIXED = re.compile(r"-?[\d_.]+\w*\Z|(?:\w+::)*[A-Z][A-Z0-9_]*\Z")
"""A literal or a constant."""
_TIME = re.compile(r"Duration|Instant|elapsed|timestamp|_ns\b|_ms\b|_secs?\b|millis|nanos")
_CALLS = frozenset({"call_expression", "closure_expression", "block", "macro_invocation"})
_NO_WRAP = FLOATS | {
    "Decimal",
    "BigDecimal",
    "BigInt",
    "BigUint",
    "BigRational",
    "Rational",
    "Amount",
}
"""Types whose operators never wrap: what they do instead is another matter."""
_AMOUNTS = re.compile(r"\bbitcoin::Amount\b|\bAmount::from_\w+\(")
"""A file that keeps its money in a type whose operators panic."""
_LONGEST = 300


def _find(file: RustFile) -> Iterator[Hit]:
    if _AMOUNTS.search(file.text):
        return
    for method, calls in file.method_calls.items():
        if not _GUARDS.match(method):
            continue
        for call in calls:
            receiver = receiver_of(call)
            if receiver is not None and type_of(file, receiver) in _NO_WRAP:
                continue
            for operand in (*([receiver] if receiver is not None else []), *arguments_of(call)):
                inner = _unchecked(file, bare(operand))
                name = _money(file, inner) if inner is not None else ""
                if inner is not None and name:
                    yield _hit(file, inner, method, name)


def _unchecked(file: RustFile, node: Node) -> Node | None:
    """The product or sum; None where it cannot overflow, or is of another kind of number."""
    operator = node.child_by_field_name("operator")
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if node.type != "binary_expression" or operator is None or left is None or right is None:
        return None
    text = file.code(node)
    if file.code(operator) not in _UNCHECKED or len(text) > _LONGEST or _TIME.search(text):
        return None
    fixed = [bool(_FIXED.match(file.code(bare(side)))) for side in (left, right)]
    # `qty + 1` passes the largest value only where everything else has failed before.
    if all(fixed) or (any(fixed) and file.code(operator) == "+"):
        return None
    return None if {type_of(file, left), type_of(file, right)} & _NO_WRAP else node


def _money(file: RustFile, node: Node) -> str:
    """What the arithmetic is about. A cast widens: then the product was thought about."""
    inner = list(walk(node, _CALLS))
    if any(part.type == "type_cast_expression" for part in inner):
        return ""
    return money_name(
        last_name(file, part) for part in inner if part.type in ("identifier", "field_expression")
    )


def _stands(finding: Finding, repository: Repository) -> bool:
    """Whether a release build of this crate wraps: with overflow checks nothing small goes on."""
    return repository.overflow_checks(finding.path) is not True


def _hit(file: RustFile, inner: Node, method: str, name: str) -> Hit:
    operator = inner.child_by_field_name("operator")
    sign = file.code(operator) if operator is not None else "*"
    what = "product" if sign == "*" else "sum"
    return hit(
        file,
        inner,
        f"The {what} with `{name}` overflows before `{method}` looks",
        f"`{method}` checks only its own step. When `{file.code(inner, 60)}` passes the largest "
        f"value first, a release build wraps it (a `Decimal` panics), `{method}` takes the small "
        "number for good, and the limit or margin that rests on it passes an order it has to stop.",
    )


RULE = Rule(
    id="A4c",
    title="Checked arithmetic is handed a value that overflowed",
    category=Category.MONEY_ARITHMETIC,
    severity=Severity.IMPORTANT,
    raised=in_rooms(Severity.CRITICAL, Room.ORDER_BOOK, Room.RISK),
    why=(
        "Somebody thought of overflow here, and the plain operator inside the checked one undoes "
        "it: the product wraps before anything looks, and the code reads as if it were safe."
    ),
    needs=("checked_", "saturating_"),
    example="""\
fn margin(price: u64, qty: u64, used: u64) -> Option<u64> {
    used.checked_add(price * qty)
}
""",
    counter_example="""\
fn margin(price: u64, qty: u64, used: u64) -> Option<u64> {
    used.checked_add(price.checked_mul(qty)?)
}
""",
    find=_find,
    stands=_stands,
)
