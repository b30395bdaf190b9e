"""`use` declarations, taken apart without a tree."""

from __future__ import annotations

import re
from collections.abc import Iterator

_PART = re.compile(r"::|[{},*]|\bas\b|[\w#]+")
_MOST = 400


def imported(declaration: str) -> Iterator[tuple[str, str]]:
    """The name that each path has here, with the path: `B`, `crate::book::Book`.

    A glob `crate::book::*` stands under itself.
    """
    parts = _PART.findall(declaration)[:_MOST]
    if "use" in parts:
        parts = parts[parts.index("use") + 1 :]
    outer: list[list[str]] = []
    path: list[str] = []
    alias, renamed = "", False
    for part in [*parts, ","]:
        if part == "{":
            outer.append(path)
            path = list(path)
        elif part in (",", "}"):
            prefix = outer[-1] if outer else []
            if len(path) > len(prefix):
                yield _entry(path, alias)
            alias, renamed = "", False
            if part == "}" and outer:
                path = outer.pop()
                path = list(outer[-1]) if outer else []
            else:
                path = list(prefix)
        elif part == "as":
            renamed = True
        elif part == "::":
            continue
        elif renamed:
            alias = part
        else:
            path.append(part)


def _entry(path: list[str], alias: str) -> tuple[str, str]:
    if path[-1] == "self" and len(path) > 1:
        path = path[:-1]
    whole = "::".join(path)
    return (whole if path[-1] == "*" else alias or path[-1]), whole
