"""What deliveries ask for that are about more than a push."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reviewer.edges.merge_group import pulls_of_group
from reviewer.edges.run_event import HANDLERS
from reviewer.intake.delivery import Malformed, read_delivery
from reviewer.intake.job import EventJob, ReviewJob, Wish, job_from_json, partition_of
from reviewer.intake.routes import ROUTES, Decision, Ignored, decide

GUID = "72d3162e-cc78-11e3-81ab-4c9367dc0958"
HEAD = "3f2a" * 10
MARK = f"trading-reviewer:{HEAD}:7"
PULL = {"number": 7, "head": {"sha": HEAD}}
REPOSITORY = {"id": 5, "full_name": "acme/exchange"}
APP = {"id": 1, "client_id": "Iv1.a"}
HERE = {"number": 7, "base": {"repo": {"id": 5}}}
ELSEWHERE = {"number": 9, "base": {"repo": {"id": 6}}}


def told(event: str, action: str, **members: Any) -> Decision:
    body = {
        "action": action,
        "repository": REPOSITORY,
        "installation": {"id": 42, "account": {"login": "acme"}},
        "sender": {"login": "trader", "type": "User"},
        **members,
    }
    headers = {"X-GitHub-Delivery": GUID, "X-GitHub-Event": event}
    return decide(read_delivery(headers, json.dumps(body).encode()))


def event(event_name: str, action: str, **members: Any) -> EventJob:
    job = told(event_name, action, **members)
    assert isinstance(job, EventJob)
    assert job_from_json(json.loads(json.dumps(job.to_json()))) == job
    return job


def check(**changes: Any) -> dict[str, Any]:
    return {"head_sha": HEAD, "external_id": MARK, "app": APP, "pull_requests": []} | changes


@pytest.mark.parametrize("action", ["labeled", "unlabeled"])
def test_a_label_may_decide_whether_there_is_a_review(action: str) -> None:
    job = told("pull_request", action, pull_request=PULL)
    assert isinstance(job, ReviewJob)
    assert job.wish is Wish.PUSH


def test_a_new_base_is_a_new_question_about_the_same_head() -> None:
    changes = {"base": {"ref": {"from": "main"}, "sha": {"from": HEAD}}}
    job = told("pull_request", "edited", pull_request=PULL, changes=changes)
    assert isinstance(job, ReviewJob)
    assert job.wish is Wish.AGAIN


def test_a_new_title_is_none() -> None:
    changes = {"title": {"from": "Old"}}
    assert isinstance(told("pull_request", "edited", pull_request=PULL, changes=changes), Ignored)


@pytest.mark.parametrize("action", ["closed", "converted_to_draft"])
def test_the_end_of_work_is_told_of_its_head(action: str) -> None:
    job = event("pull_request", action, pull_request=PULL)
    assert (job.repo, job.number, job.head_sha) == ("acme/exchange", 7, HEAD)


def test_a_thread_that_a_person_resolved_is_looked_at_and_the_apps_own_is_not() -> None:
    assert event("pull_request_review_thread", "resolved", pull_request=PULL).number == 7
    bot = {"login": "trading-reviewer[bot]", "type": "Bot"}
    ours = told("pull_request_review_thread", "resolved", pull_request=PULL, sender=bot)
    assert isinstance(ours, Ignored)


def test_a_check_is_asked_for_again() -> None:
    job = event("check_run", "rerequested", check_run=check(pull_requests=[HERE, ELSEWHERE]))
    assert job.facts == {
        "wish": "again",
        "app": ["1", "Iv1.a"],
        "external_id": MARK,
        "pulls": [7],
    }
    assert event("check_suite", "rerequested", check_suite=check()).facts["pulls"] == []


def test_the_button_of_a_check_asks_for_a_review_in_full() -> None:
    pressed = {"identifier": "review_full"}
    job = event("check_run", "requested_action", check_run=check(), requested_action=pressed)
    assert job.facts["wish"] == "full"
    other = {"identifier": "lgtm|26764"}
    ignored = told("check_run", "requested_action", check_run=check(), requested_action=other)
    assert isinstance(ignored, Ignored)


def test_a_merge_group_waits_behind_no_pull_request() -> None:
    group = {"head_sha": HEAD, "head_ref": f"refs/heads/gh-readonly-queue/main/pr-7-{HEAD}"}
    job = event("merge_group", "checks_requested", merge_group=group)
    assert partition_of(job) == f"acme/exchange@{HEAD}"
    assert pulls_of_group(job.facts["ref"]) == [7]
    assert isinstance(told("merge_group", "destroyed", merge_group=group), Ignored)


@pytest.mark.parametrize(
    ("ref", "pulls"),
    [
        (f"gh-readonly-queue/release/pr-1/pr-12-{HEAD}", [12]),
        (f"refs/heads/gh-readonly-queue/main/pr-12-{HEAD}-pr-13-{HEAD}", [12, 13]),
        ("refs/heads/main", []),
        ("refs/heads/gh-readonly-queue/main", []),
        ("gh-readonly-queue/main/pr-" + "9" * 500, []),
    ],
)
def test_a_queues_ref_names_its_pull_requests(ref: str, pulls: list[int]) -> None:
    assert pulls_of_group(ref) == pulls


@pytest.mark.parametrize(
    ("name", "action", "members"),
    [
        ("installation", "deleted", {"repositories": [REPOSITORY]}),
        ("installation_repositories", "removed", {"repositories_removed": [REPOSITORY]}),
    ],
)
def test_what_is_taken_is_looked_for_at_its_account(
    name: str, action: str, members: dict[str, Any]
) -> None:
    job = event(name, action, repository=None, **members)
    assert job.facts == {"account": "acme", "taken": ["acme/exchange"]}
    assert partition_of(job) == "installation 42"


def test_a_repository_that_is_deleted_is_looked_for_at_its_owner() -> None:
    assert event("repository", "deleted").facts == {"account": "acme", "taken": ["acme/exchange"]}


@pytest.mark.parametrize(
    ("action", "changes", "before"),
    [
        ("renamed", {"repository": {"name": {"from": "venue"}}}, "acme/venue"),
        ("transferred", {"owner": {"from": {"user": {"login": "ann"}}}}, "ann/exchange"),
        ("transferred", {"owner": {"from": {"organization": {"login": "b"}}}}, "b/exchange"),
    ],
)
def test_a_new_name_is_told_with_the_old_one(
    action: str, changes: dict[str, Any], before: str
) -> None:
    job = event("repository", action, changes=changes)
    assert job.facts == {"before": before, "now": "acme/exchange"}


@pytest.mark.parametrize(
    ("name", "action"),
    [
        ("installation", "created"),
        ("installation", "suspend"),
        ("installation", "unsuspend"),
        ("installation", "new_permissions_accepted"),
        ("installation_repositories", "added"),
        ("check_suite", "requested"),
        ("ping", ""),
    ],
)
def test_what_needs_no_answer_gets_none(name: str, action: str) -> None:
    decision = told(name, action)
    assert isinstance(decision, Ignored)
    assert decision.reason.startswith("nothing to do")


@pytest.mark.parametrize(
    ("name", "action", "members"),
    [
        ("check_run", "rerequested", {}),
        ("check_run", "rerequested", {"check_run": check(head_sha="--upload-pack=evil")}),
        ("check_run", "rerequested", {"check_run": check(app=None)}),
        ("check_run", "rerequested", {"check_run": check(pull_requests=[{"number": 7}])}),
        ("check_run", "requested_action", {"check_run": check()}),
        ("merge_group", "checks_requested", {"merge_group": {"head_ref": "main"}}),
        ("repository", "renamed", {}),
        ("repository", "renamed", {"changes": {"repository": {"name": {"from": "../x"}}}}),
        ("repository", "transferred", {"changes": {"owner": {"from": {}}}}),
        ("pull_request", "edited", {"changes": 7, "pull_request": PULL}),
        ("pull_request_review_thread", "resolved", {"sender": "x", "pull_request": PULL}),
        ("installation", "deleted", {"installation": {"id": 1, "account": "acme"}}),
        ("installation", "deleted", {"repositories": [{}]}),
    ],
)
def test_an_event_that_lacks_what_it_must_hold_is_malformed(
    name: str, action: str, members: dict[str, Any]
) -> None:
    with pytest.raises(Malformed):
        told(name, action, **members)


def test_every_event_that_becomes_a_job_has_its_handler() -> None:
    reviews = {"opened", "reopened", "synchronize", "ready_for_review"}
    reviews |= {"labeled", "unlabeled", "edited"}
    asked = {f"{name}.{action}" for name, action in ROUTES if "comment" not in name}
    assert asked - {f"pull_request.{action}" for action in reviews} == set(HANDLERS)
