"""Single comments on the diff: on a line, on a file, or as a reply."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from reviewer.sandbox.github_anchors import (
    BadAnchor,
    anchor_on,
    anchor_on_file,
    comparison_at,
    comparison_of,
    follow_push,
)
from reviewer.sandbox.github_auth import caller, check_author, needs
from reviewer.sandbox.github_errors import not_found, validation_failed
from reviewer.sandbox.github_events import announce_review_comment
from reviewer.sandbox.github_http import (
    answer,
    comment_text,
    json_body,
    listing,
    nothing,
    optional,
    wanted,
    world,
)
from reviewer.sandbox.github_json import review_comment_json
from reviewer.sandbox.github_pulls import pull_of
from reviewer.sandbox.github_reviews import renderer
from reviewer.sandbox.github_state import (
    Anchor,
    Pull,
    Repository,
    Review,
    ReviewComment,
    Thread,
    now,
)

routes = Blueprint("review_comments", __name__)

_RESOURCE = "PullRequestReviewComment"
_OF_PULL = "/repos/<owner>/<repo>/pulls/<int:number>/comments"
_ONE = "/repos/<owner>/<repo>/pulls/comments/<int:comment_id>"


def review_comment_of(repo: Repository, comment_id: int) -> ReviewComment:
    """The comment of this id. Raises ApiError 404."""
    comment = repo.review_comments.get(comment_id)
    if comment is None:
        raise not_found()
    return comment


@routes.post(_OF_PULL)
@needs("pull_requests:write")
def create_comment(repo: Repository, number: int) -> Response:
    """Comment on a line, on a file (`subject_type: file`) or on a comment (`in_reply_to`)."""
    pull, body = pull_of(repo, number), json_body()
    text = comment_text(body, _RESOURCE)
    parent = optional(body, "in_reply_to", int, _RESOURCE)
    if parent is not None:
        return _reply(pull, parent, text)
    commit = wanted(body, "commit_id", str, _RESOURCE)
    wanted(body, "path", str, _RESOURCE)
    if commit not in comparison_of(pull).commits:
        raise validation_failed(_RESOURCE, "commit_id", "invalid")
    anchor, hunk = _place(pull, commit, body)
    return _created(_create(pull, text, anchor, hunk, commit, None))


def _place(pull: Pull, commit: str, body: dict[str, Any]) -> tuple[Anchor, str]:
    change = comparison_at(pull, commit)
    try:
        if body.get("subject_type") == "file":
            return anchor_on_file(change, body["path"]), ""
        return anchor_on(change, body)
    except BadAnchor as error:
        field = f"pull_request_review_thread.{error.field}"
        raise validation_failed(_RESOURCE, field, "custom", f"{field}: {error.message}") from None


def _reply(pull: Pull, parent_id: int, text: str) -> Response:
    parent = review_comment_of(pull.repo, parent_id)
    if parent.pull is not pull or parent.in_reply_to is not None:
        raise validation_failed(_RESOURCE, "in_reply_to", "invalid")
    return _created(reply_to(parent, text))


def reply_to(parent: ReviewComment, text: str) -> ReviewComment:
    """Answer the first comment of a thread, as the caller."""
    pull, commit = parent.pull, parent.original_commit
    return _create(pull, text, parent.original, parent.diff_hunk, commit, parent)


def _created(comment: ReviewComment) -> Response:
    body = review_comment_json(world(), comment)
    return answer(body, 201, {"Location": body["url"]})


def _create(
    pull: Pull,
    text: str,
    anchor: Anchor,
    hunk: str,
    commit: str,
    parent: ReviewComment | None,
) -> ReviewComment:
    state, user = world(), caller().user
    with state.lock:
        # GitHub wraps every single comment in a review of its own
        review = Review(state.next_id(), pull, user, "", "COMMENTED", commit, now())
        comment = ReviewComment(
            id=state.next_id(),
            pull=pull,
            user=user,
            body=text,
            original=anchor,
            anchor=parent.anchor if parent else anchor,
            original_commit=commit,
            commit=parent.commit if parent else commit,
            diff_hunk=hunk,
            review=review,
            thread=parent.thread if parent else Thread(state.next_id(), pull),
            in_reply_to=parent.id if parent else None,
        )
        follow_push(comment, comparison_at(pull, comment.commit), comment.commit)
        pull.repo.review_comments[comment.id] = comment
        pull.repo.reviews[review.id] = review
        pull.touch()
    announce_review_comment(state, "created", comment, user)
    return comment


@routes.post(f"{_OF_PULL}/<int:comment_id>/replies")
@needs("pull_requests:write")
def reply(repo: Repository, number: int, comment_id: int) -> Response:
    """Answer a comment; a reply itself cannot be replied to."""
    pull = pull_of(repo, number)
    return _reply(pull, comment_id, comment_text(json_body(), _RESOURCE))


def _is_published(comment: ReviewComment) -> bool:
    pending = comment.review is not None and comment.review.state == "PENDING"
    return not pending or comment.user is caller().user


@routes.get(_OF_PULL)
@needs("pull_requests:read")
def list_comments(repo: Repository, number: int) -> Response:
    """The comments on the diff, oldest first."""
    found = repo.comments_of(pull_of(repo, number))
    return listing([c for c in found if _is_published(c)], renderer())


@routes.get(_ONE)
@needs("pull_requests:read")
def get_comment(repo: Repository, comment_id: int) -> Response:
    """One comment."""
    return answer(review_comment_json(world(), review_comment_of(repo, comment_id)))


@routes.patch(_ONE)
@needs("pull_requests:write")
def update_comment(repo: Repository, comment_id: int) -> Response:
    """Reword a comment."""
    comment = _own(repo, comment_id)
    before = comment.body
    comment.reword(comment_text(json_body(), _RESOURCE))
    changes = {"body": {"from": before}}
    announce_review_comment(world(), "edited", comment, caller().user, changes=changes)
    return answer(review_comment_json(world(), comment))


@routes.delete(_ONE)
@needs("pull_requests:write")
def delete_comment(repo: Repository, comment_id: int) -> Response:
    """Take a comment back."""
    comment = _own(repo, comment_id)
    with world().lock:
        del repo.review_comments[comment.id]
    announce_review_comment(world(), "deleted", comment, caller().user)
    return nothing()


def _own(repo: Repository, comment_id: int) -> ReviewComment:
    comment = review_comment_of(repo, comment_id)
    check_author(repo, comment.user)
    return comment
