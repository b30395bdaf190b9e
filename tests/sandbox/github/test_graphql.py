"""Threads by way of GraphQL, as an App sees and changes them."""

from __future__ import annotations

from typing import Any

import github as pygithub
import pytest
import requests

from reviewer.sandbox import client_people as people
from reviewer.sandbox import client_threads
from tests.contract.graphql_checker import document_problems
from tests.sandbox.github.stage import REPO, Stage, numbered

THREADS = """
query($owner: String!, $name: String!, $number: Int!, $first: Int!, $after: String) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) {
    reviewThreads(first: $first, after: $after) {
      nodes {
        id isResolved isOutdated isCollapsed path line startLine originalLine originalStartLine
        diffSide startDiffSide subjectType resolvedBy { login } viewerCanResolve viewerCanReply
        comments(first: 50) { nodes {
          id databaseId body author { login __typename } createdAt lastEditedAt isMinimized
          minimizedReason originalCommit { oid } commit { oid } line originalLine url
          reactionGroups { content reactors { totalCount } } replyTo { databaseId }
          pullRequestReview { databaseId }
        } pageInfo { hasNextPage endCursor } }
      }
      pageInfo { hasNextPage endCursor }
    }
  } }
}
"""
ALL = {"owner": "acme", "name": "exchange", "number": 1, "first": 100}


def _ask(stage: Stage, query: str, variables: dict[str, Any], token: str | None = None) -> Any:
    return stage.github(token).requester.graphql_query(query, variables)[1]["data"]


def _threads(stage: Stage, **changes: Any) -> Any:
    data = _ask(stage, THREADS, {**ALL, **changes})
    return data["repository"]["pullRequest"]["reviewThreads"]


def _change(stage: Stage, mutation: str, told: dict[str, Any], shown: str) -> Any:
    return stage.github().requester.graphql_named_mutation(mutation, told, shown)[1]


def _refused(stage: Stage, query: str, variables: dict[str, Any], token: str | None = None) -> Any:
    with pytest.raises(pygithub.GithubException) as refused:
        _ask(stage, query, variables, token)
    assert isinstance(refused.value.data, dict)
    return refused.value.data["errors"][0]


def test_a_thread_is_a_comment_with_its_replies(stage: Stage) -> None:
    pull = stage.pull()
    comments: Any = [
        {"path": "order.rs", "line": 42, "side": "RIGHT", "start_line": 41, "start_side": "RIGHT",
         "body": "two lines"},
    ]  # fmt: skip
    review = pull.create_review(body="Read.", event="COMMENT", comments=comments)
    on_file = pull.create_review_comment("all of it", stage.head, "new.rs", subject_type="file")
    (first,) = pull.get_single_review_comments(review.id)
    stage.sandbox.set_role(REPO, "carol", "write")
    answer = people.reply(stage.sandbox, REPO, stage.number, first.id, "why?", actor="carol")
    people.react(stage.sandbox, REPO, first.id, "-1", actor="carol")
    line, file = _threads(stage)["nodes"]
    assert (line["path"], line["startLine"], line["line"]) == ("order.rs", 41, 42)
    assert (line["subjectType"], line["diffSide"]) == ("LINE", "RIGHT")
    assert not line["isResolved"]
    assert not line["isOutdated"]
    assert line["resolvedBy"] is None
    root, reply = line["comments"]["nodes"]
    assert root["databaseId"] == first.id
    assert root["id"] == first.raw_data["node_id"]
    assert root["pullRequestReview"]["databaseId"] == review.id
    # the REST API says trading-reviewer[bot]
    assert root["author"] == {"login": "trading-reviewer", "__typename": "Bot"}
    assert root["originalCommit"]["oid"] == stage.head
    used = {g["content"]: g["reactors"]["totalCount"] for g in root["reactionGroups"]}
    assert used["THUMBS_DOWN"] == 1
    assert sum(used.values()) == 1
    assert reply["databaseId"] == answer["id"]
    assert reply["replyTo"]["databaseId"] == first.id
    assert reply["author"] == {"login": "carol", "__typename": "User"}
    assert (file["subjectType"], file["line"]) == ("FILE", None)
    assert file["comments"]["nodes"][0]["databaseId"] == on_file.id


