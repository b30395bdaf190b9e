"""Which event asks for what: the one table, and `decide`, which reads it.

The events named here are the ones that `app.yml` subscribes to; a test holds them equal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from reviewer.intake.delivery import Delivery, Malformed
from reviewer.intake.job import ReviewJob
from reviewer.refs import InstallationId, PullNumber, PullRef, RepoName, commit_sha


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing to do, and why; the reason goes into the answer and the log."""

    reason: str


Decision = ReviewJob | Ignored


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


ROUTES: Mapping[tuple[str, str], Callable[[Delivery], Decision]] = {
    ("pull_request", "opened"): _review,
    ("pull_request", "reopened"): _review,
    ("pull_request", "synchronize"): _review,
    ("pull_request", "ready_for_review"): _review,
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


def _whole_number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"not a positive whole number: {str(value)[:32]!r}")
    return value
