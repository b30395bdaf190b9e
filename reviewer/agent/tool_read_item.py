"""`read_item`: a function, type or impl by its name."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field

from reviewer.agent.tool import (
    Input,
    Sources,
    Tool,
    ToolMistake,
    known_path,
    lines_of,
    numbered,
)
from reviewer.rust.items import Item

MOST_LINES = 200
_NAMED = 12
_GENERICS = re.compile(r"<[^<>]*>")


class Named(Input):
    """Which item."""

    path: str
    name: Annotated[str, Field(description="`apply_delta`, `Book::apply_delta` or `Book`")]


def _run(sources: Sources, given: Named) -> str:
    path = known_path(sources.head, given.path)
    lines = lines_of(sources.head, path)
    file = sources.head.file(path)
    items = file.items if file is not None else ()
    found = [item for item in items if _means(given.name.strip(), item)]
    if not found:
        names = ", ".join(dict.fromkeys(item.name for item in items if item.kind != "impl"))
        raise ToolMistake(f"no item {given.name[:80]!r} in {path}. It has: {names[:600]}")
    # Of several of one name the one that was named most exactly, functions first.
    found.sort(key=lambda item: (item.kind == "mod", item.kind == "impl", item.start))
    item = found[0]
    last = min(item.end, len(lines), item.start + MOST_LINES - 1)
    text = numbered("R", lines, item.start, last)
    if last < item.end:
        text += f"\n… to line {item.end}; read_lines shows the rest"
    others = [f"{i.name_path} (line {i.start})" for i in found[1:_NAMED]]
    return f"{text}\nAlso of that name: {'; '.join(others)}" if others else text


def _means(name: str, item: Item) -> bool:
    if name in (item.name, item.name_path):
        return True
    owner, _, last = name.rpartition("::")
    if not owner:
        return item.kind == "impl" and _target(item.name) == name
    around = _target(item.name_path.rpartition("::")[0])
    return item.name == last and around == owner.rpartition("::")[2]


def _target(head: str) -> str:
    """`Book` of `impl Depth for Book<P>`."""
    plain = _GENERICS.sub("", _GENERICS.sub("", head))
    return plain.rpartition("impl ")[2].rpartition(" for ")[2].strip().rpartition("::")[2]


READ_ITEM = Tool(
    "read_item",
    f"One item of a file after the change by its name, with line numbers; at most {MOST_LINES} "
    "lines of it.",
    Named,
    _run,
)
