"""Review threads: whether they are resolved, and resolving them. REST does not tell.

GitHub lets an App resolve a thread only with `contents: write`, which this App does not ask for;
where its operator has granted it, a token with it is taken for that one call.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from reviewer.edges.github_graphql import graphql
from reviewer.edges.github_http import GitHubHttp
from reviewer.errors import Refused
from reviewer.refs import PullRef

MAY_RESOLVE = {"contents": "write", "metadata": "read", "pull_requests": "write"}
_MOST_PAGES = 50

THREADS = """\
query($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      reviewThreads(first: 100, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes { id isResolved comments(first: 1) { nodes { databaseId } } }
      }
    }
  }
}
"""
RESOLVE = """\
mutation($id: ID!) { resolveReviewThread(input: {threadId: $id}) { thread { isResolved } } }
"""
UNRESOLVE = """\
mutation($id: ID!) { unresolveReviewThread(input: {threadId: $id}) { thread { isResolved } } }
"""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ThreadState:
    """One thread."""

    thread_id: str
    resolved: bool


def read_thread_states(http: GitHubHttp, pull: PullRef) -> dict[int, ThreadState]:
    """The threads of a pull request by the id of their first comment."""
    found: dict[int, ThreadState] = {}
    after: str | None = None
    for _ in range(_MOST_PAGES):
        data = graphql(
            http,
            THREADS,
            {
                "owner": pull.repo.owner,
                "name": pull.repo.name,
                "number": pull.number,
                "after": after,
            },
        )
        page: dict[str, Any] = data["repository"]["pullRequest"]["reviewThreads"]
        for node in page["nodes"]:
            for comment in node["comments"]["nodes"]:
                state = ThreadState(str(node["id"]), bool(node["isResolved"]))
                found[int(comment["databaseId"])] = state
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = str(page["pageInfo"]["endCursor"])
    return found


def set_resolved(
    http: GitHubHttp,
    wider: Callable[[], GitHubHttp],
    pull: PullRef,
    first_comment: int,
    *,
    resolved: bool,
) -> bool:
    """Resolve the thread of a comment, or open it again; False where GitHub does not let us.

    `wider` connects with `MAY_RESOLVE`, or raises Refused.
    """
    document = RESOLVE if resolved else UNRESOLVE
    try:
        state = read_thread_states(http, pull).get(first_comment)
        if state is None:
            return False
        if state.resolved is resolved:
            return True
        try:
            graphql(http, document, {"id": state.thread_id})
        except Refused:
            allowed = wider()
            try:
                graphql(allowed, document, {"id": state.thread_id})
            finally:
                allowed.close()
    except Refused as error:
        log.info("a thread of %s stays as it is: %s", pull, error)
        return False
    return True
