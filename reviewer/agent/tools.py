"""The read-only tools of a review. No network, no disk, no shell: texts of two trees in memory."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from reviewer.agent.redact import redact
from reviewer.agent.request import CHARS_PER_TOKEN, ToolCall, ToolSpec
from reviewer.agent.tool import Sources, Tool, ToolMistake
from reviewer.agent.tool_find_definition import FIND_DEFINITION
from reviewer.agent.tool_find_references import FIND_REFERENCES
from reviewer.agent.tool_list_files import LIST_FILES
from reviewer.agent.tool_read_base import READ_BASE
from reviewer.agent.tool_read_item import READ_ITEM
from reviewer.agent.tool_read_lines import READ_LINES
from reviewer.agent.tool_search_text import SEARCH_TEXT
from reviewer.agent.untrusted import fence, visible
from reviewer.rust.repository import Repository

TOOLS: tuple[Tool, ...] = (
    FIND_DEFINITION,
    FIND_REFERENCES,
    LIST_FILES,
    READ_BASE,
    READ_ITEM,
    READ_LINES,
    SEARCH_TEXT,
)
"""By name, since their order is part of what the cache goes by."""
TOOL_SPECS: tuple[ToolSpec, ...] = tuple(tool.spec for tool in TOOLS)
RESULT_TOKENS = 8_000
"""Most that one result may have."""


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What the model gets back: fenced text, or what it did wrong."""

    text: str
    is_error: bool = False


class Toolbox:
    """The tools over the trees of one review; several conversations may use it at a time."""

    def __init__(self, head: Repository, base: Repository, nonce: str) -> None:
        self._sources = Sources(head, base)
        self._nonce = nonce
        self._tools = {tool.name: tool for tool in TOOLS}
        self._lock = threading.Lock()  # a repository is for one thread

    def run(self, call: ToolCall) -> ToolResult:
        """The result of one call; never an exception for what a model wrote."""
        tool = self._tools.get(call.name)
        if tool is None:
            names = ", ".join(self._tools)
            return ToolResult(f"there is no tool {call.name[:60]!r}; there are {names}", True)
        try:
            with self._lock:
                text = tool.use(self._sources, call.input)
        except ToolMistake as mistake:
            # Names of files and items may stand in it, which a stranger chose.
            return ToolResult(fence("mistake", redact(visible(str(mistake))), self._nonce), True)
        # Names of items stand in it too, and the head of an impl can hold a string.
        return ToolResult(fence("tool_result", visible(_cut(text)), self._nonce))


def _cut(text: str) -> str:
    most = int(RESULT_TOKENS * CHARS_PER_TOKEN)
    if len(text) <= most:
        return text
    return text[:most].rpartition("\n")[0] + "\n… cut here; ask for less at a time"
