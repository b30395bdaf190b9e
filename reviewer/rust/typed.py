"""The type of an expression, as far as the file itself states it."""

from __future__ import annotations

import re

from tree_sitter import Node

from reviewer.rust.chain import bare, inner_expression, receiver_of
from reviewer.rust.file import RustFile, method_name

UNSIGNED: frozenset[str] = frozenset({"u8", "u16", "u32", "u64", "u128", "usize"})
SIGNED: frozenset[str] = frozenset({"i8", "i16", "i32", "i64", "i128", "isize"})
INTEGERS: frozenset[str] = UNSIGNED | SIGNED
FLOATS: frozenset[str] = frozenset({"f32", "f64"})

_REFERENCE = re.compile(r"\A(?:&\s*)+(?:'\w+\s+)?(?:mut\s+)?")
_NAME = re.compile(r"(?:\w+::)*(\w+)(?:\s*<.*>)?\Z", re.DOTALL)
_CAST = re.compile(r"[\w.()\[\]&: ]* as (\w+)\Z")
_LITERAL = re.compile(r"-?\d[\d_]*(?:\.[\d_]*)?(?:[eE][-+]?\d+)?_?([iuf](?:8|16|32|64|128|size))\Z")
_FLOAT_LITERAL = re.compile(r"-?\d[\d_]*(?:\.[\d_]*(?:[eE][-+]?\d+)?|[eE][-+]?\d+)\Z")
_SAME = frozenset({"abs", "min", "max", "clone", "clamp", "pow", "powi", "sqrt", "floor", "round"})
_ARITHMETIC = frozenset({"+", "-", "*", "/", "%", "&", "|", "^"})
_DEEPEST = 12
_ALIASES = 3


def type_of(file: RustFile, node: Node, depth: int = 0) -> str:
    """The bare name of the type (`u64`, `Order`), without reference; empty if it is not stated."""
    node = bare(node)
    if depth > _DEEPEST:
        return ""
    if node.type == "identifier":
        return _agreed(file, file.local_types(file.code(node), node))
    if node.type == "field_expression":
        return _of_field(file, node, depth)
    if node.type == "type_cast_expression":
        stated = node.child_by_field_name("type")
        return _plain(file, file.code(stated)) if stated is not None else ""
    if node.type in ("integer_literal", "float_literal"):
        return _of_value(file.code(node))
    if node.type == "unary_expression":
        inner = inner_expression(node)
        return type_of(file, inner, depth + 1) if inner is not None else ""
    if node.type == "binary_expression":
        return _of_binary(file, node, depth)
    if node.type == "call_expression":
        return _of_call(file, node, depth)
    return ""


def owner_of(file: RustFile, node: Node) -> str:
    """The type whose `impl` a node stands in."""
    for item in reversed(file.items_around(node.start_point.row + 1)):
        if item.kind == "impl":
            return _bare_name(item.name.removeprefix("impl ").rpartition(" for ")[2])
    return ""


def _of_field(file: RustFile, node: Node, depth: int) -> str:
    value, field = node.child_by_field_name("value"), node.child_by_field_name("field")
    if value is None or field is None:
        return ""
    owner = owner_of(file, node) if value.type == "self" else type_of(file, value, depth + 1)
    stated = file.owned_types.get((owner, file.code(field)), "") if owner else ""
    return _plain(file, stated)


def _of_binary(file: RustFile, node: Node, depth: int) -> str:
    operator = node.child_by_field_name("operator")
    if operator is None or file.code(operator) not in _ARITHMETIC:
        return ""
    sides = (node.child_by_field_name("left"), node.child_by_field_name("right"))
    found = {type_of(file, side, depth + 4) for side in sides if side is not None} - {""}
    return found.pop() if len(found) == 1 and found <= INTEGERS | FLOATS else ""


def _of_call(file: RustFile, node: Node, depth: int) -> str:
    name, receiver = method_name(file, node), receiver_of(node)
    if name == "len":
        return "usize"
    if name not in _SAME or receiver is None:
        return ""
    found = type_of(file, receiver, depth + 1)
    return found if found in INTEGERS | FLOATS else ""


def _agreed(file: RustFile, stated: tuple[str, ...]) -> str:
    """The type, if everything that is stated says the same."""
    found = {_of_value(text) or _plain(file, text) for text in stated}
    return found.pop() if len(found) == 1 else ""


def _of_value(text: str) -> str:
    """The type of a value that says it: `0u64`, `1.5`, `qty as u32`."""
    literal = _LITERAL.match(text)
    if literal:
        return literal[1]
    if _FLOAT_LITERAL.match(text):
        return "f64"
    cast = _CAST.match(text)
    return cast[1] if cast else ""


def _plain(file: RustFile, text: str) -> str:
    name = _bare_name(text)
    for _ in range(_ALIASES):
        alias = file.owned_types.get((name, ""))
        if not alias:
            break
        name = _bare_name(alias)
    return name


def _bare_name(text: str) -> str:
    found = _NAME.match(_REFERENCE.sub("", text.strip()))
    return found[1] if found else ""


def bits(integer: str) -> int:
    """The width of an integer type; that of a pointer is taken as 64."""
    return 64 if integer.endswith("size") else int(integer[1:])
