"""Which event asks for what: the one table, and `decide`, which reads it.

The events named here are the ones that `app.yml` subscribes to; a test holds them equal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from reviewer.intake.comment import LONGEST_COMMENT, may_be_for_us
from reviewer.intake.delivery import Delivery, Malformed
from reviewer.intake.job import CommentJob, EventJob, ReviewJob, Wish
from reviewer.refs import CommitSha, InstallationId, PullNumber, PullRef, RepoName, commit_sha

REVIEW_FULL = "review_full"
"""What the check run's button "Review in full" is called."""
MOST_TAKEN = 100
"""Repositories of one event that are waited for until GitHub no longer gives them."""
MOST_PULLS = 20
"""Pull requests of one check run that are looked at."""

_LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62})\Z")
"""With the underscore of accounts that a company manages."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing to do, and why; the reason goes into the answer and the log."""

    reason: str


Decision = ReviewJob | CommentJob | EventJob | Ignored


def _review(delivery: Delivery, wish: Wish = Wish.PUSH) -> Decision:
    # A draft becomes a job too: whether it waits is the repository's configuration to say. So is
    # which labels matter.
    pull = _member(delivery.payload, "pull_request")
    return ReviewJob(
        guid=delivery.guid,
        installation=_installation(delivery.payload),
        pull=_pull_ref(delivery.payload, pull),
        head_sha=_head(pull),
        reason=_reason(delivery),
        wish=wish,
    )


def _review_on_new_base(delivery: Delivery) -> Decision:
    if "base" not in (delivery.payload.get("changes") or {}):
        return Ignored("nothing to do for pull_request.edited: the base is the same")
    return _review(delivery, Wish.AGAIN)


def _on_pull(delivery: Delivery) -> EventJob:
    pull = _member(delivery.payload, "pull_request")
    ref = _pull_ref(delivery.payload, pull)
    return EventJob(
        guid=delivery.guid,
        installation=_installation(delivery.payload),
        reason=_reason(delivery),
        repo=str(ref.repo),
        number=ref.number,
        head_sha=_head(pull),
    )


def _thread(delivery: Delivery) -> Decision:
    # The App resolves threads itself, and must not answer to that.
    if (delivery.payload.get("sender") or {}).get("type") == "Bot":
        return Ignored(f"nothing to do for {_reason(delivery)} by a bot")
    job = _on_pull(delivery)
    comments = (delivery.payload.get("thread") or {}).get("comments")
    if not comments or delivery.action != "unresolved":
        return job
    sender = _member(delivery.payload, "sender")
    who = {"sender": _login(sender.get("login")), "sender_id": _whole_number(sender.get("id"))}
    return replace(job, facts={"comment": _whole_number(comments[0]["id"]), **who})


def _rerun(delivery: Delivery) -> Decision:
    return _on_check(delivery, _member(delivery.payload, delivery.event), Wish.AGAIN)


def _button(delivery: Delivery) -> Decision:
    pressed = _member(delivery.payload, "requested_action").get("identifier")
    if pressed != REVIEW_FULL:
        return Ignored("nothing to do for check_run.requested_action: no button of ours")
    return _on_check(delivery, _member(delivery.payload, "check_run"), Wish.FULL)


def _merge_group(delivery: Delivery) -> Decision:
    group = _member(delivery.payload, "merge_group")
    return EventJob(
        guid=delivery.guid,
        installation=_installation(delivery.payload),
        reason=_reason(delivery),
        repo=str(_repo(delivery.payload)),
        head_sha=_sha(group.get("head_sha")),
        facts={"ref": str(group.get("head_ref"))[:1000]},
    )


def _gone(delivery: Delivery) -> Decision:
    """Something was taken from us; what exactly, GitHub is asked."""
    payload = delivery.payload
    if delivery.event == "repository":
        taken = [_member(payload, "repository")]
        account = _repo(payload).owner
    else:
        owner = _member(payload, "installation").get("account") or {}
        account = str(owner.get("login") or "")
        taken = payload.get("repositories_removed") or payload.get("repositories") or []
    return EventJob(
        guid=delivery.guid,
        installation=_installation(payload),
        reason=_reason(delivery),
        facts={
            "account": account[:255],
            "taken": [str(repo["full_name"])[:255] for repo in taken[:MOST_TAKEN]],
        },
    )


