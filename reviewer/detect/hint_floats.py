"""A1, A2, A3: floats that hold money, and floats compared for equality."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from reviewer.detect.hint_rule import HintRule, Spot, brief, spot
from reviewer.detect.money import is_money
from reviewer.finding import Category
from reviewer.rust.chain import bare
from reviewer.rust.file import RustFile
from reviewer.rust.typed import FLOATS, type_of

_FLOAT = re.compile(r"(?:&\s*(?:'\w+\s+)?(?:mut\s+)?)?(?:(?:Option|Vec)\s*<\s*)?f(?:32|64)\b")
_ZERO = re.compile(r"-?0*\.?0*(?:_?f(?:32|64))?\Z")
_EQUALITY = frozenset({"==", "!="})


def _fields(file: RustFile) -> Iterator[Spot]:
    for field in file.nodes("field_declaration"):
        name = _float_name(file, field, "name")
        if name:
            yield spot(
                field,
                f"Field `{name}` is a float: a loss if it is added up, compared for equality or "
                "used as a key; a decimal or integer ticks have no such error.",
            )


def _parameters(file: RustFile) -> Iterator[Spot]:
    for parameter in file.nodes("parameter"):
        name = _float_name(file, parameter, "pattern")
        if name:
            yield spot(
                parameter,
                f"Parameter `{name}` is a float: a loss if the function keeps it, adds it up or "
                "compares it for equality; NaN passes every check of a limit.",
            )


def _float_name(file: RustFile, node: Node, part: str) -> str:
    named, kind = node.child_by_field_name(part), node.child_by_field_name("type")
    if named is None or kind is None or not _FLOAT.match(file.code(kind, 100)):
        return ""
    name = file.code(named, 100)
    return name if is_money(name) else ""


def _equality(file: RustFile) -> Iterator[Spot]:
    for node in file.nodes("binary_expression"):
        operator = node.child_by_field_name("operator")
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if operator is None or left is None or right is None or operator.type not in _EQUALITY:
            continue
        sides = bare(left), bare(right)
        if any(_ZERO.match(file.code(side, 40)) for side in sides):
            continue  # zero is exact, and is set before it is compared
        if any(type_of(file, side) in FLOATS for side in sides):
            yield spot(
                node,
                f"{brief(file, node, 60)} compares floats exactly: a loss if one side was computed "
                "and not copied, for then equal prices differ in the last bit.",
            )


HINTS = (
    HintRule(
        id="A1",
        title="A field keeps money as a float",
        category=Category.MONEY_ARITHMETIC,
        chance=0.1,
        why=(
            "Whether a system keeps prices as floats is decided once. A new field is worth a look "
            "where the rest of the code keeps decimals or ticks."
        ),
        needs=("f64", "f32"),
        once_per_change="{count} new price or quantity field{s} of type float",
        example="""\
struct Fill { price: f64, qty: f64 }
""",
        counter_example="""\
struct Fill { price_ticks: i64, qty: Decimal }
""",
        find=_fields,
    ),
    HintRule(
        id="A2",
        title="A function takes money as a float",
        category=Category.MONEY_ARITHMETIC,
        chance=0.1,
        why=(
            "A float in a signature passes the choice on to every caller, and lets NaN through: "
            "`price > limit` is false for it, so it passes the check that was to stop it."
        ),
        needs=("f64", "f32"),
        once_per_change="{count} new price or quantity parameter{s} of type float",
        example="""\
fn check(price: f64, limit: Ticks) -> bool { allowed(price, limit) }
""",
        counter_example="""\
fn check(price: Ticks, limit: Ticks) -> bool { allowed(price, limit) }
""",
        find=_parameters,
    ),
    HintRule(
        id="A3",
        title="Floats are compared for equality",
        category=Category.MONEY_ARITHMETIC,
        chance=0.5,
        why=(
            "0.1 + 0.2 is not 0.3. Two prices that mean the same level compare as different when "
            "they were computed in different ways, so a level is not found and not removed."
        ),
        needs=("==", "!="),
        example="""\
fn same_level(price: f64, level: &Level) -> bool {
    price == level.price
}
""",
        counter_example="""\
fn same_level(price: f64, level: &Level, tick: f64) -> bool {
    (price - level.price).abs() < tick / 2.0
}
""",
        find=_equality,
    ),
)
