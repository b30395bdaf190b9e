"""What a delivery asks for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reviewer.intake.delivery import Delivery, Malformed, read_delivery
from reviewer.intake.job import CommentJob, ReviewJob, job_from_json
from reviewer.intake.routes import Ignored, decide

SHA = "3f2a" * 10
HEADERS = {"X-GitHub-Delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958"}


def payload(**changes: Any) -> dict[str, Any]:
    pull = {"number": 7, "draft": False, "head": {"sha": SHA}} | changes.pop("pull_request", {})
    return {
        "action": "opened",
        "pull_request": pull,
        "repository": {"full_name": "acme/exchange"},
        "installation": {"id": 42},
    } | changes


def delivery(event: str = "pull_request", **changes: Any) -> Delivery:
    body = json.dumps(payload(**changes)).encode()
    return read_delivery(HEADERS | {"X-GitHub-Event": event}, body)


@pytest.mark.parametrize("action", ["opened", "reopened", "synchronize", "ready_for_review"])
def test_a_pull_request_that_can_be_reviewed_becomes_a_job(action: str) -> None:
    job = decide(delivery(action=action))
    assert isinstance(job, ReviewJob)
    assert job.guid == HEADERS["X-GitHub-Delivery"]
    assert (str(job.pull), job.head_sha, job.installation) == ("acme/exchange#7", SHA, 42)


def test_a_job_survives_being_stored() -> None:
    job = decide(delivery())
    assert isinstance(job, ReviewJob)
    assert ReviewJob.from_json(json.loads(json.dumps(job.to_json()))) == job


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (delivery(action="assigned"), "nothing to do"),
        (delivery(event="ping", action=""), "nothing to do for ping"),
        (delivery(event="star", action="created"), "unknown event star.created"),
    ],
)
def test_what_asks_for_nothing_is_ignored_with_its_reason(given: Delivery, reason: str) -> None:
    decision = decide(given)
    assert isinstance(decision, Ignored)
    assert reason in decision.reason


@pytest.mark.parametrize(
    "broken",
    [
        {"installation": None},
        {"installation": {"id": "42"}},
        {"installation": {"id": True}},
        {"repository": {"full_name": "acme"}},
        {"repository": {"full_name": "acme/../exchange"}},
        {"repository": {"full_name": "-acme/exchange"}},
        {"pull_request": {"number": 0}},
        {"pull_request": {"head": {"sha": "--upload-pack=evil"}}},
        {"pull_request": {"head": None}},
    ],
)
def test_a_known_event_that_lacks_what_it_must_hold_is_malformed(broken: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        decide(delivery(**broken))


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_json_object_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        read_delivery(HEADERS | {"X-GitHub-Event": "ping"}, body)


@pytest.mark.parametrize("guid", ["", "x", "../../etc", "a" * 65, "0123456\n"])
def test_a_delivery_without_a_proper_id_is_malformed(guid: str) -> None:
    with pytest.raises(Malformed):
        read_delivery({"X-GitHub-Delivery": guid, "X-GitHub-Event": "ping"}, b"{}")


ADA = {"login": "ada", "id": 12, "type": "User"}


def comment(event: str = "issue_comment", **changes: Any) -> Delivery:
    told: dict[str, Any] = {
        "action": "created",
        "issue": {"number": 7, "pull_request": {"url": "x"}},
        "comment": {"id": 99, "user": ADA, "body": "/help"} | changes.pop("comment", {}),
        "sender": ADA,
    }
    return delivery(event, **(told | changes))


def test_a_comment_with_a_command_becomes_a_job_that_survives_being_stored() -> None:
    job = decide(comment())
    assert isinstance(job, CommentJob)
    assert (job.author, job.author_id, job.comment_id, job.in_thread) == ("ada", 12, 99, False)
    assert str(job.pull) == "acme/exchange#7"
    assert job_from_json(json.loads(json.dumps(job.to_json()))) == job


def test_a_reply_in_a_thread_may_be_for_us_whatever_it_says() -> None:
    told = {"body": "why?", "in_reply_to_id": 55}
    job = decide(comment("pull_request_review_comment", comment=told))
    assert isinstance(job, CommentJob)
    assert (job.in_thread, job.reply_to) == (True, 55)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (comment(issue={"number": 7}), "on an issue"),
        (comment(action="edited"), "nothing to do"),
        (comment(action="deleted"), "nothing to do"),
        (comment(sender={**ADA, "type": "Bot"}), "of a bot"),
        (comment(comment={"user": {**ADA, "type": "Bot"}}), "of a bot"),
        (comment(comment={"user": None}), "of nobody"),
        (comment(comment={"body": None}), "without words"),
        (comment(comment={"body": "looks good\n/help"}), "begins with no command"),
        (comment(comment={"body": "    /help"}), "begins with no command"),
        (comment("pull_request_review_comment", comment={"body": "hm"}), "begins with no command"),
    ],
)
def test_a_comment_that_cannot_be_for_us_is_ignored(given: Delivery, reason: str) -> None:
    decision = decide(given)
    assert isinstance(decision, Ignored)
    assert reason in decision.reason


@pytest.mark.parametrize(
    "told",
    [
        {"id": "99"},
        {"id": True},
        {"user": {**ADA, "login": "../x"}},
        {"user": {**ADA, "login": "a" * 64}},
        {"user": {**ADA, "id": None}},
        {"in_reply_to_id": "1"},
    ],
)
def test_a_comment_that_lies_about_its_form_is_malformed(told: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        decide(comment("pull_request_review_comment", comment=told))


def test_a_long_comment_is_cut() -> None:
    job = decide(comment(comment={"body": "/ask " + "x" * 100_000}))
    assert isinstance(job, CommentJob)
    assert len(job.body) == 65_536
