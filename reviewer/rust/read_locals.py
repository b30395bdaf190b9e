"""Reading what functions say of their locals out of a file's tree."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from tree_sitter import Node

from reviewer.rust.file import RustFile
from reviewer.rust.places import Places

LOCALS = "(let_declaration) @let (let_condition) @let (for_expression) @for"
_LONGEST = 200
_PLAIN_LET = re.compile(
    rb"let\s(?:mut\s)?((?:Some\(|Ok\()?(?:ref |&)?(?:mut )?[A-Za-z_]\w{0,90}\)?)"
    rb"\s?=\s?(?=[\w&*<(\"])"
)
"""A `let` without a type, whose value begins with no comment and no attribute."""
_ENDS_A_VALUE = re.compile(rb"[\w)\]>?\"]")

_Said = dict[tuple[str, str], tuple[tuple[int, str], ...]]


def read_locals(
    file: RustFile, places: Places, captured: Mapping[str, list[Node]], strings: dict[str, str]
) -> _Said:
    """See `FileIndex.locals`; out of the captures of `LOCALS`. `strings` keeps equal ones once."""
    source = file.source
    said: dict[tuple[str, str], list[tuple[int, int, int, str]]] = defaultdict(list)
    for order, (what, sign) in enumerate((("let", "= "), ("for", "in "))):
        for node in captured.get(what, ()):
            start = node.start_byte
            name, stated, value = _let(source, node, start, node.end_byte)
            if not name or not (stated or _may_say_a_type(value)):
                continue
            function = places.function(start)
            if function:
                text = f": {stated}" if stated else sign + value
                said[function, strings.setdefault(name, name)].append(
                    (places.line(start), order, start, strings.setdefault(text, text))
                )
    return {
        key: tuple((line, text) for line, _, _, text in sorted(texts))
        for key, texts in said.items()
    }


def _let(source: bytes, node: Node, start: int, end: int) -> tuple[str, str, str]:
    """The name, its type and, where none is stated, its value."""
    plain = _PLAIN_LET.match(source, start, end)
    if plain is not None and not node.has_error:
        last = end - 1 if source[end - 1 : end] == b";" else end
        if _ENDS_A_VALUE.match(source, last - 1, last):
            value = source[plain.end() : min(last, plain.end() + _LONGEST)]
            return _bound(plain[1].decode()), "", value.decode("utf-8", "replace")
    name = _bound(_field(source, node, "pattern"))
    stated = _field(source, node, "type") if name else ""
    return name, stated, "" if stated or not name else _field(source, node, "value")


def _field(source: bytes, node: Node, name: str) -> str:
    child = node.child_by_field_name(name)
    if child is None:
        return ""
    start = child.start_byte
    return source[start : min(child.end_byte, start + _LONGEST)].decode("utf-8", "replace")


def _bound(pattern: str) -> str:
    """The one name that a pattern binds: `x`, `mut x`, `Some(x)`, `Ok(mut x)`."""
    for wrapper in ("Some(", "Ok("):
        if pattern.startswith(wrapper):
            pattern = pattern.removeprefix(wrapper).removesuffix(")")
    pattern = pattern.removeprefix("ref ").removeprefix("&").removeprefix("mut ")
    return pattern if pattern.isidentifier() and pattern != "_" else ""


def _may_say_a_type(value: str) -> bool:
    return bool(value) and (value[0].isalpha() or value[0] in "&*_<(")
