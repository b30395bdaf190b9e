"""Which event asks for what: the one table, and `decide`, which reads it.

The events named here are the ones that `app.yml` subscribes to; a test holds them equal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from reviewer.intake.comment import LONGEST_COMMENT, may_be_for_us
from reviewer.intake.delivery import Delivery, Malformed
from reviewer.intake.job import CommentJob, ReviewJob
from reviewer.refs import InstallationId, PullNumber, PullRef, RepoName, commit_sha

_LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62})\Z")
"""With the underscore of accounts that a company manages."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing to do, and why; the reason goes into the answer and the log."""

    reason: str


Decision = ReviewJob | CommentJob | Ignored


def _review(delivery: Delivery) -> Decision:
    # A draft becomes a job too: whether it waits is the repository's configuration to say.
    pull = _member(delivery.payload, "pull_request")
    return ReviewJob(
        guid=delivery.guid,
        installation=_installation(delivery.payload),
        pull=_pull_ref(delivery.payload, pull),
        head_sha=commit_sha(str(_member(pull, "head").get("sha"))),
        reason=f"{delivery.event}.{delivery.action}",
    )


def _comment(delivery: Delivery) -> Decision:
    payload = delivery.payload
    comment = _member(payload, "comment")
    in_thread = delivery.event == "pull_request_review_comment"
    pull = _member(payload, "pull_request" if in_thread else "issue")
    if not in_thread and not pull.get("pull_request"):
        return Ignored("a comment on an issue, not on a pull request")
    author, body = comment.get("user"), comment.get("body")
    if not isinstance(author, dict) or not isinstance(body, str):
        return Ignored("a comment of nobody, or without words")
    if "Bot" in (author.get("type"), _member(payload, "sender").get("type")):
        return Ignored("a comment of a bot")
    first = comment.get("in_reply_to_id") if in_thread else None
    # In a thread plain words may be an answer to us.
    if first is None and not may_be_for_us(body):
        return Ignored("a comment that begins with no command")
    return CommentJob(
        guid=delivery.guid,
        installation=_installation(payload),
        pull=_pull_ref(payload, pull),
        comment_id=_whole_number(comment.get("id")),
        in_thread=in_thread,
        reply_to=None if first is None else _whole_number(first),
        author=_login(author.get("login")),
        author_id=_whole_number(author.get("id")),
        author_is_bot=False,
        body=body[:LONGEST_COMMENT],
        reason=f"{delivery.event}.{delivery.action}",
    )


ROUTES: Mapping[tuple[str, str], Callable[[Delivery], Decision]] = {
    ("pull_request", "opened"): _review,
    ("pull_request", "reopened"): _review,
    ("pull_request", "synchronize"): _review,
    ("pull_request", "ready_for_review"): _review,
    ("issue_comment", "created"): _comment,
    ("pull_request_review_comment", "created"): _comment,
}

ALWAYS_SENT = frozenset({"ping", "installation", "installation_repositories"})
"""Events that GitHub sends to every App without being asked."""


def decide(delivery: Delivery) -> Decision:
    """What the delivery asks for. Raises Malformed when a known event lacks what it must hold."""
    route = ROUTES.get((delivery.event, delivery.action))
    if route is None:
        known = delivery.event in ALWAYS_SENT or any(delivery.event == e for e, _ in ROUTES)
        what = f"{delivery.event}.{delivery.action}" if delivery.action else delivery.event
        return Ignored(f"nothing to do for {what}" if known else f"unknown event {what}")
    try:
        return route(delivery)
    except (ValueError, TypeError) as error:
        raise Malformed(f"the {delivery.event} payload cannot be read: {error}") from error


def _member(payload: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = payload.get(name)
    if not isinstance(value, dict):
        raise Malformed(f"the payload has no {name}")
    return value


def _installation(payload: Mapping[str, Any]) -> InstallationId:
    return InstallationId(_whole_number(_member(payload, "installation").get("id")))


def _pull_ref(payload: Mapping[str, Any], pull: Mapping[str, Any]) -> PullRef:
    repo = RepoName.parse(str(_member(payload, "repository").get("full_name")))
    return PullRef(repo, PullNumber(_whole_number(pull.get("number"))))


def _login(value: object) -> str:
    if not isinstance(value, str) or not _LOGIN.match(value):
        raise ValueError(f"not a login: {str(value)[:64]!r}")
    return value


def _whole_number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"not a positive whole number: {str(value)[:32]!r}")
    return value
