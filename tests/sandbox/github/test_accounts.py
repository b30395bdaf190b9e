"""Installations and repositories that come, go and move."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import github as pygithub
import pytest
import requests

from reviewer.sandbox import client_accounts as accounts
from tests.sandbox.github.stage import REPO, Hook, Stage, hook, set_stage
from tests.support.git_repo import ENVIRONMENT, GitRepo
from tests.support.github import GithubProcess


@pytest.fixture
def receiver() -> Iterator[Hook]:
    with hook() as receiver:
        yield receiver


@pytest.fixture
def stage(github: GithubProcess, tmp_path: Path, receiver: Hook) -> Stage:
    return set_stage(github.client, GitRepo(tmp_path / "work"), webhook_url=receiver.url)


def _told(stage: Stage, receiver: Hook, event: str) -> dict[str, dict[str, Any]]:
    stage.sandbox.delivered()
    payloads = [
        json.loads(body)
        for headers, body in receiver.received
        if headers["X-GitHub-Event"] == event
    ]
    return {payload["action"]: payload for payload in payloads}


def _get(stage: Stage, token: str, path: str) -> requests.Response:
    headers = {"Authorization": f"Bearer {token}"}
    url = stage.sandbox.api_url + path
    return requests.get(url, headers=headers, timeout=10, allow_redirects=False)


def test_a_suspended_installation_gives_no_tokens_and_takes_none(
    stage: Stage, receiver: Hook
) -> None:
    token = stage.token()
    accounts.suspend(stage.sandbox, stage.installation_id)
    with pytest.raises(pygithub.GithubException) as refused:
        stage.token()
    assert refused.value.status == 403
    assert "This installation has been suspended" in str(refused.value.data)
    for path in (f"/repos/{REPO}", "/installation/repositories"):
        assert _get(stage, token, path).status_code == 403
    assert stage.integration().get_app_installation(stage.installation_id).suspended_at is not None
    stage.sandbox.set_draft(REPO, stage.number, draft=True)
    accounts.unsuspend(stage.sandbox, stage.installation_id)
    assert _get(stage, stage.token(), f"/repos/{REPO}").status_code == 200
    told = _told(stage, receiver, "installation")
    assert told["suspend"]["installation"]["suspended_by"]["login"] == "acme"
    assert told["unsuspend"]["installation"]["suspended_at"] is None
    # what happened meanwhile is never told
    assert set(_told(stage, receiver, "pull_request")) == {"opened"}


def test_a_token_outlives_no_installation(stage: Stage, receiver: Hook) -> None:
    token = stage.token()
    accounts.uninstall(stage.sandbox, stage.installation_id)
    assert _get(stage, token, f"/repos/{REPO}").status_code == 401
    with pytest.raises(pygithub.UnknownObjectException):
        stage.token()
    told = _told(stage, receiver, "installation")["deleted"]
    assert told["installation"]["id"] == stage.installation_id
    assert [repo["full_name"] for repo in told["repositories"]] == [REPO]


def test_repositories_are_taken_out_of_an_installation_and_put_back(
    stage: Stage, receiver: Hook
) -> None:
    stage.sandbox.import_repo(stage.work.path, "acme/other")
    token = stage.token()
    accounts.select(stage.sandbox, stage.installation_id, ["other"])
    assert _get(stage, token, f"/repos/{REPO}").status_code == 404
    assert _get(stage, token, "/repos/acme/other").status_code == 200
    accounts.select(stage.sandbox, stage.installation_id, None)
    assert _get(stage, token, f"/repos/{REPO}").status_code == 200
    told = _told(stage, receiver, "installation_repositories")
    (gone,) = told["removed"]["repositories_removed"]
    assert gone["full_name"] == REPO
    assert told["removed"]["repositories_added"] == []
    assert told["removed"]["repository_selection"] == "selected"
    (back,) = told["added"]["repositories_added"]
    assert back["full_name"] == REPO
    assert told["added"]["repository_selection"] == "all"


def test_a_renamed_repository_keeps_its_id_and_its_old_name_leads_on(
    stage: Stage, receiver: Hook, tmp_path: Path
) -> None:
    before, token = stage.repo(), stage.token()
    name = accounts.rename(stage.sandbox, REPO, "matching")
    answer = _get(stage, token, f"/repos/{REPO}/pulls/{stage.number}?x=1")
    assert answer.status_code == 301
    assert answer.json()["message"] == "Moved Permanently"
    where = answer.headers["Location"]
    assert where.endswith(f"/repositories/{before.id}/pulls/{stage.number}?x=1")
    assert _get(stage, "ghs_wrong", f"/repos/{REPO}").status_code == 401
    # PyGithub follows by itself
    moved = stage.github(token).get_repo(REPO)
    assert (moved.full_name, moved.id) == (name, before.id)
    assert moved.get_pull(stage.number).title == "Change orders"
    headers = {"Authorization": f"Bearer {token}"}
    written = requests.post(
        f"{stage.sandbox.api_url}/repos/{REPO}/issues/{stage.number}/comments",
        json={"body": "x"},
        headers=headers,
        timeout=10,
        allow_redirects=False,
    )
    assert written.status_code == 307
    told = _told(stage, receiver, "repository")["renamed"]
    assert told["changes"] == {"repository": {"name": {"from": "exchange"}}}
    assert told["repository"]["full_name"] == name
    url = stage.sandbox.url.replace("://", f"://x-access-token:{token}@")
    subprocess.run(
        ["git", "clone", "--quiet", f"{url}/{REPO}.git", str(tmp_path / "clone")],
        env=ENVIRONMENT,
        check=True,
    )
    assert (tmp_path / "clone" / "order.rs").exists()


def test_a_new_repository_of_the_old_name_takes_it_back(stage: Stage) -> None:
    accounts.rename(stage.sandbox, REPO, "matching")
    stage.sandbox.import_repo(stage.work.path, REPO)
    assert stage.repo().full_name == REPO
    assert stage.repo().id != stage.github().get_repo("acme/matching").id


def test_a_transferred_repository_is_lost_to_the_app(stage: Stage, receiver: Hook) -> None:
    token = stage.token()
    name = accounts.transfer(stage.sandbox, REPO, "globex")
    assert name == "globex/exchange"
    for path in (REPO, name):
        assert _get(stage, token, f"/repos/{path}").status_code == 404
    told = _told(stage, receiver, "installation_repositories")["removed"]
    assert len(told["repositories_removed"]) == 1
    installation = stage.sandbox.install(stage.app_id, "globex")
    told = _told(stage, receiver, "installation")["created"]
    theirs = stage.integration().get_access_token(installation).token
    # the old name leads on for whoever sees the new one
    answer = _get(stage, theirs, f"/repos/{REPO}/pulls/{stage.number}")
    assert answer.status_code == 301
    assert stage.github(theirs).get_repo(REPO).full_name == name
    assert stage.sandbox.pull(name, stage.number)["title"] == "Change orders"


def test_a_deleted_repository_is_gone(stage: Stage, receiver: Hook) -> None:
    token = stage.token()
    accounts.delete_repository(stage.sandbox, REPO)
    assert _get(stage, token, f"/repos/{REPO}").status_code == 404
    assert _told(stage, receiver, "repository")["deleted"]["repository"]["full_name"] == REPO
