"""Which code runs as part of an async task."""

from __future__ import annotations

from tree_sitter import Node

from reviewer.rust.file import RustFile

TASKS = ("function_item", "closure_expression", "async_block")
"""Code that runs at another time than the code around it."""


def in_async(file: RustFile, node: Node) -> bool:
    """Whether the innermost function, closure or block of its own around a node is async."""
    task = next(file.around(node, *TASKS), None)
    if task is None:
        return False
    if task.type == "async_block":
        return True
    head = task.child_by_field_name("body")
    end = head.start_byte if head is not None else task.end_byte
    for child in task.children:
        if child.start_byte >= end:
            break
        if child.type == "async" or (
            child.type == "function_modifiers" and "async" in file.code(child).split()
        ):
            return True
    return False
