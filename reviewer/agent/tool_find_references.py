"""`find_references`: where a name is used; by name, so that it may be another thing's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from reviewer.agent.tool import Input, Sources, Tool, ToolMistake, counted, lines_of, one_line

MOST_HITS = 25
_COUNTED = 500
_NAME = re.compile(r"\w{1,100}\Z")


class Used(Input):
    """What to look for."""

    name: Annotated[str, Field(description="The last part of the name: `apply_delta`")]
    calls_only: Annotated[bool, Field(description="Only where it is called")] = False


def _run(sources: Sources, given: Used) -> str:
    name = given.name.strip().rpartition("::")[2]
    if not _NAME.match(name):
        raise ToolMistake("a name is one identifier, such as apply_delta; use search_text for more")
    if given.calls_only:
        places = sorted({(call.path, call.line) for call in sources.head.index.calls_of(name)})
    else:
        places = list(_mentions(sources, name))
    if not places:
        raise ToolMistake(
            f"nothing in this repository {'calls' if given.calls_only else 'uses'} it"
        )
    rows = []
    for path, line in places[:MOST_HITS]:
        lines = lines_of(sources.head, path)
        rows.append(one_line(path, line, lines[line - 1] if line <= len(lines) else ""))
    return counted(["(matched by name; another item may share it)", *rows], len(places) + 1, "hits")


def _mentions(sources: Sources, name: str) -> Iterable[tuple[str, int]]:
    word = re.compile(rf"\b{re.escape(name)}\b")
    found = 0
    for path in sources.head.paths:
        text = sources.head.text(path) or ""
        if name not in text:
            continue
        for number, line in enumerate(text.split("\n"), start=1):
            if name in line and word.search(line):
                yield path, number
                found += 1
                if found >= _COUNTED:
                    return


FIND_REFERENCES = Tool(
    "find_references",
    f"Lines of Rust files that use a name, by name alone; at most {MOST_HITS}.",
    Used,
    _run,
)