def test_a_thread_whose_line_is_gone_is_outdated(stage: Stage) -> None:
    stage.pull().create_review_comment("here", stage.head, "order.rs", line=40, side="RIGHT")
    stage.pull().create_review_comment("there", stage.head, "order.rs", line=12, side="RIGHT")
    head = stage.work.commit({"order.rs": numbered(60, l12="changed", l40="otherwise")})
    stage.sandbox.push(REPO, stage.number, head, source=stage.work.path)
    gone, standing = _threads(stage)["nodes"]
    assert (gone["isOutdated"], gone["line"], gone["originalLine"]) == (True, None, 40)
    assert (standing["isOutdated"], standing["line"]) == (False, 12)
    assert standing["comments"]["nodes"][0]["commit"]["oid"] == head
    assert standing["comments"]["nodes"][0]["originalCommit"]["oid"] == stage.head


def test_threads_come_in_pages(stage: Stage) -> None:
    pull = stage.pull()
    for n in range(5):
        pull.create_review_comment(f"number {n}", stage.head, "order.rs", line=12, side="RIGHT")
    seen, after = [], None
    while True:
        page = _threads(stage, first=2, after=after)
        seen += [t["comments"]["nodes"][0]["body"] for t in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == [f"number {n}" for n in range(5)]


def test_the_app_resolves_takes_up_answers_and_hides(stage: Stage) -> None:
    comment = stage.pull().create_review_comment("x", stage.head, "order.rs", line=12)
    (thread,) = _threads(stage)["nodes"]
    assert thread["viewerCanResolve"]
    shown = "thread { isResolved isCollapsed resolvedBy { login } viewerCanResolve }"
    told = _change(stage, "resolveReviewThread", {"threadId": thread["id"]}, shown)
    assert told["thread"] == {
        "isResolved": True,
        "isCollapsed": True,
        "resolvedBy": {"login": "trading-reviewer"},
        "viewerCanResolve": False,
    }
    told = _change(stage, "unresolveReviewThread", {"threadId": thread["id"]}, shown)
    assert not told["thread"]["isResolved"]
    asked = {"pullRequestReviewThreadId": thread["id"], "body": "fixed in abc"}
    told = _change(stage, "addPullRequestReviewThreadReply", asked, "comment { databaseId body }")
    reply = stage.pull().get_review_comment(told["comment"]["databaseId"])
    assert (reply.body, reply.in_reply_to_id) == ("fixed in abc", comment.id)
    subject = {"subjectId": comment.raw_data["node_id"], "classifier": "OUTDATED"}
    _change(stage, "minimizeComment", subject, "minimizedComment { isMinimized }")
    (thread,) = _threads(stage)["nodes"]
    root = thread["comments"]["nodes"][0]
    assert (root["isMinimized"], root["minimizedReason"]) == (True, "outdated")


def test_a_comment_of_the_conversation_can_be_hidden(stage: Stage) -> None:
    said = stage.pull().create_issue_comment("superseded")
    subject = {"subjectId": said.raw_data["node_id"], "classifier": "OUTDATED"}
    _change(stage, "minimizeComment", subject, "minimizedComment { minimizedReason }")
    (listed,) = stage.sandbox.issue_comments(REPO, stage.number)
    assert listed["minimized"] == {"reason": "outdated"}


def test_what_is_out_of_reach_is_not_found(stage: Stage) -> None:
    error = _refused(stage, THREADS, {**ALL, "name": "secret"})
    assert error["type"] == "NOT_FOUND"
    assert error["path"] == ["repository"]
    assert "acme/secret" in error["message"]
    assert _refused(stage, THREADS, {**ALL, "number": 99})["type"] == "NOT_FOUND"
    mutation = 'mutation { resolveReviewThread(input: {threadId: "PRRT_x"}) { thread { id } } }'
    error = _refused(stage, mutation, {})
    assert (error["type"], error["path"]) == ("NOT_FOUND", ["resolveReviewThread"])


def test_a_token_without_the_permission_is_forbidden(stage: Stage) -> None:
    stage.pull().create_review_comment("x", stage.head, "order.rs", line=12)
    (thread,) = _threads(stage)["nodes"]
    mutation = (
        "mutation($id: ID!) { resolveReviewThread(input: {threadId: $id}) { thread { id } } }"
    )
    asked = {"id": thread["id"]}
    error = _refused(stage, mutation, asked, stage.token({"pull_requests": "read"}))
    assert error["type"] == "FORBIDDEN"
    assert error["message"] == "Resource not accessible by integration"
    assert not _threads(stage)["nodes"][0]["isResolved"]
    client_threads.resolving_needs(stage.sandbox, "contents:write")
    assert _refused(stage, mutation, asked)["type"] == "FORBIDDEN"
    assert not _threads(stage)["nodes"][0]["viewerCanResolve"]
    error = _refused(stage, THREADS, ALL, stage.token({"checks": "read"}))
    assert error["type"] == "FORBIDDEN"


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("query { repository(owner: \"acme\", name: \"exchange\") { stars } }", "stars"),
        ("query { repository(owner: 7, name: \"exchange\") { id } }", "String"),
        ("query {", "Syntax Error"),
        ("mutation { minimizeComment(input: {subjectId: \"x\"}) { clientMutationId } }",
         "classifier"),
    ],
)  # fmt: skip
def test_a_document_outside_the_schema_is_refused(stage: Stage, query: str, says: str) -> None:
    assert says in _refused(stage, query, {})["message"]
    assert document_problems(query)


