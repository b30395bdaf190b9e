"""The unit of an expression, with conversions followed."""

from __future__ import annotations

import re
from dataclasses import replace

from tree_sitter import Node

from reviewer.facts.units import (
    BASIS_POINTS,
    CLOCK,
    FRACTION,
    LOTS,
    MICROSECONDS,
    MILLISECONDS,
    NANOSECONDS,
    NOTIONAL,
    PERCENT,
    PRICE,
    QUANTITY,
    SECONDS,
    TICKS,
    Family,
    Unit,
    unit_of_name,
    unit_of_result,
)
from reviewer.rust.chain import arguments_of, called, inner_expression, last_name, receiver_of
from reviewer.rust.file import RustFile, method_name
from reviewer.rust.index import Index
from reviewer.rust.typed import FLOATS, INTEGERS, owner_of, type_of

_THROUGH = frozenset(
    {"parenthesized_expression", "try_expression", "await_expression", "reference_expression"}
    | {"unary_expression", "type_cast_expression"}
)
_SAME_UNIT = frozenset(
    {"abs", "ceil", "clamp", "clone", "cloned", "copied", "expect", "floor", "into", "max", "min"}
    | {"ok", "round", "saturating_add", "saturating_sub", "to_owned", "trunc", "try_into"}
    | {"unwrap", "unwrap_or", "unwrap_or_default", "wrapping_add", "wrapping_sub", "checked_add"}
    | {"checked_sub", "abs_diff", "as_ref", "deref", "load", "get", "unsigned_abs", "as_f64"}
)
_KNOWN_METHODS = {
    "as_nanos": NANOSECONDS,
    "as_micros": MICROSECONDS,
    "as_millis": MILLISECONDS,
    "as_secs": SECONDS,
    "as_secs_f64": SECONDS,
    "as_secs_f32": SECONDS,
    "num_nanoseconds": NANOSECONDS,
    "num_microseconds": MICROSECONDS,
    "num_milliseconds": MILLISECONDS,
    "num_seconds": SECONDS,
    "timestamp_nanos": NANOSECONDS,
    "timestamp_nanos_opt": NANOSECONDS,
    "timestamp_micros": MICROSECONDS,
    "timestamp_millis": MILLISECONDS,
}
"""Methods of the standard library's and chrono's times."""
_THOUSANDS = {1_000: 1, 1_000_000: 2, 1_000_000_000: 3}
_LITERAL = re.compile(
    r"(\d[\d_]*(?:\.0*)?(?:[eE]\d{1,2})?)_?(?:[iu](?:8|16|32|64|128|size)|f(?:32|64))?\Z"
)
_FACTOR = re.compile(r"([A-Z]+)S?_(?:PER|IN)(?:_A|_ONE)?_([A-Z]+)\Z")
_PRODUCTS = {
    frozenset({"price", "quantity"}): NOTIONAL,
    frozenset({"price ticks", "lots"}): NOTIONAL,
    frozenset({"price", "lots"}): NOTIONAL,
    frozenset({"price ticks", "quantity"}): NOTIONAL,
}
_DEEPEST = 10
_LONGEST = 400
"""Bytes of an expression that is read."""
NUMBERS = INTEGERS | FLOATS | {"Decimal", "U256", "I256", "BigInt", "AtomicU64", "AtomicI64"}
"""Types that do not say what they count, so that the name has to."""


