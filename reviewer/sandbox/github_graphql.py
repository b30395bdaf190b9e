"""The GraphQL API: documents are read, checked against the schema, and carried out."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response
from graphql import (
    GraphQLResolveInfo,
    GraphQLSchema,
    GraphQLSyntaxError,
    build_schema,
    execute_sync,
    parse,
    validate,
)

from reviewer.sandbox.github_auth import caller
from reviewer.sandbox.github_errors import bad_credentials, suspended
from reviewer.sandbox.github_graphql_errors import Refusal, error_json, no_node
from reviewer.sandbox.github_graphql_nodes import (
    can_read,
    comment_node,
    parsed_id,
    pull_node,
    repository_node,
    thread_node,
)
from reviewer.sandbox.github_graphql_writes import MUTATIONS
from reviewer.sandbox.github_http import answer, json_body, world
from reviewer.sandbox.github_threads import comment_by_id, thread_by_id

routes = Blueprint("graphql", __name__)

_MOST_TOKENS = 2000
Json = dict[str, Any]


@lru_cache(maxsize=1)
def schema() -> GraphQLSchema:
    """The served part of GitHub's schema."""
    text = Path(__file__).with_name("github_schema.graphql").read_text("utf-8")
    return build_schema(text)


@routes.post("/graphql")
def carry_out() -> Response:
    """Carry out a document. Whatever is wrong with it is told with status 200."""
    who = caller()
    if who.app is not None and who.token is None:
        raise bad_credentials()
    if who.token is not None and who.token.installation.suspended_at is not None:
        raise suspended()
    body = json_body()
    query, variables = body.get("query"), body.get("variables") or {}
    if not isinstance(query, str) or not isinstance(variables, dict):
        message = "A query attribute must be specified and must be a string."
        return answer({"errors": [{"message": message}]})
    try:
        document = parse(query, max_tokens=_MOST_TOKENS)
    except GraphQLSyntaxError as error:
        return answer({"errors": [error_json(error)]})
    wrong = validate(schema(), document)
    if wrong:
        return answer({"errors": [error_json(error) for error in wrong]})
    done = execute_sync(
        schema(),
        document,
        root_value={"repository": _repository, "node": _node, **MUTATIONS},
        variable_values=variables,
        operation_name=body.get("operationName"),
    )
    told: Json = {} if done.data is None else {"data": done.data}
    if done.errors:
        told["errors"] = [error_json(error) for error in done.errors]
    return answer(told)


def _repository(
    _: GraphQLResolveInfo[Any],
    owner: str,
    name: str,
    followRenames: bool = True,  # noqa: N803 - GitHub's name
) -> Json:
    repo = world().repo(owner, name)
    if repo is None and followRenames:
        repo = world().moved_repo(owner, name)
    if repo is None or not can_read(repo):
        message = f"Could not resolve to a Repository with the name '{owner}/{name}'."
        raise Refusal("NOT_FOUND", message)
    return repository_node(repo)


def _node(_: GraphQLResolveInfo[Any], id: str) -> Json:
    try:
        kind, number = parsed_id(id)
    except ValueError:
        raise no_node(id) from None
    found = _found(kind, number)
    if found is None:
        raise no_node(id)
    return found


def _found(kind: str, number: int) -> Json | None:
    if kind == "PRRT":
        thread = thread_by_id(number)
        return thread_node(thread) if thread and can_read(thread.pull.repo) else None
    if kind in ("PRRC", "IC"):
        comment = comment_by_id(kind, number)
        return comment_node(comment) if comment and can_read(comment.pull.repo) else None
    for repo in world().repos():
        if not can_read(repo):
            continue
        if kind == "R" and repo.id == number:
            return repository_node(repo)
        if kind == "PR":
            for pull in list(repo.pulls.values()):
                if pull.id == number:
                    return pull_node(pull)
    return None
