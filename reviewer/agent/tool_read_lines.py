"""`read_lines`: a part of a file as it is after the change."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reviewer.agent.tool import Input, Sources, Tool, ToolMistake, lines_of, numbered
from reviewer.rust.repository import Repository

MOST_LINES = 250


class Lines(Input):
    """Which lines."""

    path: str
    start: Annotated[int, Field(description="First line, from 1")]
    end: Annotated[int, Field(description=f"Last line; at most {MOST_LINES} lines are shown")]


def cut_out(repository: Repository, given: Lines, mark: str, most: int) -> str:
    """The lines with their numbers. Raises ToolMistake when the file does not reach so far."""
    lines = lines_of(repository, given.path)
    first = max(1, given.start)
    last = min(given.end, len(lines), first + most - 1)
    if first > last:
        raise ToolMistake(f"{given.path[:200]} has {len(lines)} lines; start must not be after end")
    text = numbered(mark, lines, first, last)
    left = min(given.end, len(lines)) - last
    return f"{text}\n… {left} lines more, from {last + 1} on" if left > 0 else text


def _run(sources: Sources, given: Lines) -> str:
    return cut_out(sources.head, given, "R", MOST_LINES)


READ_LINES = Tool(
    "read_lines",
    "Lines of a Rust file, manifest or small text (.toml, .md, .proto, .json) after the change, "
    "with their numbers.",
    Lines,
    _run,
)
