"""One call to GitHub's GraphQL API, for the little that REST does not offer: review threads.

GraphQL answers 200 to what it refuses and says so in `errors`; a part of the data beside an error
is no answer here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from reviewer.edges.github_http import Answer, GitHubHttp, seconds_to_wait
from reviewer.errors import Refused, Transient

LIMITED = frozenset({"RATE_LIMITED", "RATE_LIMIT", "SECONDARY_RATE_LIMITED"})
REFUSALS = frozenset(
    {
        "NOT_FOUND",
        "FORBIDDEN",
        "INSUFFICIENT_SCOPES",
        "UNPROCESSABLE",
        "STALE_DATA",
        "BAD_USER_INPUT",
    }
)


def graphql(http: GitHubHttp, document: str, variables: Mapping[str, object]) -> dict[str, Any]:
    """The `data` of the answer. Raises Refused, or Transient for what may pass.

    Sent once, as every write is; whoever sends a query may try it again.
    """
    body = {"query": document, "variables": dict(variables)}
    answer = http.write("POST", http.graphql_url, body)
    try:
        told = answer.json()
    except ValueError as error:
        raise Transient("GraphQL: the answer is not JSON", answered=True) from error
    if not isinstance(told, dict):
        raise Transient("GraphQL: the answer is no object", answered=True)
    if told.get("errors"):
        raise _error(told["errors"], answer)
    data = told.get("data")
    if not isinstance(data, dict):
        raise Transient("GraphQL: the answer has no data", answered=True)
    return data


def _error(errors: object, answer: Answer) -> Refused | Transient:
    story = f"GraphQL: {json.dumps(errors)[:300]}"
    rows = errors if isinstance(errors, list) else []
    types = {str(row.get("type", "")).upper() for row in rows if isinstance(row, dict)}
    if types & LIMITED:
        return Transient(story, retry_after=seconds_to_wait(answer.headers), answered=True)
    # A mistake in the document or its variables has `extensions.code` and no type.
    coded = any(isinstance(row, dict) and row.get("extensions") for row in rows)
    if types & REFUSALS or (coded and types == {""}):
        return Refused(story)
    return Transient(story, answered=True)
