"""Macro bodies as code: `assert!(a as u32 == b)` hides its body in a token tree, this opens it.

Every known macro call is respelled as ordinary code of the same length (`assert (a as u32 == b)`
is a call), so that rows, columns and offsets of the whole file stay what they were. A respelling
that does not parse is taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from tree_sitter import Node, Tree

from reviewer.rust.grammar import Tangled, captures, parse

_LOGS = frozenset({"trace", "debug", "info", "warn", "error", "event", "log"})
_CALLS = frozenset(
    {"assert", "assert_eq", "assert_ne", "debug_assert", "debug_assert_eq", "debug_assert_ne"}
    | {"ensure", "bail", "anyhow", "require", "require_eq", "require_neq", "require_gt"}
    | {"require_gte", "validate", "format", "print", "println", "eprint", "eprintln", "write"}
    | {"writeln", "dbg", "join", "try_join", "try_join_all", "pin", "ready", "try", "msg"}
)
_SELECTS = frozenset({"select", "select_biased"})
_STREAMS = frozenset({"stream", "try_stream"})
OPENED = _LOGS | _CALLS | _SELECTS | _STREAMS | {"matches", "vec"}
"""Macros whose bodies are known to be code."""
_MACRO = "(macro_invocation) @macro"
_NESTING = 4
"""Macros inside macros are opened level by level; real code has two or three."""
_REPAIRS = 3

Edit = tuple[int, int, bytes]
"""Bytes [start, end) become a text of the same length."""


def opened(source: bytes) -> tuple[bytes, Tree]:
    """The source with its known macros respelled, and its tree.

    Raises Tangled if it cannot be read as written.
    """
    tree = parse(source)
    refused: set[int] = set()
    for _ in range(_NESTING):
        edits = {
            (call.start_byte, call.end_byte): list(_respell(source, call))
            for call in captures(tree.root_node, _MACRO).get("macro", ())
            if call.start_byte not in refused
        }
        edits = {call: changes for call, changes in edits.items() if changes}
        if not edits:
            break
        source, tree = _apply(source, tree, edits, refused)
    return source, tree


def _apply(
    source: bytes, tree: Tree, edits: dict[tuple[int, int], list[Edit]], refused: set[int]
) -> tuple[bytes, Tree]:
    """Respell all calls; take back those in which an error appears."""
    for _ in range(_REPAIRS):
        text = bytearray(source)
        for changes in edits.values():
            for start, end, new in changes:
                text[start:end] = new
        respelled = bytes(text)
        try:
            new_tree = parse(respelled)
        except Tangled:
            break  # as written it could be read
        if not new_tree.root_node.has_error:
            return respelled, new_tree
        bad = _overlapping(sorted(edits), _errors(new_tree))
        if not bad and tree.root_node.has_error:
            return respelled, new_tree  # the errors were there before
        if not bad:
            break
        refused.update(start for start, _ in bad)
        for call in bad:
            del edits[call]
    refused.update(start for start, _ in edits)
    return source, tree


def _errors(tree: Tree) -> Iterator[tuple[int, int]]:
    """The byte ranges of the innermost broken places, in order."""
    stack = [tree.root_node]
    while stack:
        node = stack.pop()
        inner = [child for child in node.children if child.has_error or child.is_missing]
        if node.is_error or node.is_missing or not inner:
            yield node.start_byte, max(node.end_byte, node.start_byte + 1)
        else:
            stack.extend(reversed(inner))


def _overlapping(
    calls: list[tuple[int, int]], errors: Iterable[tuple[int, int]]
) -> list[tuple[int, int]]:
    """The calls that touch an error. Calls of one level never overlap, so one pass does."""
    bad = []
    index = 0
    for start, end in errors:
        while index < len(calls) and calls[index][1] <= start:
            index += 1
        while index < len(calls) and calls[index][0] < end:
            bad.append(calls[index])
            index += 1
    return bad


def _respell(source: bytes, call: Node) -> Iterator[Edit]:
    name_node = call.child_by_field_name("macro")
    body = call.child(call.child_count - 1) if call.child_count else None
    if name_node is None or body is None or body.type != "token_tree":
        return
    name = source[name_node.start_byte : name_node.end_byte].rpartition(b"::")[2].decode()
    head = (name_node.start_byte, body.start_byte)
    bracket = source[body.start_byte : body.start_byte + 1]
    if bracket == b"(" and (name in _CALLS or name in _LOGS):
        bang = source.rindex(b"!", *head)
        yield bang, bang + 1, b" "
        if name in _LOGS:
            yield from _log_fields(body)
    elif bracket == b"(" and name == "matches":
        bang = source.rindex(b"!", *head)
        yield bang, bang + 1, b" "
        yield from _without_pattern(source, body)
    elif (bracket == b"[" and name == "vec") or (bracket == b"{" and name in _STREAMS):
        yield _blank(source, *head)
    elif bracket == b"{" and name in _SELECTS:
        yield _blank(source, *head)
        yield from _arms(source, body)


def _blank(source: bytes, start: int, end: int) -> Edit:
    """Spaces instead of code; line ends stay."""
    kept = bytes(byte if byte in b"\r\n" else 0x20 for byte in source[start:end])
    return start, end, kept


def _log_fields(body: Node) -> Iterator[Edit]:
    """`target: x` and the `?` and `%` before a field are no expressions: blank them."""
    before = ""
    tokens = body.children
    for token, following in pairwise(tokens):
        if before in ("(", ",", "=") and token.type in ("?", "%"):
            yield token.start_byte, token.end_byte, b" "
            continue
        if before in ("(", ",") and token.type == "identifier" and following.type == ":":
            size = following.end_byte - token.start_byte
            yield token.start_byte, following.end_byte, b" " * size
        before = "," if token.type == ":" else token.type


def _without_pattern(source: bytes, body: Node) -> Iterator[Edit]:
    comma = next((token for token in body.children if token.type == ","), None)
    if comma is not None:
        yield _blank(source, comma.start_byte, body.end_byte - 1)


def _arms(source: bytes, body: Node) -> Iterator[Edit]:
    """`pattern = future, if test => handler,` becomes `future; test; handler;`."""
    part, start = "pattern", body.start_byte + 1
    tokens = body.children[1:-1]
    for index, token in enumerate(tokens):
        kind = token.type
        if part == "pattern" and kind in ("=", "=>", ";"):
            yield _blank(source, start, token.end_byte)
            part = {"=": "future", "=>": "handler", ";": "pattern"}[kind]
            start = token.end_byte
        elif part == "future" and kind == ",":
            yield token.start_byte, token.end_byte, b";"
        elif part == "future" and kind == "if" and tokens[index - 1].type == ",":
            yield token.start_byte, token.end_byte, b"  "
        elif part == "future" and kind == "=>":
            yield token.start_byte, token.end_byte, b"; "
            part, start = "handler", token.end_byte
        elif part == "handler" and kind == ",":
            yield token.start_byte, token.end_byte, b";"
            part, start = "pattern", token.end_byte
        elif part == "handler" and _whole_block(source, start, tokens, index):
            part, start = "pattern", token.end_byte


def _whole_block(source: bytes, start: int, tokens: list[Node], index: int) -> bool:
    """Whether the handler is a bare block that no comma follows, as in `=> { .. } next = ..`."""
    token = tokens[index]
    if token.type != "token_tree" or source[token.start_byte : token.start_byte + 1] != b"{":
        return False
    if source[start : token.start_byte].strip():
        return False
    following = tokens[index + 1].type if index + 1 < len(tokens) else ","
    return following not in (",", ".", "?")
