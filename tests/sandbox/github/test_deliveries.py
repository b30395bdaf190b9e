"""Webhooks: signed, sent once, listed, sent again on demand."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.sandbox.github.stage import REPO, Hook, Stage, hook, set_stage
from tests.support.git_repo import GitRepo
from tests.support.github import GithubProcess

SECRET = b"it is a secret to everybody"


@pytest.fixture
def receiver() -> Iterator[Hook]:
    with hook() as receiver:
        yield receiver


@pytest.fixture
def stage(github: GithubProcess, tmp_path: Path, receiver: Hook) -> Stage:
    return set_stage(github.client, GitRepo(tmp_path / "work"), webhook_url=receiver.url)


def _payload(receiver: Hook, event: str, action: str = "") -> dict[str, Any]:
    found: list[dict[str, Any]] = [
        json.loads(body)
        for headers, body in receiver.received
        if headers["X-GitHub-Event"] == event
    ]
    return [p for p in found if action in ("", p.get("action"))][-1]


def test_a_delivery_is_signed_over_its_bytes(stage: Stage, receiver: Hook) -> None:
    stage.sandbox.delivered()
    assert receiver.events() == ["installation", "pull_request"]
    for headers, body in receiver.received:
        digest = hmac.new(SECRET, body, hashlib.sha256).hexdigest()
        assert headers["X-Hub-Signature-256"] == f"sha256={digest}"
        assert headers["Content-Type"] == "application/json"
        assert headers["User-Agent"].startswith("GitHub-Hookshot/")
        assert headers["X-GitHub-Hook-ID"].isdigit()
        assert len(headers["X-GitHub-Delivery"]) == 36


def test_an_opened_pull_request_is_told_of(stage: Stage, receiver: Hook) -> None:
    stage.sandbox.delivered()
    told = _payload(receiver, "pull_request", "opened")
    assert told["number"] == stage.number
    assert told["pull_request"]["head"]["sha"] == stage.head
    assert told["repository"]["full_name"] == REPO
    assert told["installation"]["id"] == stage.installation_id
    assert told["sender"]["login"] == "octocat"
    assert told["organization"]["login"] == "acme"


def test_a_push_is_told_with_before_and_after(stage: Stage, receiver: Hook) -> None:
    head = stage.work.commit({"order.rs": "new\n"})
    stage.sandbox.push(REPO, stage.number, head, source=stage.work.path)
    stage.sandbox.delivered()
    told = _payload(receiver, "pull_request", "synchronize")
    assert (told["before"], told["after"]) == (stage.head, head)
    assert told["pull_request"]["head"]["sha"] == head


def test_what_people_do_is_told(stage: Stage, receiver: Hook) -> None:
    sandbox = stage.sandbox
    sandbox.set_role(REPO, "carol", "write")
    sandbox.set_draft(REPO, stage.number, draft=True)
    sandbox.set_draft(REPO, stage.number, draft=False)
    sandbox.set_state(REPO, stage.number, "closed", actor="carol")
    sandbox.set_state(REPO, stage.number, "open", actor="carol")
    sandbox.comment(REPO, stage.number, "/review please", actor="carol")
    sandbox.ping(stage.app_id)
    sandbox.delivered()
    actions = Counter(
        json.loads(body).get("action", headers["X-GitHub-Event"])
        for headers, body in receiver.received
    )
    once = ("opened", "converted_to_draft", "ready_for_review", "closed", "reopened", "ping")
    assert actions == {"created": 2, **dict.fromkeys(once, 1)}
    told = _payload(receiver, "issue_comment")
    assert told["comment"]["body"] == "/review please"
    assert told["issue"]["pull_request"]["url"].endswith(f"/pulls/{stage.number}")
    assert told["sender"]["login"] == "carol"


def test_what_the_app_does_is_told_back_to_it(stage: Stage, receiver: Hook) -> None:
    comments: Any = [{"path": "order.rs", "line": 12, "body": "x"}]
    stage.pull().create_review(body="Read.", event="COMMENT", comments=comments)
    run = stage.repo().create_check_run("review", stage.head, conclusion="success")
    path = f"/repos/{REPO}/check-runs/{run.id}/rerequest"
    stage.sandbox.call("POST", path, {}, actor="acme")
    stage.sandbox.delivered()
    assert _payload(receiver, "pull_request_review", "submitted")["review"]["state"] == "commented"
    comment = _payload(receiver, "pull_request_review_comment", "created")
    assert comment["sender"]["type"] == "Bot"
    assert _payload(receiver, "check_run", "rerequested")["check_run"]["id"] == run.id


def test_an_app_is_told_only_what_it_subscribed_to(stage: Stage, receiver: Hook) -> None:
    stage.sandbox.delivered()
    receiver.received.clear()
    url = f"/_sandbox/apps/{stage.app_id}"
    stage.sandbox.call("PATCH", url, {"events": ["issue_comment"]})
    stage.sandbox.set_draft(REPO, stage.number, draft=True)
    stage.sandbox.comment(REPO, stage.number, "hello", actor="acme")
    stage.sandbox.delivered()
    assert receiver.events() == ["issue_comment"]


def test_a_failed_delivery_is_listed_and_not_sent_again(stage: Stage, receiver: Hook) -> None:
    receiver.status = 500
    stage.sandbox.set_draft(REPO, stage.number, draft=True)
    (failed,) = [d for d in stage.sandbox.delivered() if d["action"] == "converted_to_draft"]
    assert failed["status_code"] == 500
    assert len(receiver.received) == 3


def test_the_log_of_deliveries_and_a_redelivery(stage: Stage, receiver: Hook) -> None:
    stage.sandbox.delivered()
    headers = {"Authorization": f"Bearer {stage.auth().token}"}
    url = f"{stage.sandbox.api_url}/app/hook/deliveries"
    listed = requests.get(f"{url}?per_page=1", headers=headers, timeout=10)
    assert [d["event"] for d in listed.json()] == ["pull_request"]
    following = requests.get(listed.links["next"]["url"], headers=headers, timeout=10)
    assert [d["event"] for d in following.json()] == ["installation"]
    assert following.links == {}
    (first,) = listed.json()
    whole = requests.get(f"{url}/{first['id']}", headers=headers, timeout=10).json()
    assert whole["request"]["payload"]["action"] == "opened"
    assert whole["response"]["payload"] == "ok"
    again = requests.post(f"{url}/{first['id']}/attempts", headers=headers, timeout=10)
    assert again.status_code == 202
    latest = stage.sandbox.delivered()[-1]
    assert latest["redelivery"]
    assert latest["guid"] == first["guid"]
    assert receiver.received[-1][1] == receiver.received[-2][1]
    assert requests.get(f"{url}?cursor=nonsense", headers=headers, timeout=10).status_code == 400
    assert requests.get(f"{url}/1", headers=headers, timeout=10).status_code == 404


def test_a_delivery_that_nobody_takes_is_listed(stage: Stage) -> None:
    stage.sandbox.set_webhook(stage.app_id, "http://127.0.0.1:9/closed")
    stage.sandbox.set_draft(REPO, stage.number, draft=True)
    last = stage.sandbox.delivered()[-1]
    assert (last["status_code"], last["status"]) == (502, "failed to connect to host")


def test_deliveries_can_be_lost_and_doubled(stage: Stage, receiver: Hook) -> None:
    stage.sandbox.delivered()
    receiver.received.clear()
    stage.sandbox.fault("drop", path="pull_request")
    stage.sandbox.set_draft(REPO, stage.number, draft=True)
    stage.sandbox.fault("duplicate", path="pull_request")
    stage.sandbox.set_draft(REPO, stage.number, draft=False)
    log = stage.sandbox.delivered()
    assert receiver.events() == ["pull_request", "pull_request"]
    assert len({headers["X-GitHub-Delivery"] for headers, _ in receiver.received}) == 1
    (lost,) = [d for d in log if d["action"] == "converted_to_draft"]
    assert lost["status_code"] == 502
    stage.sandbox.redeliver(lost["id"])
    stage.sandbox.delivered()
    assert len(receiver.received) == 3
