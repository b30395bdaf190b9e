"""Reactions: the emoji under comments and pull requests."""

from __future__ import annotations

from flask import Blueprint, Response

from reviewer.sandbox.github_auth import caller, needs
from reviewer.sandbox.github_errors import not_accessible, not_found, validation_failed
from reviewer.sandbox.github_http import answer, json_body, listing, nothing, wanted, world
from reviewer.sandbox.github_issue_comments import READ, WRITE, issue_comment_of
from reviewer.sandbox.github_json import EMOJI, reaction_json
from reviewer.sandbox.github_pulls import pull_of
from reviewer.sandbox.github_review_comments import review_comment_of
from reviewer.sandbox.github_state import Reaction, Repository

routes = Blueprint("reactions", __name__)

_ISSUE = "/repos/<owner>/<repo>/issues/<int:number>/reactions"
_ISSUE_COMMENT = "/repos/<owner>/<repo>/issues/comments/<int:comment_id>/reactions"
_REVIEW_COMMENT = "/repos/<owner>/<repo>/pulls/comments/<int:comment_id>/reactions"


def _add(reactions: list[Reaction]) -> Response:
    content = wanted(json_body(), "content", str, "Reaction")
    if content not in EMOJI:
        raise validation_failed("Reaction", "content", "invalid")
    state, user = world(), caller().user
    with state.lock:
        for reaction in reactions:
            if reaction.user is user and reaction.content == content:
                return answer(reaction_json(state, reaction))
        reaction = Reaction(state.next_id(), user, content)
        reactions.append(reaction)
    return answer(reaction_json(state, reaction), 201)


def _all(reactions: list[Reaction]) -> Response:
    return listing(list(reactions), lambda reaction: reaction_json(world(), reaction))


def _remove(reactions: list[Reaction], reaction_id: int) -> Response:
    with world().lock:
        for reaction in reactions:
            if reaction.id == reaction_id:
                if reaction.user is not caller().user:
                    raise not_accessible()
                reactions.remove(reaction)
                return nothing()
    raise not_found()


@routes.post(_ISSUE)
@needs(*WRITE)
def react_to_issue(repo: Repository, number: int) -> Response:
    """React to a pull request."""
    return _add(pull_of(repo, number).reactions)


@routes.get(_ISSUE)
@needs(*READ)
def reactions_to_issue(repo: Repository, number: int) -> Response:
    """List the reactions to a pull request."""
    return _all(pull_of(repo, number).reactions)


@routes.delete(f"{_ISSUE}/<int:reaction_id>")
@needs(*WRITE)
def unreact_to_issue(repo: Repository, number: int, reaction_id: int) -> Response:
    """Take back a reaction to a pull request."""
    return _remove(pull_of(repo, number).reactions, reaction_id)


@routes.post(_ISSUE_COMMENT)
@needs(*WRITE)
def react_to_issue_comment(repo: Repository, comment_id: int) -> Response:
    """React to a comment in the conversation; the same emoji twice answers 200."""
    return _add(issue_comment_of(repo, comment_id).reactions)


@routes.get(_ISSUE_COMMENT)
@needs(*READ)
def reactions_to_issue_comment(repo: Repository, comment_id: int) -> Response:
    """List the reactions to a comment in the conversation."""
    return _all(issue_comment_of(repo, comment_id).reactions)


@routes.delete(f"{_ISSUE_COMMENT}/<int:reaction_id>")
@needs(*WRITE)
def unreact_to_issue_comment(repo: Repository, comment_id: int, reaction_id: int) -> Response:
    """Take back a reaction to a comment in the conversation."""
    return _remove(issue_comment_of(repo, comment_id).reactions, reaction_id)


@routes.post(_REVIEW_COMMENT)
@needs("pull_requests:write")
def react_to_review_comment(repo: Repository, comment_id: int) -> Response:
    """React to a comment on the diff; the same emoji twice answers 200."""
    return _add(review_comment_of(repo, comment_id).reactions)


@routes.get(_REVIEW_COMMENT)
@needs("pull_requests:read")
def reactions_to_review_comment(repo: Repository, comment_id: int) -> Response:
    """List the reactions to a comment on the diff."""
    return _all(review_comment_of(repo, comment_id).reactions)


@routes.delete(f"{_REVIEW_COMMENT}/<int:reaction_id>")
@needs("pull_requests:write")
def unreact_to_review_comment(repo: Repository, comment_id: int, reaction_id: int) -> Response:
    """Take back a reaction to a comment on the diff."""
    return _remove(review_comment_of(repo, comment_id).reactions, reaction_id)