@pytest.mark.parametrize("size", [None, 101])
def test_a_list_needs_a_size_of_at_most_a_hundred(stage: Stage, size: int | None) -> None:
    asked = "" if size is None else f"(first: {size})"
    query = (
        'query { repository(owner: "acme", name: "exchange") { pullRequest(number: 1) '
        f"{{ reviewThreads{asked} {{ totalCount }} }} }} }}"
    )
    assert "PAGINATION" in _refused(stage, query, {})["type"]


def test_where_the_api_stands(stage: Stage) -> None:
    body: Any = {"query": THREADS, "variables": ALL}
    headers = {"Authorization": f"Bearer {stage.token()}"}
    url = stage.sandbox.url
    for path, status in (("/graphql", 200), ("/api/graphql", 200), ("/api/v3/graphql", 404)):
        done = requests.post(url + path, json=body, headers=headers, timeout=10)
        assert done.status_code == status
    assert requests.post(f"{url}/graphql", json=body, timeout=10).status_code == 401
    jwt = {"Authorization": f"Bearer {stage.auth().token}"}
    assert requests.post(f"{url}/graphql", json=body, headers=jwt, timeout=10).status_code == 401
    # PyGithub finds it from either base address
    base = url.removeprefix("http://")
    assert stage.github().requester.graphql_url.endswith("/api/graphql")
    auth = pygithub.Auth.Token(stage.token())
    plain = pygithub.Github(auth=auth, base_url=f"http://{base}")
    assert plain.requester.graphql_url == f"http://{base}/graphql"


def test_questions_are_no_content(stage: Stage) -> None:
    """The limit on content counts what changes something, though all of it comes by POST."""
    token = stage.token()
    comment = stage.pull(token).create_review_comment("x", stage.head, "order.rs", line=12)
    stage.sandbox.limits(content_per_minute=1)
    for _ in range(3):
        _ask(stage, THREADS, ALL, token)
    mutation = (
        "mutation($id: ID!) { minimizeComment(input: {subjectId: $id, classifier: SPAM}) %s }"
    )
    asked = {"id": comment.raw_data["node_id"]}
    _ask(stage, mutation % "{ clientMutationId }", asked, token)
    with pytest.raises(pygithub.GithubException) as refused:
        _ask(stage, mutation, asked, token)
    assert refused.value.status == 403


@pytest.mark.parametrize("kind", ["status", "applied"])
def test_a_fault_may_strike_a_mutation(stage: Stage, kind: str) -> None:
    stage.pull().create_review_comment("x", stage.head, "order.rs", line=12)
    (thread,) = _threads(stage)["nodes"]
    stage.sandbox.fault(kind, method="POST", path="^/graphql$")
    with pytest.raises(pygithub.GithubException) as refused:
        _change(stage, "resolveReviewThread", {"threadId": thread["id"]}, "thread { id }")
    assert refused.value.status == 502
    assert _threads(stage)["nodes"][0]["isResolved"] == (kind == "applied")
