"""The conversation of a pull request: comments, labels, and the issue that it also is."""

from __future__ import annotations

from flask import Blueprint, Response, request

from reviewer.sandbox.github_auth import caller, check_author, check_role, needs
from reviewer.sandbox.github_errors import ApiError, not_found, validation_failed
from reviewer.sandbox.github_events import announce, announce_issue_comment
from reviewer.sandbox.github_http import (
    answer,
    comment_text,
    json_body,
    listing,
    nothing,
    wanted,
    world,
)
from reviewer.sandbox.github_json import issue_comment_json, issue_json, label_json, labels_json
from reviewer.sandbox.github_pulls import pull_of
from reviewer.sandbox.github_state import IssueComment, Repository

routes = Blueprint("issue_comments", __name__)

_ISSUE = "/repos/<owner>/<repo>/issues/<int:number>"
_ONE = "/repos/<owner>/<repo>/issues/comments/<int:comment_id>"
READ = ("issues:read", "pull_requests:read")
WRITE = ("issues:write", "pull_requests:write")


def issue_comment_of(repo: Repository, comment_id: int) -> IssueComment:
    """The comment of this id. Raises ApiError 404."""
    comment = repo.issue_comments.get(comment_id)
    if comment is None:
        raise not_found()
    return comment


@routes.get(_ISSUE)
@needs(*READ)
def get_issue(repo: Repository, number: int) -> Response:
    """The pull request as an issue."""
    return answer(issue_json(world(), pull_of(repo, number)))


@routes.get(f"{_ISSUE}/comments")
@needs(*READ)
def list_comments(repo: Repository, number: int) -> Response:
    """The comments of the conversation, oldest first."""
    pull = pull_of(repo, number)
    found = [c for c in list(repo.issue_comments.values()) if c.pull is pull]
    return listing(found, lambda comment: issue_comment_json(world(), comment))


@routes.post(f"{_ISSUE}/comments")
@needs(*WRITE)
def create_comment(repo: Repository, number: int) -> Response:
    """Comment in the conversation."""
    state, who = world(), caller()
    pull = pull_of(repo, number)
    text = comment_text(json_body(), "IssueComment")
    with state.lock:
        comment = IssueComment(state.next_id(), pull, who.user, text, who.app)
        repo.issue_comments[comment.id] = comment
        pull.touch()
    announce_issue_comment(state, "created", comment, who.user)
    body = issue_comment_json(state, comment)
    return answer(body, 201, {"Location": body["url"]})


@routes.get(_ONE)
@needs(*READ)
def get_comment(repo: Repository, comment_id: int) -> Response:
    """One comment."""
    return answer(issue_comment_json(world(), issue_comment_of(repo, comment_id)))


@routes.patch(_ONE)
@needs(*WRITE)
def update_comment(repo: Repository, comment_id: int) -> Response:
    """Reword a comment."""
    comment = _own(repo, comment_id)
    before = comment.body
    comment.reword(comment_text(json_body(), "IssueComment"))
    changes = {"body": {"from": before}}
    announce_issue_comment(world(), "edited", comment, caller().user, changes=changes)
    return answer(issue_comment_json(world(), comment))


@routes.delete(_ONE)
@needs(*WRITE)
def delete_comment(repo: Repository, comment_id: int) -> Response:
    """Take a comment back."""
    comment = _own(repo, comment_id)
    with world().lock:
        del repo.issue_comments[comment.id]
    announce_issue_comment(world(), "deleted", comment, caller().user)
    return nothing()


def _own(repo: Repository, comment_id: int) -> IssueComment:
    comment = issue_comment_of(repo, comment_id)
    check_author(repo, comment.user)
    return comment


@routes.post(f"{_ISSUE}/labels")
@needs(*WRITE)
def add_labels(repo: Repository, number: int) -> Response:
    """Add labels by name; one that is there already stays."""
    check_role(repo, "triage")
    pull = pull_of(repo, number)
    body = request.get_json(silent=True)
    # a bare list is as good as an object that holds it
    names = body if isinstance(body, list) else wanted(json_body(), "labels", list, "Label")
    if not all(isinstance(name, str) and name for name in names):
        raise validation_failed("Label", "name", "invalid")
    for name in names:
        if name not in pull.labels:
            pull.labels.append(name)
            label = label_json(world(), repo, name)
            announce(world(), "pull_request", "labeled", pull, caller().user, label=label)
    pull.touch()
    return answer(labels_json(world(), pull))


@routes.delete(f"{_ISSUE}/labels/<name>")
@needs(*WRITE)
def remove_label(repo: Repository, number: int, name: str) -> Response:
    """Take a label away."""
    check_role(repo, "triage")
    pull = pull_of(repo, number)
    if name not in pull.labels:
        raise ApiError(404, "Label does not exist")
    pull.labels.remove(name)
    pull.touch()
    label = label_json(world(), repo, name)
    announce(world(), "pull_request", "unlabeled", pull, caller().user, label=label)
    return answer(labels_json(world(), pull))
