"""Connections: the pages that GraphQL gives lists in."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from reviewer.sandbox.github_graphql_errors import Refusal

MOST = 100


class Numbered(Protocol):
    """What a cursor can point at."""

    id: int


T = TypeVar("T", bound=Numbered)


def connection(
    name: str, items: Sequence[T], render: Callable[[T], Any], args: dict[str, Any]
) -> dict[str, Any]:
    """The page of a list, oldest first, that `first`, `after`, `last` and `before` ask for.

    Raises a refusal without a size, or for one of more than 100.
    """
    first, last = args.get("first"), args.get("last")
    if first is None and last is None:
        raise Refusal(
            "MISSING_PAGINATION_BOUNDARIES",
            f"You must provide a `first` or `last` value to properly paginate the `{name}` "
            "connection.",
        )
    for bound, size in (("first", first), ("last", last)):
        if size is not None and not 0 <= size <= MOST:
            raise Refusal(
                "EXCESSIVE_PAGINATION",
                f"Requesting {size} records on the `{name}` connection exceeds the `{bound}` "
                f"limit of {MOST} records.",
            )
    after, before = _number(args.get("after")), _number(args.get("before"))
    within = [i for i in items if (after is None or i.id > after)]
    within = [i for i in within if before is None or i.id < before]
    chosen = within[:first] if first is not None else within
    if last is not None:
        chosen = chosen[-last:] if last else []
    return {
        "nodes": [render(item) for item in chosen],
        "totalCount": len(items),
        "pageInfo": {
            "hasNextPage": bool(chosen) and chosen[-1] is not items[-1],
            "hasPreviousPage": bool(chosen) and chosen[0] is not items[0],
            "startCursor": _cursor(chosen[0].id) if chosen else None,
            "endCursor": _cursor(chosen[-1].id) if chosen else None,
        },
    }


def _cursor(number: int) -> str:
    return base64.b64encode(f"cursor:v2:{number}".encode()).decode()


def _number(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    try:
        found = re.fullmatch(r"cursor:v2:(\d+)", base64.b64decode(cursor).decode())
    except ValueError:
        found = None
    if found is None:
        raise Refusal(
            "INVALID_CURSOR_ARGUMENTS", f"`{cursor}` does not appear to be a valid cursor."
        )
    return int(found[1])
