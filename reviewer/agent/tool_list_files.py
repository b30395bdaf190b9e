"""`list_files`: what there is to read."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reviewer.agent.tool import Input, Sources, Tool, ToolMistake, counted
from reviewer.agent.untrusted import visible_name

MOST_FILES = 100


class Folder(Input):
    """Where to look."""

    dir: Annotated[str, Field(description="A folder such as `src/risk`; empty for the root")]


def _run(sources: Sources, given: Folder) -> str:
    wanted = given.dir.strip().removeprefix("./").strip("/")
    prefix = f"{wanted}/" if wanted not in ("", ".") else ""
    paths = sorted({*sources.head.paths, *sources.head.manifests})
    found = [visible_name(path) for path in paths if path.startswith(prefix)]
    if not found:
        folders = sorted({path.partition("/")[0] for path in paths if "/" in path})
        raise ToolMistake(
            f"no folder {wanted[:100]!r} with Rust files. At the root: {', '.join(folders)[:600]}"
        )
    return counted(found[:MOST_FILES], len(found), "files")


LIST_FILES = Tool(
    "list_files",
    f"Rust files, manifests and small texts below a folder after the change; at most {MOST_FILES}.",
    Folder,
    _run,
)
