"""Sums, differences, products and quotients of a file, taken apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from reviewer.detect.money import money_name
from reviewer.rust.chain import bare, last_name
from reviewer.rust.file import RustFile
from reviewer.rust.typed import INTEGERS, type_of

_FIXED = re.compile(r"-?[\d_.]+\w*\Z|(?:\w+::)*[A-Z][A-Z0-9_]*\Z")
_KINDS = ("binary_expression", "compound_assignment_expr")


@dataclass(frozen=True, slots=True)
class Operation:
    """`left sign right`, also where it is written `left sign= right`."""

    node: Node
    sign: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class MoneyOperation(Operation):
    """One with a money name in it. `kind` is the integer type of both sides, empty if unknown."""

    name: str
    kind: str


def operations(file: RustFile, signs: str) -> Iterator[Operation]:
    """The operations with one of the signs, each a single letter."""
    for kind in _KINDS:
        for node in file.nodes(kind):
            operator = node.child_by_field_name("operator")
            sign = operator.type.removesuffix("=") if operator is not None else ""
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if len(sign) == 1 and sign in signs and left is not None and right is not None:
                yield Operation(node, sign, bare(left), bare(right))


def money_operations(file: RustFile) -> tuple[MoneyOperation, ...]:
    """The operations in which an operand is named for money; ask through `file.once`."""
    return tuple(_with_money(file))


def _with_money(file: RustFile) -> Iterator[MoneyOperation]:
    for found in operations(file, "+-*/"):
        name = money_name(last_name(file, side) for side in (found.left, found.right))
        if name:
            yield MoneyOperation(*_parts(found), name, integer_of(file, found))


def integer_of(file: RustFile, found: Operation) -> str:
    """The integer type of an operation: one side states it and none states another."""
    stated = {
        type_of(file, side) for side in (found.left, found.right) if side.type != "integer_literal"
    }
    return stated.pop() if len(stated) == 1 and stated <= INTEGERS else ""


def is_fixed(file: RustFile, node: Node) -> bool:
    """Whether a side is a literal or a constant."""
    return bool(_FIXED.match(file.code(node, 100)))


def _parts(found: Operation) -> tuple[Node, str, Node, Node]:
    return found.node, found.sign, found.left, found.right
