"""What every handler does with a request and an answer: read JSON, page through lists, respond."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from flask import Response, current_app, request

from reviewer.sandbox.github_errors import ApiError, validation_failed
from reviewer.sandbox.github_world import World

MAX_BODY_CHARACTERS = 65536
T = TypeVar("T")


def world() -> World:
    """The state behind the running application."""
    return cast(World, current_app.extensions["world"])


def answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer."""
    response = Response(
        json.dumps(body, separators=(",", ":")),
        status=status,
        content_type="application/json; charset=utf-8",
    )
    response.headers.update(headers or {})
    return response


def nothing() -> Response:
    """204."""
    return Response(status=204)


def json_body() -> dict[str, Any]:
    """The request's JSON object, empty when there is none. Raises ApiError 400 for others."""
    raw = request.get_data()
    if not raw:
        return {}
    try:
        body = json.loads(raw)
    except ValueError:
        raise ApiError(400, "Problems parsing JSON") from None
    if not isinstance(body, dict):
        raise ApiError(400, "Body should be a JSON object")
    return body


def wanted(body: dict[str, Any], name: str, kind: type[T], resource: str) -> T:
    """A member that has to be there. Raises ApiError 422 when it is not, or is of another type."""
    value = optional(body, name, kind, resource)
    if value is None:
        raise validation_failed(resource, name, "missing_field")
    return value


def optional(body: dict[str, Any], name: str, kind: type[T], resource: str) -> T | None:
    """A member that may be left out. Raises ApiError 422 when it is of another type."""
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise validation_failed(resource, name, "invalid")
    return value


def comment_text(body: dict[str, Any], resource: str) -> str:
    """The `body` member as GitHub accepts it: not blank, at most 65,536 characters."""
    text = wanted(body, "body", str, resource)
    if not text.strip():
        raise validation_failed(resource, "body", "missing_field", "Body cannot be blank")
    if len(text) > MAX_BODY_CHARACTERS:
        raise validation_failed(
            resource, "body", "custom", "body is too long (maximum is 65536 characters)"
        )
    return text


def _whole(name: str, default: int) -> int:
    try:
        return max(1, int(request.args.get(name, default)))
    except ValueError:
        return default


def page_of(items: Sequence[T], *, most: int = 100) -> tuple[list[T], dict[str, str]]:
    """The page of a list that the query asks for, and the Link header that leads on."""
    size = min(_whole("per_page", 30), most)
    number = _whole("page", 1)
    last = max(1, -(-len(items) // size))
    steps: dict[str, int] = {}
    if number > 1:
        steps |= {"prev": min(number - 1, last), "first": 1}
    if number < last:
        steps |= {"next": number + 1, "last": last}
    chosen = list(items[(number - 1) * size : number * size])
    return chosen, link_header({rel: {"page": str(n)} for rel, n in steps.items()})


def link_header(steps: dict[str, dict[str, str]]) -> dict[str, str]:
    """The Link header to the same address with other query values; empty without steps."""
    links = []
    for rel, changes in steps.items():
        query = urlencode({**request.args.to_dict(), **changes})
        links.append(f'<{world().api_url}{request.path}?{query}>; rel="{rel}"')
    return {"Link": ", ".join(links)} if links else {}


def listing(items: Sequence[T], render: Callable[[T], Any], *, most: int = 100) -> Response:
    """One page of a list as a JSON array."""
    chosen, headers = page_of(items, most=most)
    return answer([render(item) for item in chosen], headers=headers)


def accepts(media: str) -> bool:
    """Whether the caller asked for `application/vnd.github.<media>`, in any of its spellings."""
    asked = request.headers.get("Accept", "")
    return any(
        part.split(";")[0].strip().removesuffix("+json")
        in (f"application/vnd.github.{media}", f"application/vnd.github.v3.{media}")
        for part in asked.split(",")
    )
