"""Repositories, pull requests, threads and comments as GraphQL sees them.

A value that may be called is worked out only when a document asks for the field.
"""

from __future__ import annotations

import base64
import re
from typing import Any

from graphql import GraphQLResolveInfo

from reviewer.sandbox.github_auth import caller, may_write, role_of
from reviewer.sandbox.github_graphql_errors import Refusal, forbidden
from reviewer.sandbox.github_graphql_pages import connection
from reviewer.sandbox.github_http import world
from reviewer.sandbox.github_json import association, pull_page
from reviewer.sandbox.github_json_repo import moment, node_id
from reviewer.sandbox.github_state import (
    IssueComment,
    Pull,
    Reaction,
    Repository,
    ReviewComment,
    Thread,
    User,
)
from reviewer.sandbox.github_threads import comments_of, threads_of

Json = dict[str, Any]

REACTIONS = {
    "+1": "THUMBS_UP",
    "-1": "THUMBS_DOWN",
    "laugh": "LAUGH",
    "hooray": "HOORAY",
    "confused": "CONFUSED",
    "heart": "HEART",
    "rocket": "ROCKET",
    "eyes": "EYES",
}


def parsed_id(node: str) -> tuple[str, int]:
    """The kind and the number behind a node's id. Raises ValueError."""
    kind, _, packed = node.partition("_")
    text = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode()
    found = re.fullmatch(r"([A-Z]+):(\d+)", text)
    if found is None or found[1] != kind:
        raise ValueError(f"not the id of a node: {node!r}")
    return kind, int(found[2])


def can_read(repo: Repository) -> bool:
    """Whether the caller knows of the repository at all."""
    who = caller()
    return who.token.reaches(repo) if who.token else role_of(repo, who.user) != "none"


def repository_node(repo: Repository) -> Json:
    """A repository."""

    def pull(_: GraphQLResolveInfo[Any], number: int) -> Json:
        token = caller().token
        if token is not None and "pull_requests" not in token.permissions:
            raise forbidden()
        found = repo.pulls.get(number)
        if found is None:
            message = f"Could not resolve to a PullRequest with the number of {number}."
            raise Refusal("NOT_FOUND", message)
        return pull_node(found)

    return {
        "__typename": "Repository",
        "id": node_id("R", repo.id),
        "databaseId": repo.id,
        "isPrivate": repo.private,
        "name": repo.name,
        "nameWithOwner": repo.full_name,
        "pullRequest": pull,
    }


def pull_node(pull: Pull) -> Json:
    """A pull request."""

    def threads(_: GraphQLResolveInfo[Any], **args: Any) -> Json:
        return connection("reviewThreads", threads_of(pull), thread_node, args)

    def comments(_: GraphQLResolveInfo[Any], **args: Any) -> Json:
        said = [c for c in list(pull.repo.issue_comments.values()) if c.pull is pull]
        return connection("comments", said, issue_comment_node, args)

    return {
        "__typename": "PullRequest",
        "id": node_id("PR", pull.id),
        "databaseId": pull.id,
        "baseRefName": pull.base_ref,
        "baseRefOid": pull.base_sha,
        "body": pull.body or "",
        "comments": comments,
        "headRefName": pull.head_ref,
        "headRefOid": pull.head_sha,
        "isDraft": pull.draft,
        "number": pull.number,
        "reviewThreads": threads,
        "state": "MERGED" if pull.merged_at else pull.state.upper(),
        "title": pull.title,
        "url": pull_page(world(), pull),
    }


