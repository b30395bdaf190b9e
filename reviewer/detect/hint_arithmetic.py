"""A4, A4m, A7, A18: integer arithmetic on money that can wrap or lose a remainder."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer.detect.arithmetic import MoneyOperation, is_fixed, money_operations, operations
from reviewer.detect.hint_rule import HintRule, Spot, brief, spot
from reviewer.finding import Category
from reviewer.rust.chain import last_name, receiver_of
from reviewer.rust.file import RustFile
from reviewer.rust.typed import FLOATS, INTEGERS, bits, type_of
from reviewer.scope.words import split

_GUARDED = re.compile(r"(?:checked|saturating|overflowing)_(?:add|sub|mul)\Z")
_WIDE = 128
_GRID = frozenset(
    {"tick", "lot", "step", "scale", "increment", "unit", "multiplier", "len", "count"}
)
"""Divisors by which people cut on purpose."""


def _raw(file: RustFile) -> Iterator[Spot]:
    for found in file.once(money_operations):
        if found.sign == "/" or not found.kind or bits(found.kind) >= _WIDE:
            continue
        if not (is_fixed(file, found.left) or is_fixed(file, found.right)):
            yield spot(
                found.node,
                f"{brief(file, found.node, 50)} wraps in a release build: a loss if `{found.kind}` "
                "can be left by a large size, a fine price scale or a sum over the day.",
            )


def _raw_beside_checked(file: RustFile) -> Iterator[Spot]:
    guarded = _checked_names(file)
    for found in file.once(money_operations) if guarded else ():
        place = file.function_of(found.node)
        name = last_name(file, found.left)
        if found.sign == "/" or place is None or (place.start, name) not in guarded:
            continue
        if not {type_of(file, side) for side in (found.left, found.right)} & FLOATS:
            yield spot(
                found.node,
                f"{brief(file, found.node, 50)} is not checked, while the same function checks "
                f"`{name}` elsewhere: a loss if this step can leave the range too.",
            )


def _checked_names(file: RustFile) -> frozenset[tuple[int, str]]:
    """Functions, by their first byte, with the names that they use checked arithmetic on."""
    found = set()
    for method, calls in file.method_calls.items():
        for call in calls if _GUARDED.match(method) else ():
            place, receiver = file.function_of(call), receiver_of(call)
            if place is not None and receiver is not None:
                found.add((place.start, last_name(file, receiver)))
    return frozenset(found)


def _division_first(file: RustFile) -> Iterator[Spot]:
    for product in operations(file, "*"):
        quotient = product.left
        if quotient.type != "binary_expression":
            continue
        operator = quotient.child_by_field_name("operator")
        by = quotient.child_by_field_name("right")
        if operator is None or operator.type != "/" or by is None:
            continue
        # `(price / tick) * tick` cuts to the grid on purpose.
        if file.code(by) != file.code(product.right) and type_of(file, quotient) in INTEGERS:
            yield spot(
                product.node,
                f"{brief(file, product.node, 60)} divides first, so up to one divisor's worth of "
                "the amount is dropped before it is multiplied: a loss unless it divides evenly.",
            )


def _remainder(file: RustFile) -> Iterator[Spot]:
    for found in file.once(money_operations):
        if found.sign == "/" and found.kind and not _cuts_on_purpose(file, found):
            yield spot(
                found.node,
                f"{brief(file, found.node, 50)} drops the remainder: a loss if the parts are to "
                f"add up to `{found.name}` again, or if it rounds a fee or margin down.",
            )


def _cuts_on_purpose(file: RustFile, found: MoneyOperation) -> bool:
    if not _GRID.isdisjoint(split(last_name(file, found.right))):
        return True
    place = file.function_of(found.node)
    return place is not None and place.start in file.once(_with_remainders)


def _with_remainders(file: RustFile) -> frozenset[int]:
    """Functions, by their first byte, that look at a remainder."""
    places = (file.function_of(found.node) for found in operations(file, "%"))
    return frozenset(place.start for place in places if place is not None)


HINTS = (
    HintRule(
        id="A4",
        title="Plain integer arithmetic on money",
        category=Category.MONEY_ARITHMETIC,
        chance=0.5,
        why=(
            "A release build wraps without a word. Whether a product of price and quantity can "
            "leave its type depends on the scales of the venue, which the code does not show."
        ),
        needs=(" * ", " + ", " - ", "*= ", "+= ", "-= "),
        example="""\
fn notional(price: u64, qty: u64) -> u64 {
    price * qty
}
""",
        counter_example="""\
fn notional(price: u64, qty: u64) -> Option<u64> {
    price.checked_mul(qty)
}
""",
        find=_raw,
    ),
    HintRule(
        id="A4m",
        title="Plain arithmetic beside checked arithmetic on the same amount",
        category=Category.MONEY_ARITHMETIC,
        chance=0.5,
        why=(
            "Whoever checked one step thought that this amount can leave its range. The step "
            "beside it that is not checked was forgotten, or it cannot."
        ),
        needs=("checked_", "saturating_", "overflowing_"),
        example="""\
fn settle(&mut self, paid: u64, fee: u64) -> Option<()> {
    self.balance = self.balance.checked_add(paid)?;
    self.balance -= fee;
    Some(())
}
""",
        counter_example="""\
fn settle(&mut self, paid: u64, fee: u64) -> Option<()> {
    self.balance = self.balance.checked_add(paid)?.checked_sub(fee)?;
    Some(())
}
""",
        find=_raw_beside_checked,
    ),
    HintRule(
        id="A7",
        title="An integer is divided before it is multiplied",
        category=Category.MONEY_ARITHMETIC,
        chance=0.42,
        why=(
            "Integer division cuts. Cut first and multiplied after, the error grows with the "
            "factor: a share of a fee or a margin is short by up to a whole factor."
        ),
        needs=(" / ",),
        example="""\
fn share(total: u64, parts: u64, mine: u64) -> u64 {
    total / parts * mine
}
""",
        counter_example="""\
fn share(total: u64, parts: u64, mine: u64) -> u64 {
    total * mine / parts
}
""",
        find=_division_first,
    ),
    HintRule(
        id="A18",
        title="An integer division drops a remainder of money",
        category=Category.MONEY_ARITHMETIC,
        chance=0.2,
        why=(
            "A quantity cut into slices, a fee per share: what is left over belongs to somebody. "
            "Dropped, slices do not add up to the order, and fees are short by a unit each time."
        ),
        needs=(" / ",),
        example="""\
fn slice(qty: u64, slices: u64) -> u64 {
    qty / slices
}
""",
        counter_example="""\
fn slice(qty: u64, slices: u64) -> (u64, u64) {
    (qty / slices, qty % slices)
}
""",
        find=_remainder,
    ),
)
