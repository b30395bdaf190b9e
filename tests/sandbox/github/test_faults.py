"""What goes wrong on demand, and the limits that GitHub sets."""

from __future__ import annotations

import time

import github as pygithub
import pytest
import requests

from reviewer.sandbox.client import SandboxRefused
from tests.sandbox.github.stage import REPO, Stage


def _get(stage: Stage, token: str, **headers: str) -> requests.Response:
    return requests.get(
        f"{stage.sandbox.api_url}/repos/{REPO}",
        headers={"Authorization": f"Bearer {token}", **headers},
        timeout=10,
    )


def test_a_status_is_answered_as_often_as_asked(stage: Stage) -> None:
    token = stage.token()
    stage.sandbox.fault("status", method="GET", path=f"^/repos/{REPO}$", status=502, count=2)
    assert [_get(stage, token).status_code for _ in range(3)] == [502, 502, 200]


def test_a_secondary_limit_says_when_to_come_back(stage: Stage) -> None:
    token = stage.token()
    stage.sandbox.fault("status", path=REPO, status=403, headers={"Retry-After": "7"})
    refused = _get(stage, token)
    assert refused.status_code == 403
    assert refused.headers["Retry-After"] == "7"
    assert "secondary rate limit" in refused.json()["message"]


def test_a_write_may_be_applied_although_the_answer_says_otherwise(stage: Stage) -> None:
    pull = stage.pull()
    for status in (502, 0):
        stage.sandbox.fault("applied", method="POST", path="/reviews$", status=status)
        with pytest.raises((pygithub.GithubException, requests.ConnectionError)):
            pull.create_review(body="once", event="COMMENT")
    assert len(stage.sandbox.reviews(REPO, stage.number)) == 2


def test_a_connection_may_break(stage: Stage) -> None:
    token = stage.token()
    stage.sandbox.fault("reset", path=f"^/repos/{REPO}$")
    with pytest.raises(requests.ConnectionError):
        _get(stage, token)
    assert _get(stage, token).status_code == 200


def test_an_answer_may_hang(stage: Stage) -> None:
    token = stage.token()
    stage.sandbox.fault("hang", path=f"^/repos/{REPO}$", seconds=0.5)
    started = time.monotonic()
    assert _get(stage, token).status_code == 200
    assert time.monotonic() - started >= 0.5


def test_faults_do_not_touch_people_and_can_be_cleared(stage: Stage) -> None:
    token = stage.token()
    stage.sandbox.fault("status", path="", count=100)
    assert stage.sandbox.pull(REPO, stage.number)["number"] == stage.number
    stage.sandbox.clear_faults()
    assert _get(stage, token).status_code == 200
    with pytest.raises(SandboxRefused):
        stage.sandbox.fault("earthquake")


def test_every_answer_tells_the_rate(stage: Stage) -> None:
    token = stage.token()
    first, second = _get(stage, token), _get(stage, token)
    assert first.headers["x-ratelimit-limit"] == "5000"
    assert first.headers["x-ratelimit-resource"] == "core"
    used = [int(r.headers["x-ratelimit-used"]) for r in (first, second)]
    assert used[1] == used[0] + 1
    assert int(first.headers["x-ratelimit-reset"]) > time.time()
    assert first.headers["X-GitHub-Request-Id"] != second.headers["X-GitHub-Request-Id"]


def test_an_unchanged_answer_is_not_sent_again_and_costs_nothing(stage: Stage) -> None:
    token = stage.token()
    first = _get(stage, token)
    unchanged = _get(stage, token, **{"If-None-Match": first.headers["ETag"]})
    assert unchanged.status_code == 304
    assert unchanged.content == b""
    assert unchanged.headers["x-ratelimit-used"] == first.headers["x-ratelimit-used"]


def test_the_hourly_limit_holds(stage: Stage) -> None:
    token = stage.token()
    stage.sandbox.limits(per_hour=2)
    statuses = [_get(stage, token) for _ in range(3)]
    assert [r.status_code for r in statuses] == [200, 200, 403]
    assert statuses[-1].headers["x-ratelimit-remaining"] == "0"
    assert "API rate limit exceeded" in statuses[-1].json()["message"]


def test_writing_has_a_limit_of_its_own(stage: Stage) -> None:
    pull = stage.pull()
    stage.sandbox.limits(content_per_minute=1)
    pull.create_issue_comment("one")
    with pytest.raises(pygithub.GithubException) as refused:
        pull.create_issue_comment("two")
    assert refused.value.status == 403
    assert refused.value.headers is not None
    assert refused.value.headers["retry-after"] == "60"
