"""Holds exchanges of the GraphQL API against the part of GitHub's schema that is served."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from graphql import GraphQLSchema, GraphQLSyntaxError, build_schema, parse, validate

import reviewer.sandbox

_FILE = Path(reviewer.sandbox.__file__).with_name("github_schema.graphql")


@lru_cache(maxsize=1)
def schema() -> GraphQLSchema:
    """The part of GitHub's schema that the stand-in serves."""
    return build_schema(_FILE.read_text("utf-8"))


def document_problems(query: object) -> list[str]:
    """What is wrong with a document, one line each."""
    if not isinstance(query, str):
        return ["there is no document"]
    try:
        return [error.message for error in validate(schema(), parse(query))]
    except GraphQLSyntaxError as error:
        return [error.message]


def graphql_problems(request: Any, status: int, response: Any) -> Iterator[str]:
    """What is wrong with an exchange: a bad document that was carried out, an odd answer."""
    if status != 200:
        return
    if not isinstance(response, dict) or not set(response) <= {"data", "errors"} or not response:
        yield "the answer is not one of GraphQL"
        return
    for error in response.get("errors", ()):
        if not isinstance(error, dict) or not isinstance(error.get("message"), str):
            yield "an error has no message"
    query = request.get("query") if isinstance(request, dict) else None
    if "data" in response:
        yield from document_problems(query)
