"""Changes to one file, written as before and after."""

from __future__ import annotations

import difflib

from reviewer.pull.parse import parse_diff
from reviewer.rust.file import RustFile
from reviewer.scope.classify import classify
from reviewer.scope.rooms import FileScope

TRADING = ("src/order_book.rs", "src/risk.rs", "src/engine.rs")
"""Paths by which a repository trades."""


def change(path: str, before: str, after: str, *, trades: bool = False) -> FileScope:
    """What scope says of a file that goes from one text to the other."""
    body = "\n".join(
        difflib.unified_diff(
            before.splitlines(), after.splitlines(), f"a/{path}", f"b/{path}", lineterm="", n=2
        )
    )
    (diff,) = parse_diff(f"diff --git a/{path} b/{path}\n{body}\n").files
    tree = (*TRADING, path) if trades else ()
    (scope,) = classify([(diff, after, RustFile.parse(path, after))], paths=tree).files
    return scope
