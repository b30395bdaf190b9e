"""What stands behind `unwrap_or(0)` and its like: what was read, and what keeps the result."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from tree_sitter import Node

from reviewer.rust.chain import Chain, arguments_of, called, chain_of, last_name, walk
from reviewer.rust.file import RustFile, method_name

FALLBACKS = ("unwrap_or", "unwrap_or_default", "unwrap_or_else")
_PARSERS = frozenset(
    {"parse", "from_str", "from_str_exact", "from_scientific", "parse_partial", "from_str_radix"}
)
_PASSING = frozenset(
    {"ok", "map", "and_then", "map_err", "filter", "copied", "cloned", "flatten", "inspect_err"}
    | {"transpose", "or_else"}
)
"""Steps between the parse and the fallback that leave a failure a failure."""
_OPENING = frozenset({"map", "and_then", "filter_map", "map_or"})
_ADAPTERS = _OPENING | {"flat_map", "for_each", "fold", "collect", "sum", "max", "min", "unwrap"}
_ZERO = re.compile(
    r"(?:0+(?:\.0*)?(?:_?[iuf]\d+|_?usize)?|(?:\w+::)*ZERO|(?:\w+::)*default\(\)"
    r"|(?:\w+::)*zero\(\)|dec!\(0(?:\.0+)?\)|(?:\w+::)*(?:new|from)\(0(?:,\s*\d+)?\))\Z"
)
_TARGETS = {
    "expression_statement": "",
    "let_declaration": "pattern",
    "field_initializer": "field",
    "assignment_expression": "left",
    "function_item": "name",
    "call_expression": "",
}
"""What can keep the result, and which part of it is the name."""
_SETTLED = re.compile(rb"\s*(?:\?|\.\s*(?:unwrap|expect)\b)")
"""What leaves no failed parse to fall back from."""
_NEXT = 200
_NEAR = 64
"""Nodes around a fallback that are looked through; each call of its chain is one."""


def gives_zero(file: RustFile, call: Node) -> bool:
    """Whether a fallback answers with zero."""
    if method_name(file, call) == "unwrap_or_default":
        return True
    arguments = arguments_of(call)
    return len(arguments) == 1 and is_zero(file, arguments[0])


def is_zero(file: RustFile, value: Node | None) -> bool:
    """Whether a value, what a closure gives, or the end of a block is zero."""
    if value is not None and value.type == "closure_expression":
        value = value.child_by_field_name("body")
    if value is not None and value.type == "block":
        value = value.named_children[-1] if value.named_children else None
    return value is not None and bool(_ZERO.match(file.code(value)))


def parses(file: RustFile, chain: Chain) -> bool:
    """Whether what falls back is the result of a parse."""
    return is_parsed(file, Chain(chain.root, chain.links[:-1]))


def is_parsed(file: RustFile, chain: Chain) -> bool:
    """Whether a chain ends as the result of a parse."""
    for link in reversed(chain.links):
        if link.name in _PARSERS:
            return True
        if link.name in _OPENING and _parses_inside(file, link.call):
            return True
        if link.name not in _PASSING:
            return False
    return _calls_parser(file, chain.root)


def _parses_inside(file: RustFile, call: Node) -> bool:
    """Whether a closure or path given to `and_then` parses: `|s| s.parse().ok()`."""
    calls = (node for argument in arguments_of(call) for node in walk(argument))
    return any(
        node.type == "call_expression"
        and (_calls_parser(file, node) or chain_of(file, node).names[-1:] == ("parse",))
        and not _SETTLED.match(file.source[node.end_byte : node.end_byte + _NEXT])
        for node in calls
    )


def _calls_parser(file: RustFile, node: Node) -> bool:
    """`Decimal::from_str(text)` and its like."""
    path, _, name = called(file, node).rpartition("::")
    return bool(path) and name in _PARSERS


def source_names(file: RustFile, chain: Chain) -> Iterator[str]:
    """What is parsed: `price` of `msg.price`, of `row.get("price")`, of `from_str(price)`."""
    yield last_name(file, chain.root)
    roots = [chain.root, *(link.call for link in chain.links[:-1])]
    for node in roots:
        if node.type == "call_expression":
            for argument in arguments_of(node):
                text = file.code(argument)
                yield text.strip('"') if argument.type == "string_literal" else ""
                yield last_name(file, argument)
        elif node.type == "index_expression":
            yield file.code(node.named_children[-1]).strip('"')
    yield from chain.names


def target_name(file: RustFile, call: Node) -> str:
    """What the result is kept as: a variable, a field, or the function that returns it."""
    for around in islice(file.around(call, *_TARGETS), _NEAR):
        if around.type == "call_expression":
            if around.start_byte == call.start_byte or _hands_on(file, around):
                continue
            return ""  # an argument: what it is called stands elsewhere
        named = around.child_by_field_name(_TARGETS[around.type] or "name")
        if named is None:
            return ""
        return last_name(file, named) or file.code(named)
    return ""


def _hands_on(file: RustFile, call: Node) -> bool:
    """`Ok(..)`, and `map(..)` with a closure that makes one of many."""
    function = call.child_by_field_name("function")
    wrapped = function is not None and file.code(function) in ("Ok", "Some")
    return wrapped or method_name(file, call) in _ADAPTERS
