"""The client's levers for threads on the diff, by way of GraphQL."""

from __future__ import annotations

from typing import Any

from reviewer.sandbox.client import Sandbox, SandboxRefused

Json = dict[str, Any]

_THREADS = """
query($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) {
    reviewThreads(first: 100, after: $after) {
      nodes {
        id isResolved isOutdated path line originalLine subjectType resolvedBy { login }
        comments(first: 100) { nodes {
          id databaseId body author { login __typename } isMinimized minimizedReason lastEditedAt
        } }
      }
      pageInfo { hasNextPage endCursor }
    }
  } }
}
"""


def graphql(sandbox: Sandbox, query: str, variables: Json, *, actor: str) -> Json:
    """Carry out a document as a person; returns its data. Raises SandboxRefused for errors."""
    body = {"query": query, "variables": variables}
    told = sandbox.call("POST", "/graphql", body, actor=actor)
    if told.get("errors"):
        raise SandboxRefused(200, "; ".join(error["message"] for error in told["errors"]))
    return dict(told["data"])


def threads(sandbox: Sandbox, repo: str, number: int) -> list[Json]:
    """The threads of a pull request, oldest first; `comments` holds the first 100 of each."""
    owner, name = repo.split("/")
    found: list[Json] = []
    after = None
    while True:
        asked = {"owner": owner, "name": name, "number": number, "after": after}
        data = graphql(sandbox, _THREADS, asked, actor=owner)
        page = data["repository"]["pullRequest"]["reviewThreads"]
        found += [{**node, "comments": node["comments"]["nodes"]} for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return found


def thread_of(sandbox: Sandbox, repo: str, number: int, comment_id: int) -> Json:
    """The thread that a comment on the diff is in. Raises KeyError when it is in none."""
    for thread in threads(sandbox, repo, number):
        if comment_id in [comment["databaseId"] for comment in thread["comments"]]:
            return thread
    raise KeyError(comment_id)


def resolve(sandbox: Sandbox, thread_id: str, *, actor: str) -> None:
    """Resolve a thread, as the button does."""
    _change(sandbox, "resolveReviewThread", thread_id, actor)


def unresolve(sandbox: Sandbox, thread_id: str, *, actor: str) -> None:
    """Take a thread up again."""
    _change(sandbox, "unresolveReviewThread", thread_id, actor)


def _change(sandbox: Sandbox, mutation: str, thread_id: str, actor: str) -> None:
    document = (
        f"mutation($id: ID!) {{ {mutation}(input: {{threadId: $id}}) {{ thread {{ id }} }} }}"
    )
    graphql(sandbox, document, {"id": thread_id}, actor=actor)


def resolving_needs(sandbox: Sandbox, permission: str) -> None:
    """Say which permission of an App's token resolving takes, such as `contents:write`."""
    sandbox.call("POST", "/_sandbox/resolving-needs", {"permission": permission})
