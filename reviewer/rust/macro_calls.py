"""Calls of macros by name, whether their bodies could be opened or not."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from reviewer.rust.file import RustFile


def macro_calls(file: RustFile, names: frozenset[str]) -> Iterator[tuple[str, Node]]:
    """Calls of macros with one of the names, each with that name."""
    for kind in ("macro_invocation", "call_expression"):
        for call in file.nodes(kind):
            name = macro_name(file, call)
            if name in names:
                yield name, call


def macro_name(file: RustFile, node: Node) -> str:
    """`assert` of a call of that macro, opened or not; empty for all that is no macro call."""
    opened = node.type == "call_expression"
    target = node.child_by_field_name("function" if opened else "macro")
    if target is None or (opened and target.type not in ("identifier", "scoped_identifier")):
        return ""
    # An opened macro is a call in the tree, and still has its `!` in the text.
    if opened and not file.source[target.end_byte : target.end_byte + 2].lstrip().startswith(b"!"):
        return ""
    return file.code(target, 200).rpartition("::")[2]
