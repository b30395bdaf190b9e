"""`search_text`: lines that hold a text.

No regular expressions of the model's: one that blows up would cost a worker. What is left of them
is found with `str.find`, in time that grows with the text alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Annotated

from pydantic import Field

from reviewer.agent.tool import Input, Sources, Tool, ToolMistake, counted, lines_of, one_line

MOST_HITS = 30
_COUNTED = 500
_LONGEST_QUERY = 200
_LONGEST_LINE = 2_000
_SYNTAX = frozenset("[]^$+?{}")


class Search(Input):
    """What to look for, and where."""

    query: Annotated[
        str,
        Field(description="Text as it stands in a line; `a|b` is either, `a.*b` is a, later b"),
    ]
    glob: Annotated[str | None, Field(description="`src/risk/*.rs`; null for all files")] = None


def _run(sources: Sources, given: Search) -> str:
    query = given.query.strip("\n")
    if not query.strip() or len(query) > _LONGEST_QUERY or "\n" in query:
        raise ToolMistake(f"a query is 1 to {_LONGEST_QUERY} characters of one line")
    wanted = _alternatives(query)
    hits = list(_hits(sources, wanted, (given.glob or "")[:_LONGEST_QUERY]))
    if not hits:
        hint = ""
        if _SYNTAX & set(query) or "\\" in query:
            hint = "; it was taken as plain text, only `|` and `.*` have a meaning"
        raise ToolMistake(f"no line holds it{hint}")
    rows = [
        one_line(path, number, lines_of(sources.head, path)[number - 1])
        for path, number in hits[:MOST_HITS]
    ]
    return counted(rows, len(hits), "hits")


def _alternatives(query: str) -> tuple[tuple[str, ...], ...]:
    """`a.*b|c` as ((a, b), (c,)). A query of nothing but signs is a text."""
    found = []
    for alternative in query.split("|"):
        pieces = tuple(piece.replace("\\", "") for piece in alternative.split(".*"))
        pieces = tuple(piece for piece in pieces if piece)
        if pieces:
            found.append(pieces)
    return tuple(found) if found else ((query,),)


def _hits(
    sources: Sources, wanted: tuple[tuple[str, ...], ...], glob: str
) -> Iterable[tuple[str, int]]:
    found = 0
    for path in (*sources.head.paths, *sorted(sources.head.manifests)):
        if glob and not fnmatchcase(path, glob):
            continue
        text = sources.head.text(path) or sources.head.manifests.get(path, "")
        if not any(all(piece in text for piece in pieces) for pieces in wanted):
            continue
        for number, line in enumerate(text.split("\n"), start=1):
            if any(_holds(line[:_LONGEST_LINE], pieces) for pieces in wanted):
                yield path, number
                found += 1
                if found >= _COUNTED:
                    return


def _holds(line: str, pieces: tuple[str, ...]) -> bool:
    at = 0
    for piece in pieces:
        at = line.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    return True


SEARCH_TEXT = Tool(
    "search_text",
    f"Lines of Rust files, manifests and small texts that hold a text; at most {MOST_HITS}.",
    Search,
    _run,
)
