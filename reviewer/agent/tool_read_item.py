"""`read_item`: a function, type or impl by its name."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reviewer.agent.named_items import named
from reviewer.agent.tool import (
    Input,
    Sources,
    Tool,
    ToolMistake,
    known_path,
    lines_of,
    numbered,
)

MOST_LINES = 200
_NAMED = 12


class Named(Input):
    """Which item."""

    path: str
    name: Annotated[str, Field(description="`apply_delta`, `Book::apply_delta` or `Book`")]


def _run(sources: Sources, given: Named) -> str:
    path = known_path(sources.head, given.path)
    lines = lines_of(sources.head, path)
    file = sources.head.file(path)
    items = file.items if file is not None else ()
    found = named(given.name.strip(), items)
    if not found:
        names = ", ".join(dict.fromkeys(item.name for item in items if item.kind != "impl"))
        raise ToolMistake(f"no item {given.name[:80]!r} in {path}. It has: {names[:600]}")
    item = found[0]
    last = min(item.end, len(lines), item.start + MOST_LINES - 1)
    text = numbered("R", lines, item.start, last)
    if last < item.end:
        text += f"\n… to line {item.end}; read_lines shows the rest"
    others = [f"{i.name_path} (line {i.start})" for i in found[1:_NAMED]]
    return f"{text}\nAlso of that name: {'; '.join(others)}" if others else text


READ_ITEM = Tool(
    "read_item",
    f"One item of a file after the change by its name, with line numbers; at most {MOST_LINES} "
    "lines of it.",
    Named,
    _run,
)