def _new_name(delivery: Delivery) -> Decision:
    now = _repo(delivery.payload)
    if delivery.action == "renamed":
        changes = _member(delivery.payload, "changes")
        name = _member(_member(changes, "repository"), "name").get("from")
        before = RepoName.parse(f"{now.owner}/{name}")
    else:
        before = RepoName.parse(f"{_owner_before(delivery.payload)}/{now.name}")
    return EventJob(
        guid=delivery.guid,
        installation=_installation(delivery.payload),
        reason=_reason(delivery),
        facts={"before": str(before), "now": str(now)},
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
    ("pull_request", "labeled"): _review,
    ("pull_request", "unlabeled"): _review,
    ("pull_request", "edited"): _review_on_new_base,
    ("pull_request", "closed"): _on_pull,
    ("pull_request", "converted_to_draft"): _on_pull,
    ("pull_request_review_thread", "resolved"): _thread,
    ("pull_request_review_thread", "unresolved"): _thread,
    ("check_run", "rerequested"): _rerun,
    ("check_run", "requested_action"): _button,
    ("check_suite", "rerequested"): _rerun,
    ("merge_group", "checks_requested"): _merge_group,
    ("installation", "deleted"): _gone,
    ("installation_repositories", "removed"): _gone,
    ("repository", "deleted"): _gone,
    ("repository", "renamed"): _new_name,
    ("repository", "transferred"): _new_name,
    ("issue_comment", "created"): _comment,
    ("pull_request_review_comment", "created"): _comment,
}

ALWAYS_SENT = frozenset(
    {"ping", "installation", "installation_repositories", "github_app_authorization"}
)
"""Events that GitHub sends to every App without being asked."""
SUBSCRIBED = sorted({event for event, _ in ROUTES} - ALWAYS_SENT)
"""Events to ask GitHub for."""


def decide(delivery: Delivery) -> Decision:
    """What the delivery asks for. Raises Malformed when a known event lacks what it must hold."""
    route = ROUTES.get((delivery.event, delivery.action))
    if route is None:
        known = delivery.event in ALWAYS_SENT or any(delivery.event == e for e, _ in ROUTES)
        what = f"{delivery.event}.{delivery.action}" if delivery.action else delivery.event
        return Ignored(f"nothing to do for {what}" if known else f"unknown event {what}")
    try:
        return route(delivery)
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise Malformed(f"the {delivery.event} payload cannot be read: {error}") from error


def _member(payload: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = payload.get(name)
    if not isinstance(value, dict):
        raise Malformed(f"the payload has no {name}")
    return value


def _reason(delivery: Delivery) -> str:
    return f"{delivery.event}.{delivery.action}"


def _on_check(delivery: Delivery, check: Mapping[str, Any], wish: Wish) -> EventJob:
    """Whose check it is, and of which pull request, is looked up when the job runs."""
    app = _member(check, "app")
    return EventJob(
        guid=delivery.guid,
        installation=_installation(delivery.payload),
        reason=_reason(delivery),
        repo=str(_repo(delivery.payload)),
        head_sha=_sha(check.get("head_sha")),
        facts={
            "wish": wish.value,
            "app": [str(app.get("id"))[:64], str(app.get("client_id"))[:64]],
            "external_id": str(check.get("external_id") or "")[:255],
            "pulls": _pulls_here(delivery.payload, check),
        },
    )


def _pulls_here(payload: Mapping[str, Any], check: Mapping[str, Any]) -> list[int]:
    """The numbers of the check's pull requests that go into this repository: GitHub lists those
    into other repositories too, and none that come from a fork."""
    here, listed = _member(payload, "repository").get("id"), check.get("pull_requests")
    return [
        _whole_number(pull.get("number"))
        for pull in (listed if isinstance(listed, list) else [])[:MOST_PULLS]
        if isinstance(pull, dict) and _member(_member(pull, "base"), "repo").get("id") == here
    ]


def _owner_before(payload: Mapping[str, Any]) -> str:
    """Who had the repository before it was transferred; empty if it was not."""
    owner = ((payload.get("changes") or {}).get("owner") or {}).get("from") or {}
    return str((owner.get("user") or owner.get("organization") or {}).get("login") or "")


def _installation(payload: Mapping[str, Any]) -> InstallationId:
    return InstallationId(_whole_number(_member(payload, "installation").get("id")))


def _pull_ref(payload: Mapping[str, Any], pull: Mapping[str, Any]) -> PullRef:
    return PullRef(_repo(payload), PullNumber(_whole_number(pull.get("number"))))


def _repo(payload: Mapping[str, Any]) -> RepoName:
    return RepoName.parse(str(_member(payload, "repository").get("full_name")))


def _head(pull: Mapping[str, Any]) -> CommitSha:
    return _sha(_member(pull, "head").get("sha"))


def _sha(value: object) -> CommitSha:
    return commit_sha(str(value))


def _login(value: object) -> str:
    if not isinstance(value, str) or not _LOGIN.match(value):
        raise ValueError(f"not a login: {str(value)[:64]!r}")
    return value


def _whole_number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"not a positive whole number: {str(value)[:32]!r}")
    return value
