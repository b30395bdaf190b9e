"""Reading the calls of a file out of its tree."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tree_sitter import Node

from reviewer.rust.file import RustFile
from reviewer.rust.file_index import Call
from reviewer.rust.grammar import COMMENTS
from reviewer.rust.places import Places
from reviewer.rust.token_calls import calls_in_tokens

CALLS = "(call_expression function: (_) @call) (macro_invocation) @macro"
_OWNER, _CALLED = 80, 300
_MACRO_BODY = 200_000
_MARKED = 300
"""Bytes of arguments in which a comment or an attribute is looked for by its sign."""
_PLAIN_MACRO = re.compile(rb"((?:[A-Za-z_]\w{0,60}::){0,2})([A-Za-z_]\w{0,60})!\s?(?=[(\[{])")

_Found = tuple[int, str, str, str, int]
"""First byte of the name, kind, owner and name; how many arguments are given, or -1."""
_Called = tuple[int, str, str, str]
"""Bytes from the name to the end, kind, owner and name."""


def read_calls(
    file: RustFile, places: Places, captured: Mapping[str, list[Node]], strings: dict[str, str]
) -> tuple[Call, ...]:
    """The calls, out of captures of `CALLS`, in source order; equal `strings` are kept once."""
    source = file.source
    found: list[_Found] = []
    # Much is called more than once in a file, so what is written there is read once.
    known: dict[bytes, _Called] = {}
    bodies: dict[tuple[str, bytes], list[_Called]] = {}
    for node in captured.get("call", ()):
        start, end = node.start_byte, node.end_byte
        if end - start > _CALLED:
            back, kind, owner, name = _long(source, start, end)
        else:
            written = source[start:end]
            if written not in known:
                known[written] = _called(written)
            back, kind, owner, name = known[written]
        if name:
            found.append((end - back, kind, owner, name, _given(source, end, node)))
    for node in captured.get("macro", ()):
        found.extend(_macro(source, node, bodies))
    found.sort()
    kept = strings.setdefault
    path, line, function = file.path, places.line, places.function
    return tuple(
        Call(path, line(at), kept(name, name), kind, kept(owner, owner), function(at), given)
        for at, kind, owner, name, given in found
    )


def _given(source: bytes, end: int, function: Node) -> int:
    """How many arguments stand behind a function's name; -1 where that cannot be told."""
    if source[end : end + 2] == b"()":
        return 0
    arguments = function.next_named_sibling
    if arguments is None or arguments.type != "arguments" or arguments.has_error:
        return -1
    count = arguments.named_child_count
    text = source[arguments.start_byte : min(arguments.end_byte, arguments.start_byte + _MARKED)]
    if b"/" not in text and b"#" not in text and len(text) < _MARKED:
        return count
    kinds = [child.type for child in arguments.named_children]
    return -1 if "attribute_item" in kinds else sum(kind not in COMMENTS for kind in kinds)


def _called(written: bytes) -> _Called:
    """What is called, with the bytes from its name to the end; no name where it has none."""
    text = written.decode("utf-8", "replace")
    kind, owner, name = _parts(text.strip())
    back = len(text[text.rfind(name) :].encode())
    if kind == "method":
        owner = _receiver(written[: max(len(written) - back, 0)])
    return back, kind, owner, name


def _long(source: bytes, start: int, end: int) -> _Called:
    """The same of what is too long to be read whole: its end says what, its beginning on what."""
    back, kind, owner, name = _called(source[end - _CALLED : end])
    if kind == "method":
        before = end - back
        owner = (
            _receiver(source[start:before])
            if before <= start + 4 * _OWNER
            else _shown(source[start : start + 4 * _OWNER].decode("utf-8", "replace"))
        )
    return back, kind, owner, name


def _receiver(written: bytes) -> str:
    return _shown(written.decode("utf-8", "replace").rstrip().removesuffix(".").rstrip())


def _shown(text: str) -> str:
    return text if len(text) <= _OWNER else text[:_OWNER] + "…"


def _macro(
    source: bytes, node: Node, bodies: dict[tuple[str, bytes], list[_Called]]
) -> Iterator[_Found]:
    start, end = node.start_byte, node.end_byte
    plain = _PLAIN_MACRO.match(source, start, end)
    if plain is not None and not node.has_error:
        owner, name = plain[1][:-2].decode(), plain[2].decode()
        first = plain.end()
    else:
        named = node.child_by_field_name("macro")
        body = node.child(node.child_count - 1)
        if named is None or named.has_error or body is None or body.type != "token_tree":
            return
        text = source[named.start_byte : min(named.end_byte, named.start_byte + 200)]
        owner, _, name = "".join(text.decode("utf-8", "replace").split()).rpartition("::")
        first, end = body.start_byte, body.end_byte
        # A path may stand on more than one line; the call is where its last part is.
        start = (named.child_by_field_name("name") or named).start_byte
    text = source[first : min(end, first + _MACRO_BODY)]
    yield start, "macro", owner, name, -1
    inside = bodies.get((name, text))
    if inside is None:
        inside = bodies[name, text] = _inside(name, text)
    for place, kind, before, called in inside:
        yield first + place, kind, before, called, -1


def _inside(macro: str, body: bytes) -> list[_Called]:
    """The calls in a macro's body, by their places in it."""
    shown = body.decode("utf-8", "replace")
    one_byte_each = len(shown) == len(body)
    return [
        (at if one_byte_each else len(shown[:at].encode()), kind, before, called)
        for at, kind, before, called in calls_in_tokens(macro, shown)
    ]


def _parts(text: str) -> tuple[str, str, str]:
    """Kind, owner and name of what is called; no name where it is no name that is called."""
    if text.endswith(">"):
        text = _without_turbofish(text)
    head, dot, name = text.rpartition(".")
    path, colons, last = text.rpartition("::")
    if colons and len(last) < len(name) + 1:
        return ("function", "".join(path.split()), last.strip()) if _name(last) else ("", "", "")
    if dot:
        return ("method", head, name.strip()) if _name(name) else ("", "", "")
    return ("function", "", text) if _name(text) else ("", "", "")


def _name(text: str) -> bool:
    return text.strip().removeprefix("r#").isidentifier()


def _without_turbofish(text: str) -> str:
    depth = 0
    for at in range(len(text) - 1, -1, -1):
        if text[at] == ">" and text[at - 1] not in "-=":
            depth += 1
        elif text[at] == "<":
            depth -= 1
            if depth == 0:
                return text[:at].rstrip().removesuffix("::").rstrip()
    return ""
