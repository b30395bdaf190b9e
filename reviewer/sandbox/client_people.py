"""The client's levers for what people say: comments, answers, reactions, reviews.

An `actor` whose name ends in `[bot]` is a bot.
"""

from __future__ import annotations

from typing import Any

from reviewer.sandbox.client import Sandbox

Json = dict[str, Any]


def comment_on_line(
    sandbox: Sandbox, repo: str, number: int, place: tuple[str, int], body: str, *, actor: str
) -> Json:
    """Comment on a line of the head, by path and number."""
    path, line = place
    head = sandbox.pull(repo, number)["head"]["sha"]
    told = {"body": body, "commit_id": head, "path": path, "line": line, "side": "RIGHT"}
    where = f"/repos/{repo}/pulls/{number}/comments"
    return dict(sandbox.call("POST", where, told, actor=actor))


def reply(
    sandbox: Sandbox, repo: str, number: int, comment_id: int, body: str, *, actor: str
) -> Json:
    """Answer the first comment of a thread."""
    where = f"/repos/{repo}/pulls/{number}/comments/{comment_id}/replies"
    return dict(sandbox.call("POST", where, {"body": body}, actor=actor))


def edit_comment(sandbox: Sandbox, repo: str, comment_id: int, body: str, *, actor: str) -> None:
    """Reword a comment on the diff."""
    sandbox.call("PATCH", f"/repos/{repo}/pulls/comments/{comment_id}", {"body": body}, actor=actor)


def delete_comment(sandbox: Sandbox, repo: str, comment_id: int, *, actor: str) -> None:
    """Take a comment on the diff back."""
    sandbox.call("DELETE", f"/repos/{repo}/pulls/comments/{comment_id}", actor=actor)


def edit_issue_comment(
    sandbox: Sandbox, repo: str, comment_id: int, body: str, *, actor: str
) -> None:
    """Reword a comment in the conversation."""
    where = f"/repos/{repo}/issues/comments/{comment_id}"
    sandbox.call("PATCH", where, {"body": body}, actor=actor)


def delete_issue_comment(sandbox: Sandbox, repo: str, comment_id: int, *, actor: str) -> None:
    """Take a comment in the conversation back."""
    sandbox.call("DELETE", f"/repos/{repo}/issues/comments/{comment_id}", actor=actor)


def react(sandbox: Sandbox, repo: str, comment_id: int, emoji: str, *, actor: str) -> int:
    """React to a comment on the diff, as with `-1`; returns the reaction's id."""
    where = f"/repos/{repo}/pulls/comments/{comment_id}/reactions"
    return int(sandbox.call("POST", where, {"content": emoji}, actor=actor)["id"])


def react_to_issue_comment(
    sandbox: Sandbox, repo: str, comment_id: int, emoji: str, *, actor: str
) -> int:
    """React to a comment in the conversation; returns the reaction's id."""
    where = f"/repos/{repo}/issues/comments/{comment_id}/reactions"
    return int(sandbox.call("POST", where, {"content": emoji}, actor=actor)["id"])


def reactions(sandbox: Sandbox, repo: str, comment_id: int) -> list[Json]:
    """The reactions to a comment on the diff."""
    owner = repo.partition("/")[0]
    where = f"/repos/{repo}/pulls/comments/{comment_id}/reactions"
    return list(sandbox.call("GET", where, actor=owner))


def reactions_to_issue_comment(sandbox: Sandbox, repo: str, comment_id: int) -> list[Json]:
    """The reactions to a comment in the conversation."""
    owner = repo.partition("/")[0]
    where = f"/repos/{repo}/issues/comments/{comment_id}/reactions"
    return list(sandbox.call("GET", where, actor=owner))


def review(
    sandbox: Sandbox, repo: str, number: int, event: str, body: str = "", *, actor: str
) -> Json:
    """Submit a review: APPROVE, REQUEST_CHANGES, COMMENT."""
    told = {"event": event, "body": body}
    return dict(sandbox.call("POST", f"/repos/{repo}/pulls/{number}/reviews", told, actor=actor))
