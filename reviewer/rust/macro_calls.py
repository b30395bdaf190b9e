"""Calls of macros by name, whether their bodies could be opened or not."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from reviewer.rust.file import RustFile


def macro_calls(file: RustFile, names: frozenset[str]) -> Iterator[tuple[str, Node]]:
    """Calls of macros with one of the names, each with that name."""
    for call in file.nodes("macro_invocation"):
        target = call.child_by_field_name("macro")
        name = file.code(target).rpartition("::")[2] if target is not None else ""
        if name in names:
            yield name, call
    for call in file.nodes("call_expression"):
        target = call.child_by_field_name("function")
        if target is None or target.type not in ("identifier", "scoped_identifier"):
            continue
        name = file.code(target).rpartition("::")[2]
        # An opened macro is a call in the tree, and still has its `!` in the text.
        after = file.source[target.end_byte : target.end_byte + 2].lstrip()
        if name in names and after.startswith(b"!"):
            yield name, call
