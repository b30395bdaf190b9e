"""What GraphQL says when it refuses: status 200, and an `errors` list."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLError

from reviewer.sandbox.github_errors import ApiError


class Refusal(Exception):
    """A field that is not answered; `kind` is GitHub's word, such as `NOT_FOUND`."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message


def forbidden() -> Refusal:
    """The token's permissions do not suffice."""
    return Refusal("FORBIDDEN", "Resource not accessible by integration")


def no_node(node: str) -> Refusal:
    """There is nothing of this id that the caller may see."""
    return Refusal("NOT_FOUND", f"Could not resolve to a node with the global id of '{node}'.")


def error_json(error: GraphQLError) -> dict[str, Any]:
    """An error as GitHub lists it. Raises what is no refusal but a mistake of the stand-in."""
    original = error.original_error
    told: dict[str, Any] = {}
    if isinstance(original, Refusal):
        told["type"] = original.kind
    elif isinstance(original, ApiError):
        told["type"] = "UNPROCESSABLE"
    elif original is not None and not isinstance(original, GraphQLError):
        raise original
    if error.path is not None:
        told["path"] = list(error.path)
    if told.get("type") == "FORBIDDEN":
        told["extensions"] = {"saml_failure": False}
    told["locations"] = [
        {"line": place.line, "column": place.column} for place in error.locations or ()
    ]
    told["message"] = error.message
    return told
