"""A14, A17: conversions of money that change the sign or round the wrong way."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer.detect.hint_rule import HintRule, Spot, brief, spot
from reviewer.detect.money import is_money, money_name
from reviewer.finding import Category
from reviewer.rust.chain import arguments_of, last_name, name_of_call, receiver_of, walk
from reviewer.rust.file import RustFile
from reviewer.rust.typed import SIGNED, UNSIGNED, bits, type_of
from reviewer.scope.words import split

_LONGEST = 300
_SIGN_SEEN = re.compile(r"\babs\b|unsigned_abs|\bmax\(|\bclamp\(|\bsignum\b")
_BY_SIDE = frozenset({"order", "quote", "submit", "place", "bid", "ask", "buy", "sell"})
_PRICES = frozenset({"price", "px", "tick"})


def _sign(file: RustFile) -> Iterator[Spot]:
    for cast in file.nodes("type_cast_expression"):
        target, value = cast.child_by_field_name("type"), cast.child_by_field_name("value")
        if target is None or value is None or value.end_byte - value.start_byte > _LONGEST:
            continue
        name, to = last_name(file, value), file.code(target, 20)
        if not is_money(name) or to not in SIGNED | UNSIGNED or _SIGN_SEEN.search(file.code(value)):
            continue
        kind = type_of(file, value)
        if kind in SIGNED and to in UNSIGNED:
            yield spot(
                cast,
                f"{brief(file, cast)}: a negative `{name}` becomes an enormous one; a loss if "
                "it can be below zero here (a short position, a correction, a loss).",
            )
        elif kind in UNSIGNED and to in SIGNED and bits(to) <= bits(kind):
            yield spot(
                cast,
                f"{brief(file, cast)}: the upper half of `{kind}` becomes negative; a loss if "
                f"`{name}` can be so large, or carries a marker such as `{kind}::MAX`.",
            )


def _nearest(file: RustFile) -> Iterator[Spot]:
    for call in file.method_calls.get("round", ()):
        receiver = receiver_of(call)
        if (
            receiver is None
            or arguments_of(call)
            or receiver.end_byte - receiver.start_byte > _LONGEST
        ):
            continue
        name = money_name(last_name(file, node) for node in walk(receiver))
        place = file.function_of(call)
        function = set(split(place.item.name)) if place is not None else set()
        # Prices that are read are rounded to their tick; those of orders have a side.
        if name and (_PRICES.isdisjoint(split(name)) or function & _BY_SIDE):
            yield spot(
                name_of_call(call),
                f"`{name}` is rounded to the nearest: a loss if an order may not go over it (more "
                "sold than held, a buy above its limit) or if a fee is to be rounded up.",
            )


HINTS = (
    HintRule(
        id="A14",
        title="A cast between signed and unsigned money",
        category=Category.MONEY_ARITHMETIC,
        chance=0.3,
        why=(
            "`as` keeps the bits and changes what they mean: -1 becomes the largest number there "
            "is. Harmless while the value stays small and positive, which a position does not."
        ),
        needs=(" as ",),
        example="""\
fn margin(position: i64, rate: u64) -> u64 {
    position as u64 * rate
}
""",
        counter_example="""\
fn margin(position: i64, rate: u64) -> u64 {
    position.unsigned_abs() * rate
}
""",
        find=_sign,
    ),
    HintRule(
        id="A17",
        title="Money is rounded to the nearest",
        category=Category.MONEY_ARITHMETIC,
        chance=0.2,
        why=(
            "Half of all values are rounded up. A quantity rounded up can be more than is held, a "
            "price rounded up more than the buyer's limit; the right direction depends on the side."
        ),
        needs=(".round()",),
        example="""\
fn order_lots(qty: f64, lot: f64) -> i64 {
    (qty / lot).round() as i64
}
""",
        counter_example="""\
fn order_lots(qty: f64, lot: f64) -> i64 {
    (qty / lot).floor() as i64
}
""",
        find=_nearest,
    ),
)
