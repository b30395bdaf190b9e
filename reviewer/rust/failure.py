"""Which code runs only when something failed."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tree_sitter import Node

from reviewer.rust.chain import called
from reviewer.rust.file import RustFile, method_name

AROUND = ("call_expression", "match_arm", "if_expression")
"""Nodes around a place that can say so."""
_ERROR_ARM = re.compile(r"\(?\s*(?:Some\s*\(\s*)?Err\s*\(")
_LET_ERROR = re.compile(r"let\s+Err\s*\(")


def runs_on_failure(
    file: RustFile, node: Node, around: Iterable[Node], calls: frozenset[str]
) -> bool:
    """Whether a node stands in an arm or branch for `Err`, or is given to one of these calls."""
    for outer in around:
        if outer.type == "call_expression":
            name = method_name(file, outer) or called(file, outer)
            if name in calls and _holds(outer.child_by_field_name("arguments"), node):
                return True
        elif outer.type == "match_arm":
            pattern = outer.child_by_field_name("pattern")
            if pattern is not None and _ERROR_ARM.match(file.code(pattern, 100)):
                return True
        elif outer.type == "if_expression":
            condition = outer.child_by_field_name("condition")
            text = file.code(condition, 100) if condition is not None else ""
            taken = outer.child_by_field_name("consequence")
            if _LET_ERROR.match(text) and _holds(taken, node):
                return True
    return False


def _holds(outer: Node | None, node: Node) -> bool:
    return (
        outer is not None
        and outer.start_byte <= node.start_byte
        and node.end_byte <= outer.end_byte
    )
