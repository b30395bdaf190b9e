"""Code that does one thing for buys and another for sells: the two branches, side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from reviewer.rust.chain import inner_expression
from reviewer.rust.file import RustFile

_BUY = re.compile(r"(?:\w+::)*(?:Buy|Bid|Long|BUY|BID|LONG)\Z")
_SELL = re.compile(r"(?:\w+::)*(?:Sell|Ask|Short|Offer|SELL|ASK|SHORT)\Z")
_ASKS_SIDE = re.compile(
    r"!?\(?[\w.&*() ]*(?:side|direction)[\w.()]* *[=!]= *(?:\w+::)*"
    r"(?:Buy|Sell|Bid|Ask|Long|Short|BUY|SELL|BID|ASK)\)?\Z"
    r"|!?(?:\w+\.)*is_(?:buy|sell|bid|ask|long|short)(?:er)?(?:\(\))?\Z"
)
_ONE_SIDE = re.compile(r"\b(?:\w+::)+(?:(Buy|Bid|Long)|(Sell|Ask|Short))\b")
_LONGEST = 4_000
"""Bytes of a branch that is compared; a longer one is no copy that somebody forgot to change."""


@dataclass(frozen=True, slots=True)
class Branches:
    """What runs for one side and what runs for the other, in the order of the code."""

    first: Node
    second: Node
    whole: tuple[Node, Node]
    """The same with the conditions of their own, such as a guard of the arm."""
    guarded: bool = False


def branches_by_side(file: RustFile) -> Iterator[Branches]:
    """All places where the code branches on the side of an order."""
    for match in file.nodes("match_block"):
        found = _arms(file, match)
        if found is not None and _short(found):
            yield found
    for test in file.nodes("if_expression"):
        found = _if_else(file, test)
        if found is not None and _short(found):
            yield found
    for either in file.nodes("binary_expression"):
        found = _either(file, either)
        if found is not None:
            yield found


def _short(found: Branches) -> bool:
    return all(node.end_byte - node.start_byte <= _LONGEST for node in found.whole)


def _arms(file: RustFile, block: Node) -> Branches | None:
    """One arm for buys and one for sells, without values taken out of the pattern."""
    sides: dict[str, Node] = {}
    for arm in block.named_children:
        pattern = arm.child_by_field_name("pattern") if arm.type == "match_arm" else None
        if pattern is None or pattern.end_byte - pattern.start_byte > _LONGEST:
            continue
        named = pattern.named_children
        text = file.code(named[0], 100) if named else ""
        for side, words in (("buy", _BUY), ("sell", _SELL)):
            if words.match(text):
                if side in sides:
                    return None  # several cases of a side: not a plain pair
                sides[side] = arm
    if len(sides) != 2:
        return None
    first, second = sorted(sides.values(), key=lambda arm: arm.start_byte)
    values = first.child_by_field_name("value"), second.child_by_field_name("value")
    if values[0] is None or values[1] is None:
        return None
    patterns = (arm.child_by_field_name("pattern") for arm in (first, second))
    guarded = any(pattern is not None and pattern.named_child_count > 1 for pattern in patterns)
    return Branches(values[0], values[1], (first, second), guarded)


def _if_else(file: RustFile, test: Node) -> Branches | None:
    condition = test.child_by_field_name("condition")
    then, clause = (
        test.child_by_field_name("consequence"),
        test.child_by_field_name("alternative"),
    )
    otherwise = inner_expression(clause) if clause is not None else None
    if condition is None or then is None or otherwise is None or otherwise.type != "block":
        return None
    if not _ASKS_SIDE.match(file.code(condition, 200)):
        return None
    return Branches(then, otherwise, (then, otherwise))


def _either(file: RustFile, node: Node) -> Branches | None:
    """`(side == Buy && ..) || (side == Sell && ..)`."""
    operator = node.child_by_field_name("operator")
    if operator is None or operator.type != "||" or node.end_byte - node.start_byte > _LONGEST:
        return None
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return None
    named = [_ONE_SIDE.findall(file.code(side)) for side in (left, right)]
    if [len(names) for names in named] != [1, 1]:
        return None
    if bool(named[0][0][0]) == bool(named[1][0][0]):
        return None
    return Branches(left, right, (left, right), guarded=True)
