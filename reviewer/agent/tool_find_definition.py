"""`find_definition`: where something of a name is defined."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reviewer.agent.tool import Input, Sources, Tool, ToolMistake, counted
from reviewer.agent.untrusted import shown, visible_name

MOST_HITS = 8

Kind = Literal["fn", "struct", "enum", "union", "trait", "mod", "macro"]


class Wanted(Input):
    """What to look for."""

    name: Annotated[str, Field(description="The last part of the name: `apply_delta`, `Book`")]
    kind: Annotated[Kind | None, Field(description="null for any kind")] = None


def _run(sources: Sources, given: Wanted) -> str:
    name = given.name.strip().rpartition("::")[2]
    found = sources.head.index.named(name, kind=given.kind or "")
    if not found:
        raise ToolMistake(
            f"nothing in this repository defines {name[:80]!r}; "
            "it may be of a dependency, or made by a macro"
        )
    found = tuple(sorted(found, key=lambda d: (d.test, d.path, d.start)))
    rows = []
    for definition in found[:MOST_HITS]:
        (signature,) = shown([definition.signature])
        owner = f" in {definition.owner}" if definition.owner else ""
        where = f"{visible_name(definition.path)}:{definition.start}-{definition.end}"
        test = " (test)" if definition.test else ""
        rows.append(f"{where}{owner}{test}: {signature}")
    return counted(rows, len(found), "definitions")


FIND_DEFINITION = Tool(
    "find_definition",
    f"Signatures and places of what is defined under a name; at most {MOST_HITS}.",
    Wanted,
    _run,
)
