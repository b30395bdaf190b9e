"""Reviews: sent whole or not at all, listed, reworded, submitted, dismissed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response

from reviewer.sandbox.github_anchors import (
    BadAnchor,
    anchor_on,
    comparison_at,
    comparison_of,
    follow_push,
)
from reviewer.sandbox.github_auth import caller, needs
from reviewer.sandbox.github_errors import ApiError, not_found, unprocessable
from reviewer.sandbox.github_events import announce_review, announce_review_comment
from reviewer.sandbox.github_http import (
    MAX_BODY_CHARACTERS,
    answer,
    json_body,
    listing,
    optional,
    wanted,
    world,
)
from reviewer.sandbox.github_json import review_comment_json, review_json
from reviewer.sandbox.github_pulls import pull_of
from reviewer.sandbox.github_state import (
    Anchor,
    Pull,
    Repository,
    Review,
    ReviewComment,
    Thread,
    User,
    now,
)

routes = Blueprint("reviews", __name__)

_STATES = {"APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED"}
_HERE = "/repos/<owner>/<repo>/pulls/<int:number>/reviews"
_RESOURCE = "PullRequestReview"


def review_of(repo: Repository, number: int, review_id: int) -> Review:
    """The review of this id on this pull request. Raises ApiError 404."""
    review = repo.reviews.get(review_id)
    if review is None or review.pull.number != number:
        raise not_found()
    return review


def check_commit(pull: Pull, commit: str | None) -> str:
    """The commit that a comment is about. Raises ApiError 422 for one of elsewhere."""
    if commit is None:
        return pull.head_sha
    if commit not in comparison_of(pull).commits:
        raise unprocessable("commit_id is not part of the pull request")
    return commit


def _check_body(text: str) -> str:
    if len(text) > MAX_BODY_CHARACTERS:
        raise unprocessable("Body is too long (maximum is 65536 characters)")
    return text


def _placed(pull: Pull, commit: str, entries: list[Any]) -> list[tuple[Anchor, str, str]]:
    placed = []
    change = comparison_at(pull, commit)
    for entry in entries:
        if not isinstance(entry, dict) or not isinstance(entry.get("body"), str):
            raise unprocessable("Comments are invalid")
        if not entry["body"].strip():
            raise unprocessable("Body can't be blank")
        try:
            anchor, hunk = anchor_on(change, entry)
        except BadAnchor as error:
            # GitHub does not say which of the comments it means
            raise unprocessable(error.message) from None
        placed.append((anchor, hunk, _check_body(entry["body"])))
    return placed


@routes.post(_HERE)
@needs("pull_requests:write")
def create_review(repo: Repository, number: int) -> Response:
    """Make a review with its comments; without `event` it stays pending."""
    state, body, user = world(), json_body(), caller().user
    pull = pull_of(repo, number)
    text = _check_body(optional(body, "body", str, _RESOURCE) or "")
    event = optional(body, "event", str, _RESOURCE)
    entries = optional(body, "comments", list, _RESOURCE) or []
    commit = check_commit(pull, optional(body, "commit_id", str, _RESOURCE))
    _check_event(pull, event, user, has_text=bool(text.strip()), has_comments=bool(entries))
    placed = _placed(pull, commit, entries)
    with state.lock:
        pending = any(
            r.pull is pull and r.user is user and r.state == "PENDING"
            for r in repo.reviews.values()
        )
        if pending:
            raise unprocessable("User can only have one pending review per pull request")
        review = Review(state.next_id(), pull, user, text, "PENDING", commit)
        if event is not None:
            review.state, review.submitted_at = _STATES[event], now()
        comments = [_comment(review, *place) for place in placed]
        # nothing is to be seen before all of it is there
        repo.review_comments.update({comment.id: comment for comment in comments})
        repo.reviews[review.id] = review
        pull.touch()
    if event is not None:
        _announce_submitted(review, comments)
    return answer(review_json(state, review))


def _comment(review: Review, anchor: Anchor, hunk: str, text: str) -> ReviewComment:
    state, pull, commit = world(), review.pull, review.commit
    comment = ReviewComment(
        id=state.next_id(),
        pull=pull,
        user=review.user,
        body=text,
        original=anchor,
        anchor=anchor,
        original_commit=commit,
        commit=commit,
        diff_hunk=hunk,
        review=review,
        thread=Thread(state.next_id(), pull),
    )
    follow_push(comment, comparison_at(pull, commit), commit)
    return comment


def _check_event(
    pull: Pull, event: str | None, user: User, *, has_text: bool, has_comments: bool
) -> None:
    if event is None:
        return
    if event not in _STATES:
        raise unprocessable("Event is not included in the list")
    if event != "COMMENT" and pull.user is user:
        verb = "approve" if event == "APPROVE" else "request changes on"
        raise unprocessable(f"Can not {verb} your own pull request")
    if event == "REQUEST_CHANGES" and not has_text:
        raise unprocessable("Body can't be blank")
    if event == "COMMENT" and not (has_text or has_comments):
        raise unprocessable("Body can't be blank")


def _announce_submitted(review: Review, comments: list[ReviewComment]) -> None:
    announce_review(world(), "submitted", review, review.user)
    for comment in comments:
        announce_review_comment(world(), "created", comment, review.user)


def _visible(repo: Repository, pull: Pull) -> list[Review]:
    # a pending review is seen by its author alone
    return [
        r
        for r in list(repo.reviews.values())
        if r.pull is pull and (r.state != "PENDING" or r.user is caller().user)
    ]


@routes.get(_HERE)
@needs("pull_requests:read")
def list_reviews(repo: Repository, number: int) -> Response:
    """The reviews, oldest first."""
    found = _visible(repo, pull_of(repo, number))
    return listing(found, lambda review: review_json(world(), review))


@routes.get(f"{_HERE}/<int:review_id>")
@needs("pull_requests:read")
def get_review(repo: Repository, number: int, review_id: int) -> Response:
    """One review."""
    return answer(review_json(world(), review_of(repo, number, review_id)))


@routes.put(f"{_HERE}/<int:review_id>")
@needs("pull_requests:write")
def update_review(repo: Repository, number: int, review_id: int) -> Response:
    """Reword the body of one's own review."""
    review = review_of(repo, number, review_id)
    if review.user is not caller().user:
        raise ApiError(403, "You can only edit your own reviews")
    review.body = _check_body(wanted(json_body(), "body", str, _RESOURCE))
    review.pull.touch()
    announce_review(world(), "edited", review, review.user)
    return answer(review_json(world(), review))


