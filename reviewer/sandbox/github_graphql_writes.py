"""What GraphQL can do that the REST API cannot: resolve threads, hide comments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphql import GraphQLResolveInfo

from reviewer.sandbox.github_auth import caller, may_write
from reviewer.sandbox.github_graphql_errors import Refusal, forbidden, no_node
from reviewer.sandbox.github_graphql_nodes import (
    can_read,
    comment_node,
    parsed_id,
    review_comment_node,
    thread_node,
)
from reviewer.sandbox.github_http import MAX_BODY_CHARACTERS, world
from reviewer.sandbox.github_review_comments import reply_to
from reviewer.sandbox.github_state import IssueComment, ReviewComment, Thread
from reviewer.sandbox.github_threads import (
    comment_by_id,
    comments_of,
    set_resolved,
    thread_by_id,
)

Json = dict[str, Any]
Mutation = Callable[..., Json]


def _thread(node: str) -> Thread:
    try:
        kind, number = parsed_id(node)
    except ValueError:
        raise no_node(node) from None
    found = thread_by_id(number) if kind == "PRRT" else None
    if found is None or not can_read(found.pull.repo):
        raise no_node(node)
    return found


def _comment(node: str) -> IssueComment | ReviewComment:
    try:
        kind, number = parsed_id(node)
    except ValueError:
        raise no_node(node) from None
    found = comment_by_id(kind, number) if kind in ("IC", "PRRC") else None
    if found is None or not can_read(found.pull.repo):
        raise no_node(node)
    return found


def _resolving(*, resolved: bool) -> Mutation:
    def mutate(_: GraphQLResolveInfo[Any], input: Json) -> Json:
        thread = _thread(input["threadId"])
        mine = caller().app is None and caller().user is thread.pull.user
        if not mine and not may_write(thread.pull.repo, world().resolving_needs):
            raise forbidden()
        set_resolved(thread, caller().user, resolved=resolved)
        return {"clientMutationId": input.get("clientMutationId"), "thread": thread_node(thread)}

    return mutate


def _hiding(field: str, *, hidden: bool) -> Mutation:
    def mutate(_: GraphQLResolveInfo[Any], input: Json) -> Json:
        comment = _comment(input["subjectId"])
        if not may_write(comment.pull.repo, "pull_requests:write"):
            raise forbidden()
        reason = input["classifier"].lower().replace("_", "-") if hidden else None
        comment.hidden_as = reason
        return {"clientMutationId": input.get("clientMutationId"), field: comment_node(comment)}

    return mutate


def _reply(_: GraphQLResolveInfo[Any], input: Json) -> Json:
    thread, text = _thread(input["pullRequestReviewThreadId"]), input["body"]
    if not may_write(thread.pull.repo, "pull_requests:write"):
        raise forbidden()
    if not text.strip() or len(text) > MAX_BODY_CHARACTERS:
        message = "Body can't be blank" if not text.strip() else "Body is too long"
        raise Refusal("UNPROCESSABLE", message)
    comment = reply_to(comments_of(thread)[0], text)
    told = review_comment_node(comment)
    return {"clientMutationId": input.get("clientMutationId"), "comment": told}


MUTATIONS: dict[str, Mutation] = {
    "addPullRequestReviewThreadReply": _reply,
    "minimizeComment": _hiding("minimizedComment", hidden=True),
    "resolveReviewThread": _resolving(resolved=True),
    "unminimizeComment": _hiding("unminimizedComment", hidden=False),
    "unresolveReviewThread": _resolving(resolved=False),
}