def thread_node(thread: Thread) -> Json:
    """A thread on the diff: where it stands is where its first comment stands."""
    said = comments_of(thread)
    first, pull = said[0], thread.pull
    now_at, original, resolved = first.anchor, first.original, thread.resolved_by is not None
    able = may_write(pull.repo, world().resolving_needs) or caller().user is pull.user

    def comments(_: GraphQLResolveInfo[Any], **args: Any) -> Json:
        return connection("comments", comments_of(thread), review_comment_node, args)

    return {
        "__typename": "PullRequestReviewThread",
        "id": node_id("PRRT", thread.id),
        "comments": comments,
        "diffSide": original.side,
        "isCollapsed": resolved,
        "isOutdated": now_at is None,
        "isResolved": resolved,
        "line": now_at.line if now_at else None,
        "originalLine": original.line,
        "originalStartLine": original.start_line,
        "path": (now_at or original).path,
        "pullRequest": lambda _: pull_node(pull),
        "repository": lambda _: repository_node(pull.repo),
        # the field is a User even when it was a bot
        "resolvedBy": actor_node(thread.resolved_by) if thread.resolved_by else None,
        "startDiffSide": original.start_side,
        "startLine": now_at.start_line if now_at else None,
        "subjectType": "FILE" if first.on_file else "LINE",
        "viewerCanReply": may_write(pull.repo, "pull_requests:write"),
        "viewerCanResolve": able and not resolved,
        "viewerCanUnresolve": able and resolved,
    }


def review_comment_node(comment: ReviewComment) -> Json:
    """A comment on the diff."""
    replied = comment.pull.repo.review_comments.get(comment.in_reply_to or 0)
    review, now_at, original = comment.review, comment.anchor, comment.original
    return {
        "__typename": "PullRequestReviewComment",
        **_comment_fields(comment, "PRRC"),
        "commit": _commit_node(comment.commit),
        "diffHunk": comment.diff_hunk,
        "line": now_at.line if now_at else None,
        "originalCommit": _commit_node(comment.original_commit),
        "originalLine": original.line,
        "originalStartLine": original.start_line,
        "outdated": now_at is None,
        "path": (now_at or original).path,
        "pullRequestReview": (
            {"id": node_id("PRR", review.id), "databaseId": review.id} if review else None
        ),
        "replyTo": lambda _: review_comment_node(replied) if replied else None,
        "startLine": now_at.start_line if now_at else None,
        "url": f"{pull_page(world(), comment.pull)}#discussion_r{comment.id}",
    }


def issue_comment_node(comment: IssueComment) -> Json:
    """A comment in the conversation."""
    return {
        "__typename": "IssueComment",
        **_comment_fields(comment, "IC"),
        "url": f"{pull_page(world(), comment.pull)}#issuecomment-{comment.id}",
    }


def comment_node(comment: IssueComment | ReviewComment) -> Json:
    """A comment of either kind."""
    if isinstance(comment, ReviewComment):
        return review_comment_node(comment)
    return issue_comment_node(comment)


def _comment_fields(comment: IssueComment | ReviewComment, kind: str) -> Json:
    repo = comment.pull.repo
    return {
        "id": node_id(kind, comment.id),
        "databaseId": comment.id,
        "author": actor_node(comment.user),
        "authorAssociation": association(repo, comment.user),
        "body": comment.body,
        "createdAt": moment(comment.created_at),
        "isMinimized": comment.hidden_as is not None,
        "lastEditedAt": moment(comment.edited_at),
        "minimizedReason": comment.hidden_as,
        "reactionGroups": _groups(comment.reactions),
        "updatedAt": moment(comment.updated_at),
        "viewerCanMinimize": may_write(repo, "pull_requests:write"),
        "viewerDidAuthor": comment.user is caller().user,
    }


def _commit_node(sha: str) -> Json:
    return {"id": node_id("C", int(sha[:12], 16)), "oid": sha}


def _groups(reactions: list[Reaction]) -> list[Json]:
    """Every emoji, used or not."""
    left = list(reactions)

    def group(content: str) -> Json:
        who = [reaction.user for reaction in left if reaction.content == content]
        return {
            "content": REACTIONS[content],
            "reactors": {"totalCount": len(who)},
            "viewerHasReacted": caller().user in who,
        }

    return [group(content) for content in REACTIONS]


def actor_node(user: User) -> Json:
    """An account. Unlike the REST API, GraphQL gives a bot's name without `[bot]`."""
    return {
        "__typename": user.kind,
        "id": node_id("U", user.id),
        "databaseId": user.id,
        "login": user.login.removesuffix("[bot]"),
        "url": f"{world().base_url}/{user.login.removesuffix('[bot]')}",
    }