@routes.post(f"{_HERE}/<int:review_id>/events")
@needs("pull_requests:write")
def submit_review(repo: Repository, number: int, review_id: int) -> Response:
    """Submit a pending review."""
    review, body = review_of(repo, number, review_id), json_body()
    if review.state != "PENDING":
        raise unprocessable("Review has already been submitted")
    event = wanted(body, "event", str, _RESOURCE)
    text = _check_body(optional(body, "body", str, _RESOURCE) or review.body)
    comments = [c for c in repo.comments_of(review.pull) if c.review is review]
    _check_event(
        review.pull,
        event,
        review.user,
        has_text=bool(text.strip()),
        has_comments=bool(comments),
    )
    with world().lock:
        review.body, review.submitted_at = text, now()
        review.state = _STATES[event]
    _announce_submitted(review, comments)
    return answer(review_json(world(), review))


@routes.delete(f"{_HERE}/<int:review_id>")
@needs("pull_requests:write")
def delete_review(repo: Repository, number: int, review_id: int) -> Response:
    """Throw a pending review away, with its comments."""
    review = review_of(repo, number, review_id)
    if review.user is not caller().user:
        raise not_found()
    if review.state != "PENDING":
        raise unprocessable("Can not delete a non-pending pull request review")
    with world().lock:
        for comment in repo.comments_of(review.pull):
            if comment.review is review:
                del repo.review_comments[comment.id]
        del repo.reviews[review.id]
    return answer(review_json(world(), review))


@routes.put(f"{_HERE}/<int:review_id>/dismissals")
@needs("pull_requests:write")
def dismiss_review(repo: Repository, number: int, review_id: int) -> Response:
    """Dismiss an approval or a request for changes; a plain comment cannot be dismissed."""
    review = review_of(repo, number, review_id)
    wanted(json_body(), "message", str, _RESOURCE)
    if review.state not in ("APPROVED", "CHANGES_REQUESTED"):
        raise unprocessable("Can not dismiss a commented pull request review")
    review.state = "DISMISSED"
    announce_review(world(), "dismissed", review, caller().user)
    return answer(review_json(world(), review))


@routes.get(f"{_HERE}/<int:review_id>/comments")
@needs("pull_requests:read")
def list_comments_of_review(repo: Repository, number: int, review_id: int) -> Response:
    """The comments that were sent with a review."""
    review = review_of(repo, number, review_id)
    found = [c for c in repo.comments_of(review.pull) if c.review is review]
    return listing(found, renderer())


def renderer() -> Callable[[ReviewComment], dict[str, Any]]:
    """Renders review comments for a list."""
    state = world()
    return lambda comment: review_comment_json(state, comment)
