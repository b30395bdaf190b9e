"""Products of prices and quantities held against the type that they are made in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from reviewer.facts.change import Profile
from reviewer.facts.units import LOTS, PRICE, QUANTITY, TICKS
from reviewer.facts.units_expression import Reader
from reviewer.rust.chain import bare
from reviewer.rust.file import RustFile
from reviewer.rust.index import Index
from reviewer.rust.typed import INTEGERS, SIGNED, bits

_PRICES = frozenset({PRICE.name, TICKS.name})
_QUANTITIES = frozenset({QUANTITY.name, LOTS.name})
_LONGEST = 400
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Worst:
    """The largest product that the configuration allows, and the sentence part that says so."""

    value: int
    words: str


@dataclass(frozen=True, slots=True)
class Product:
    """A price times a quantity in an integer type. `worst` is None without known maxima."""

    line: int
    expression: str
    integer: str
    worst: Worst | None

    @property
    def most(self) -> int:
        """The largest value of the type."""
        return largest(self.integer)

    @property
    def beyond(self) -> Worst | None:
        """What leaves the type, where the configured maxima alone do."""
        return self.worst if self.worst is not None and self.worst.value > self.most else None


def largest(integer: str) -> int:
    """The largest value of an integer type."""
    return int(2 ** (bits(integer) - (integer in SIGNED)) - 1)


def products(
    file: RustFile, index: Index, added: frozenset[int], profile: Profile
) -> Iterator[Product]:
    """The products on added lines of code that is no test, one a line."""
    reader = Reader(file, index)
    seen: set[int] = set()
    for node in file.nodes("binary_expression"):
        line = node.end_point.row + 1
        if line not in added or line in seen or node.end_byte - node.start_byte > _LONGEST:
            continue
        factors = _factors(reader, node)
        if factors is None or file.in_test(line):
            continue
        integer = reader.type(factors[0]) or reader.type(factors[1])
        if integer in INTEGERS:
            seen.add(line)
            text = " ".join(file.code(node, 2 * _SHOWN).split())
            yield Product(line, text[:_SHOWN], integer, _worst(profile))


def _factors(reader: Reader, node: Node) -> tuple[Node, Node] | None:
    operator = node.child_by_field_name("operator")
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if operator is None or operator.type != "*" or left is None or right is None:
        return None
    units = reader.unit(left), reader.unit(right)
    if units[0] is None or units[1] is None:
        return None
    names = {units[0].name, units[1].name}
    if names.isdisjoint(_PRICES) or names.isdisjoint(_QUANTITIES):
        return None
    return bare(left), bare(right)


def _worst(profile: Profile) -> Worst | None:
    price, quantity, notional = profile.max_price, profile.max_quantity, profile.max_notional
    if price is not None and quantity is not None:
        # Even where a smaller notional is stated: the check that holds it makes the product first.
        worst = price * quantity
        said = f"largest price {price:,} times the largest quantity {quantity:,} is {worst:,}"
        return Worst(worst, said)
    return None if notional is None else Worst(notional, f"largest notional is {notional:,}")
