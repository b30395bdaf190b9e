"""`read_base`: a part of a file as it was before the change."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reviewer.agent.tool import Sources, Tool
from reviewer.agent.tool_read_lines import Lines, cut_out

MOST_LINES = 150


class LinesBefore(Lines):
    """Which lines."""

    end: Annotated[int, Field(description=f"Last line; at most {MOST_LINES} lines are shown")]


def _run(sources: Sources, given: LinesBefore) -> str:
    return cut_out(sources.base, given, "L", MOST_LINES)


READ_BASE = Tool(
    "read_base",
    f"Lines of a file before the change, to compare behaviour; at most {MOST_LINES} of them.",
    LinesBefore,
    _run,
)
