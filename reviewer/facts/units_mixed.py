"""Places where two unlike units meet: sums, comparisons, assignments, arguments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from reviewer.facts.units import (
    MICROSECONDS,
    MILLISECONDS,
    NANOSECONDS,
    SECONDS,
    Family,
    Unit,
    unit_of_name,
)
from reviewer.facts.units_arguments import Callees
from reviewer.facts.units_expression import Reader, counts
from reviewer.rust.chain import arguments_of, called, receiver_of
from reviewer.rust.file import RustFile, method_name
from reviewer.rust.repository import Repository

_SUMS = frozenset({"+", "-"})
_COMPARISONS = frozenset({"<", "<=", ">", ">=", "==", "!="})
_PAIRING = frozenset(
    {"min", "max", "cmp", "partial_cmp", "abs_diff", "saturating_sub", "saturating_add"}
    | {"checked_sub", "checked_add", "wrapping_sub", "wrapping_add"}
)
_ASSIGNING = {
    "compound_assignment_expr": ("left", "right"),
    "assignment_expression": ("left", "right"),
    "let_declaration": ("pattern", "value"),
    "field_initializer": ("field", "value"),
}
_CLOCK_ARGUMENTS = {
    "from_nanos": NANOSECONDS,
    "from_micros": MICROSECONDS,
    "from_millis": MILLISECONDS,
    "from_secs": SECONDS,
    "from_secs_f64": SECONDS,
    "from_secs_f32": SECONDS,
}
"""`Duration::from_millis(x)`: what the standard library takes."""
_ARGUMENTS = 12
"""Of a call that are looked at."""
_LONGEST = 1_000
"""Bytes of a statement or call that is read."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """Two expressions of unlike units that the code takes for one."""

    line: int
    """1-based, in the head file."""
    doing: str
    """`compared`, `added`, `assigned`, `passed`."""
    expression: str
    left: str
    right: str
    left_unit: Unit
    right_unit: Unit

    @property
    def is_proved(self) -> bool:
        """Both sides spell their unit out, and money is not concerned: no guess in it."""
        return (
            self.left_unit.explicit
            and self.right_unit.explicit
            and self.left_unit.family is not Family.AMOUNT
        )


def mixtures(file: RustFile, repository: Repository, added: frozenset[int]) -> list[Mixture]:
    """The places on added lines of code that is no test, one a line, in order."""
    reader = Reader(file, repository.index)
    callees = Callees(file, repository)
    by_line: dict[int, Mixture] = {}
    for found in _all(reader, callees, added):
        kept = by_line.get(found.line)
        if kept is None or (found.is_proved and not kept.is_proved):
            by_line[found.line] = found
    return [by_line[line] for line in sorted(by_line) if not file.in_test(line)]


def _all(reader: Reader, callees: Callees, added: frozenset[int]) -> Iterator[Mixture]:
    file = reader.file
    for node in file.nodes("binary_expression"):
        if _touches(node, added):
            yield from _binary(reader, node, added)
    for kind, (target, value) in _ASSIGNING.items():
        for node in file.nodes(kind):
            if _touches(node, added):
                yield from _assigned(reader, node, (target, value), added)
    for node in file.nodes("call_expression"):
        if _touches(node, added):
            yield from _paired(reader, node, added)
            yield from _arguments(reader, callees, node, added)


def _touches(node: Node, added: frozenset[int]) -> bool:
    if node.end_byte - node.start_byte > _LONGEST:
        return False
    return _line(node, added) > 0


def _binary(reader: Reader, node: Node, added: frozenset[int]) -> Iterator[Mixture]:
    operator = node.child_by_field_name("operator")
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if operator is None or left is None or right is None:
        return
    if operator.type in _SUMS | _COMPARISONS:
        doing = "added" if operator.type in _SUMS else "compared"
        units = reader.unit(left), reader.unit(right)
        yield from _meeting(reader, node, (left, right), units, doing, added)


def _assigned(
    reader: Reader, node: Node, names: tuple[str, str], added: frozenset[int]
) -> Iterator[Mixture]:
    target, value = (node.child_by_field_name(name) for name in names)
    if target is None or value is None:
        return
    doing = "assigned"
    if node.type == "compound_assignment_expr":
        operator = node.child_by_field_name("operator")
        if operator is None or operator.type not in ("+=", "-="):
            return
        doing = "added"
    if target.type in ("identifier", "field_identifier"):
        if not counts(_stated_for(reader, node, target)):
            return
        unit = unit_of_name(reader.file.code(target, 100))
    else:
        unit = reader.unit(target)
    yield from _meeting(reader, node, (target, value), (unit, reader.unit(value)), doing, added)


def _stated_for(reader: Reader, node: Node, target: Node) -> str:
    """The type that is stated for the name that is given a value."""
    if node.type == "let_declaration":
        declared = node.child_by_field_name("type")
        return reader.file.code(declared, 60) if declared is not None else ""
    if node.type == "field_initializer":
        whole = next(reader.file.around(node, "struct_expression"), None)
        name = whole.child_by_field_name("name") if whole is not None else None
        owner = reader.file.code(name, 100).rpartition("::")[2] if name is not None else ""
        return reader.field_type(owner, reader.file.code(target, 100))
    return reader.type(target)


def _paired(reader: Reader, node: Node, added: frozenset[int]) -> Iterator[Mixture]:
    """`deadline_ms.min(now_ns)`."""
    receiver, given = receiver_of(node), arguments_of(node)
    if method_name(reader.file, node) not in _PAIRING or receiver is None or len(given) != 1:
        return
    units = reader.unit(receiver), reader.unit(given[0])
    yield from _meeting(reader, node, (receiver, given[0]), units, "compared", added)


def _arguments(
    reader: Reader, callees: Callees, node: Node, added: frozenset[int]
) -> Iterator[Mixture]:
    file, given = reader.file, arguments_of(node)
    units = [(argument, reader.unit(argument)) for argument in given[:_ARGUMENTS]]
    if not any(unit for _, unit in units):
        return
    path = called(file, node)
    taken = _CLOCK_ARGUMENTS.get(path.rpartition("::")[2])
    if taken is not None and "Duration" in path and len(given) == 1:
        ways = (given[0], node)
        yield from _meeting(reader, node, ways, (units[0][1], taken), "passed", added)
        return
    names = callees.counted(node)
    if len(names) != len(given):
        return
    for (argument, unit), name in zip(units, names[:_ARGUMENTS], strict=True):
        wanted = unit_of_name(name)
        if unit is None or wanted is None or _is_told_elsewhere(unit, wanted):
            continue
        if unit.is_unlike(wanted) and _line(argument, added):
            yield Mixture(
                line=_line(argument, added),
                doing="passed",
                expression=_short(file, node),
                left=_short(file, argument),
                right=name,
                left_unit=unit,
                right_unit=wanted,
            )


def _is_told_elsewhere(one: Unit, other: Unit) -> bool:
    """Whether a value only gets another name: the `price` of a venue may be one in ticks."""
    return one.is_count or other.is_count


def _meeting(
    reader: Reader,
    node: Node,
    sides: tuple[Node, Node],
    units: tuple[Unit | None, Unit | None],
    doing: str,
    added: frozenset[int],
) -> Iterator[Mixture]:
    left, right = units
    if left is None or right is None or not left.is_unlike(right):
        return
    if doing == "assigned" and _is_told_elsewhere(left, right):
        return
    if doing != "passed" and any(map(reader.is_of_own_type, sides)):
        return  # the compiler lets only its own kind meet it
    file = reader.file
    line = _line(sides[1], added) or _line(sides[0], added)
    if line:
        yield Mixture(
            line, doing, _short(file, node), _short(file, sides[0]), _short(file, sides[1]),
            left, right,
        )  # fmt: skip


def _line(node: Node, added: frozenset[int]) -> int:
    """The last line of the node that was added; 0 if none was."""
    rows = range(node.end_point.row + 1, node.start_point.row, -1)
    return next((row for row in rows if row in added), 0)


def _short(file: RustFile, node: Node, most: int = 60) -> str:
    text = " ".join(file.code(node, 2 * most).split())
    return text if len(text) <= most else text[: most - 1] + "…"