class Reader:
    """Reads the units of one file's expressions; `index` knows the fields of other files."""

    def __init__(self, file: RustFile, index: Index) -> None:
        self.file = file
        self._index = index
        self._fields: dict[tuple[str, str], str] = {}

    def field_type(self, owner: str, field: str) -> str:
        """The stated type of a struct's field; empty if it is not known."""
        key = owner, field
        if key not in self._fields:
            # The file's own struct first: another crate may have one of that name.
            own = self.file.owned_types.get(key, "")
            self._fields[key] = own or self._index.field_type(owner, field)
        return self._fields[key]

    def unit(self, node: Node, depth: int = 0) -> Unit | None:
        """The unit of an expression; None where nothing says it."""
        if depth > _DEEPEST or node.end_byte - node.start_byte > _LONGEST:
            return None
        if node.type in _THROUGH:
            inner = (
                node.child_by_field_name("value")
                if node.type == "type_cast_expression"
                else inner_expression(node)
            )
            return self.unit(inner, depth + 1) if inner is not None else None
        if node.type == "binary_expression":
            return self._of_binary(node, depth)
        if node.type == "call_expression":
            return self._of_call(node, depth)
        if node.type in ("identifier", "scoped_identifier", "field_expression", "index_expression"):
            return self._of_name(node)
        return None

    def type(self, node: Node, depth: int = 0) -> str:
        """The bare name of the type, by this file or by the fields of the repository."""
        found = type_of(self.file, node)
        if found or depth > _DEEPEST:
            return found
        if node.type in _THROUGH and node.type != "type_cast_expression":
            inner = inner_expression(node)
            return self.type(inner, depth + 1) if inner is not None else ""
        if node.type != "field_expression":
            return ""
        value, field = node.child_by_field_name("value"), node.child_by_field_name("field")
        if value is None or field is None:
            return ""
        file = self.file
        owner = owner_of(file, node) if value.type == "self" else self.type(value, depth + 1)
        stated = self.field_type(owner, file.code(field, 100)) if owner else ""
        return stated.rpartition("::")[2] if re.fullmatch(r"[\w:]*", stated) else ""

    def is_of_own_type(self, node: Node) -> bool:
        """Whether it has a stated type that is no number: a newtype, a struct, a duration."""
        stated = self.type(node)
        return bool(stated) and stated not in NUMBERS

    def _of_name(self, node: Node) -> Unit | None:
        file = self.file
        if node.type == "scoped_identifier":
            return unit_of_name(file.code(node, 200).rpartition("::")[2])
        if node.type == "field_expression":
            field = node.child_by_field_name("field")
            value = node.child_by_field_name("value")
            if field is not None and field.type == "integer_literal":
                # `price.0`: what the newtype wraps has the unit that the type is named for.
                return _of_type(self.type(value)) if value is not None else None
        stated = self.type(node)
        if stated and stated not in NUMBERS:
            return _of_type(stated)
        return unit_of_name(last_name(file, node))

    def _of_call(self, node: Node, depth: int) -> Unit | None:
        method = method_name(self.file, node)
        if not method:
            name = called(self.file, node).rpartition("::")[2]
            if name == "from" and len(arguments_of(node)) == 1:
                return self.unit(arguments_of(node)[0], depth + 1)
            return unit_of_result(name) if not name.startswith("from_") else None
        if method in _KNOWN_METHODS:
            return _KNOWN_METHODS[method]
        if method in _SAME_UNIT:
            receiver = receiver_of(node)
            return self.unit(receiver, depth + 1) if receiver is not None else None
        found = unit_of_result(method)
        return found if found and (not arguments_of(node) or "to" in method) else None

    def _of_binary(self, node: Node, depth: int) -> Unit | None:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        operator = node.child_by_field_name("operator")
        if left is None or right is None or operator is None:
            return None
        sign = operator.type
        if sign == "%":
            return self.unit(left, depth + 1)
        first, second = self.unit(left, depth + 1), self.unit(right, depth + 1)
        if sign in ("+", "-"):
            if first and second:
                return first if first.name == second.name else None
            either = first or second
            return replace(either, explicit=False) if either else None
        if sign == "*":
            return (
                self._scaled(first, right, up=True)
                or self._scaled(second, left, up=True)
                or _product(first, second)
            )
        if sign == "/":
            return self._scaled(first, right, up=False) or _quotient(first, second)
        return None

    def _scaled(self, unit: Unit | None, factor: Node, *, up: bool) -> Unit | None:
        """A time or a share by a factor that changes its unit."""
        text = self.file.code(factor, 100).strip("()")
        number = _number(text)
        if number is not None and unit is not None:
            if unit.family is Family.TIME and number in _THOUSANDS:
                return _moved(unit, _THOUSANDS[number] * (-1 if up else 1))
            return _share_scaled(unit, number, up=up)
        named = _FACTOR.search(text.rpartition("::")[2])
        if named is None:
            return None
        small, large = _clock_word(named[1]), _clock_word(named[2])
        if small is None or large is None:
            return None
        # A number with no unit of its own is in the one that the factor turns it from.
        before, after = (large, small) if up else (small, large)
        return after if unit is None or unit.name == before.name else None


def counts(stated: str) -> bool:
    """Whether a type is a bare number, or not known."""
    return not stated or stated.rpartition("::")[2] in NUMBERS


def _of_type(name: str) -> Unit | None:
    found = unit_of_name(name)
    return replace(found, explicit=True) if found else None


def _number(text: str) -> int | None:
    literal = _LITERAL.match(text)
    if literal is None:
        return None
    value = float(literal[1].replace("_", ""))
    return int(value) if value == int(value) else None


def _moved(unit: Unit, steps: int) -> Unit | None:
    at = [known.name for known in CLOCK].index(unit.name) + steps
    return CLOCK[at] if 0 <= at < len(CLOCK) else None


def _share_scaled(unit: Unit, number: int, *, up: bool) -> Unit | None:
    ways = {
        (BASIS_POINTS.name, 100, False): PERCENT,
        (BASIS_POINTS.name, 10_000, False): FRACTION,
        (PERCENT.name, 100, False): FRACTION,
        (PERCENT.name, 100, True): BASIS_POINTS,
        (FRACTION.name, 100, True): PERCENT,
        (FRACTION.name, 10_000, True): BASIS_POINTS,
    }
    return ways.get((unit.name, number, up))


def _clock_word(word: str) -> Unit | None:
    found = unit_of_name(f"time_{word.lower()}s" if word == "SECOND" else f"time_{word.lower()}")
    return found if found in CLOCK else None


def _product(first: Unit | None, second: Unit | None) -> Unit | None:
    if first is None or second is None:
        return None
    return _PRODUCTS.get(frozenset({first.name, second.name}))


def _quotient(first: Unit | None, second: Unit | None) -> Unit | None:
    if first is None or second is None or first.name != NOTIONAL.name:
        return None
    return {PRICE.name: QUANTITY, QUANTITY.name: PRICE, TICKS.name: LOTS, LOTS.name: TICKS}.get(
        second.name
    )
