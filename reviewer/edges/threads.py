"""What stands on a pull request: the App's own reviews and threads, read by one GraphQL query."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from reviewer.edges.github_graphql import graphql
from reviewer.edges.github_http import GitHubHttp
from reviewer.errors import Refused
from reviewer.publish.standing import OwnComment, Thread
from reviewer.pull.diff import Side
from reviewer.refs import PullRef

MOST_PAGES = 100
"""Of 50 threads each. Of more than 5,000 none are read: those behind them would be said twice."""

log = logging.getLogger(__name__)

_THREADS = """
query Threads($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      reviewThreads(first: 50, after: $after) {
        nodes {
          id
          isResolved
          resolvedBy { login databaseId }
          path
          line
          originalLine
          diffSide
          subjectType
          comments(first: 1) {
            nodes {
              databaseId
              body
              author { login __typename }
              reactionGroups { content reactors { totalCount } }
            }
          }
        }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}
"""
MAY_RESOLVE = {"contents": "write", "metadata": "read", "pull_requests": "write"}
RESOLVE = """
mutation Resolve($id: ID!) {
  resolveReviewThread(input: {threadId: $id}) { thread { id isResolved } }
}
"""
UNRESOLVE = """
mutation Unresolve($id: ID!) {
  unresolveReviewThread(input: {threadId: $id}) { thread { id isResolved } }
}
"""


@dataclass(frozen=True, slots=True)
class OwnThreads:
    """The threads that this App began, with their first comments."""

    comments: tuple[OwnComment, ...]
    threads: dict[str, Thread]
    disliked: frozenset[int]
    """Comments under which somebody put a thumb down."""
    known: bool = True
    """False where GitHub did not tell what was done to the threads."""


def read_threads(http: GitHubHttp, pull: PullRef, bot_login: str) -> OwnThreads:
    """All threads of ours on a pull request."""
    comments: list[OwnComment] = []
    threads: dict[str, Thread] = {}
    disliked: set[int] = set()
    for node in _nodes(http, pull):
        first = next(iter(node["comments"]["nodes"]), None)
        if first is None or not is_ours(first["author"], bot_login):
            continue
        line, original = node["line"], node["originalLine"]
        comments.append(
            OwnComment(
                comment_id=int(first["databaseId"]),
                body=str(first["body"]),
                path=str(node["path"]),
                side=Side(node["diffSide"] or "RIGHT"),
                line=None if line is None else int(line),
                original_line=None if original is None else int(original),
                thread_id=str(node["id"]),
                on_file=node["subjectType"] == "FILE",
            )
        )
        for group in first["reactionGroups"] or ():
            if group["content"] == "THUMBS_DOWN" and group["reactors"]["totalCount"]:
                disliked.add(int(first["databaseId"]))
        person = node["resolvedBy"] or {}
        by = str(person.get("login") or "")
        threads[str(node["id"])] = Thread(
            thread_id=str(node["id"]),
            resolved=bool(node["isResolved"]),
            resolved_by_us=bool(by) and _same_login(by, bot_login),
            resolved_by=by,
            resolved_by_id=int(person.get("databaseId") or 0),
        )
    return OwnThreads(tuple(comments), threads, frozenset(disliked))


def resolve(http: GitHubHttp, thread_id: str) -> None:
    """Resolve a thread; of one that is resolved nothing changes. Raises Refused, Transient."""
    graphql(http, RESOLVE, {"id": thread_id})


def unresolve(http: GitHubHttp, thread_id: str) -> None:
    """Open a resolved thread again. Raises Refused, Transient."""
    graphql(http, UNRESOLVE, {"id": thread_id})


class Resolving:
    """Resolves threads and opens them again, as far as GitHub lets this App.

    GitHub lets an App do that only with `contents: write`, which this App does not ask for; where
    its operator has granted it, a token with it is taken for that one call.
    """

    def __init__(self, http: GitHubHttp, wider: Callable[[], GitHubHttp]) -> None:
        """`wider` connects with `MAY_RESOLVE`, or raises Refused."""
        self._http = http
        self._wider = wider
        self._refused = False

    def turn(self, thread_id: str, *, resolved: bool) -> bool:
        """False where GitHub does not let us. A thread that is so already is no error."""
        change = resolve if resolved else unresolve
        if self._refused:
            return False
        try:
            change(self._http, thread_id)
        except Refused:
            try:
                allowed = self._wider()
            except Refused as error:
                log.info("threads stay as they are: %s", error)
                self._refused = True
                return False
            try:
                change(allowed, thread_id)
            except Refused as error:
                log.info("a thread stays as it is: %s", error)
                return False
            finally:
                allowed.close()
        return True


def is_ours(author: dict[str, Any] | None, bot_login: str) -> bool:
    """Whether GraphQL's author is this App: a bot's login lacks the `[bot]` there."""
    if not author or author.get("__typename") != "Bot":
        return False
    return _same_login(str(author.get("login", "")), bot_login)


def _same_login(login: str, bot_login: str) -> bool:
    return login.removesuffix("[bot]").lower() == bot_login.removesuffix("[bot]").lower()


def _nodes(http: GitHubHttp, pull: PullRef) -> Iterable[dict[str, Any]]:
    after: str | None = None
    for _ in range(MOST_PAGES):
        data = graphql(
            http,
            _THREADS,
            {
                "owner": pull.repo.owner,
                "name": pull.repo.name,
                "number": int(pull.number),
                "after": after,
            },
        )
        found = (data.get("repository") or {}).get("pullRequest")
        if found is None:
            raise Refused(f"GraphQL does not know {pull}")
        page = found["reviewThreads"]
        yield from page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]
    raise Refused(f"{pull} has more than {MOST_PAGES * 50} threads")
