"""Who gets in: JWTs, installation tokens, permissions, repositories."""

from __future__ import annotations

import time
from typing import Any

import github as pygithub
import jwt
import pytest
import requests

from reviewer.sandbox.client import AppKey
from tests.sandbox.github.stage import REPO, Stage


def _ask(stage: Stage, token: str, path: str = "/app", method: str = "GET") -> requests.Response:
    headers = {"Authorization": f"Bearer {token}"}
    return requests.request(method, stage.sandbox.api_url + path, headers=headers, timeout=10)


def _jwt(stage: Stage, key: str | None = None, **claims: Any) -> str:
    """Numbers among the claims are seconds from now; None leaves a claim out."""
    moment = int(time.time())
    whole = {"iat": -60, "exp": 300, "iss": str(stage.app_id)} | claims
    told = {
        name: moment + value if isinstance(value, int) else value
        for name, value in whole.items()
        if value is not None
    }
    return jwt.encode(told, key or stage.key.private, algorithm="RS256")


def test_an_app_finds_itself_and_its_installations(stage: Stage) -> None:
    integration = stage.integration()
    assert integration.get_app().id == stage.app_id
    assert [i.id for i in integration.get_installations()] == [stage.installation_id]
    assert integration.get_repo_installation("acme", "exchange").id == stage.installation_id
    assert integration.get_app_installation(stage.installation_id).app_id == stage.app_id


def test_the_client_id_is_as_good_an_issuer_as_the_app_id(stage: Stage) -> None:
    client_id = _ask(stage, _jwt(stage)).json()["client_id"]
    assert _ask(stage, _jwt(stage, iss=client_id)).status_code == 200


@pytest.mark.parametrize(
    ("claims", "says"),
    [
        ({"exp": 3600}, "too far in the future"),
        ({"exp": -10}, "'Expiration time' claim"),
        ({"exp": "soon"}, "'Expiration time' claim"),
        ({"iat": 600}, "'Issued at' claim"),
        ({"iss": "999999"}, "could not be decoded"),
        ({"iss": None}, "could not be decoded"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_a_jwt_outside_the_limits_is_refused(
    stage: Stage, claims: dict[str, Any], says: str
) -> None:
    refused = _ask(stage, _jwt(stage, **claims))
    assert refused.status_code == 401
    assert says in refused.json()["message"]
    assert refused.json()["status"] == "401"
    assert refused.json()["documentation_url"].startswith("https://docs.github.com/")


def test_a_jwt_signed_by_another_key_is_refused(stage: Stage) -> None:
    assert _ask(stage, _jwt(stage, AppKey.generate().private)).status_code == 401


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_jwt_of_another_algorithm_is_refused(stage: Stage, algorithm: str) -> None:
    moment = int(time.time())
    claims = {"iat": moment, "exp": moment + 60, "iss": str(stage.app_id)}
    forged = jwt.encode(claims, "" if algorithm == "none" else "k" * 32, algorithm=algorithm)
    assert _ask(stage, forged).status_code == 401


@pytest.mark.parametrize("token", ["ghs_unknown", "a.b.c", ".."])
def test_an_unknown_token_is_refused(stage: Stage, token: str) -> None:
    assert _ask(stage, token, f"/repos/{REPO}").status_code == 401


def test_an_expired_token_is_refused(stage: Stage) -> None:
    token = stage.token()
    assert _ask(stage, token, f"/repos/{REPO}").status_code == 200
    stage.sandbox.expire_tokens()
    assert _ask(stage, token, f"/repos/{REPO}").json()["message"] == "Bad credentials"


def test_without_credentials_there_is_nothing(stage: Stage) -> None:
    assert requests.get(f"{stage.sandbox.api_url}/repos/{REPO}", timeout=10).status_code == 404
    assert requests.get(f"{stage.sandbox.api_url}/app", timeout=10).status_code == 401


def test_a_jwt_does_not_open_a_repository_and_a_token_not_the_app(stage: Stage) -> None:
    assert _ask(stage, _jwt(stage), f"/repos/{REPO}").status_code == 403
    assert _ask(stage, stage.token(), "/app").status_code == 401


def test_a_token_lasts_an_hour_and_has_all_permissions_when_none_are_named(stage: Stage) -> None:
    granted = stage.integration().get_access_token(stage.installation_id, permissions={})
    assert granted.token.startswith("ghs_")
    assert granted.permissions["pull_requests"] == "write"
    assert 3500 < granted.expires_at.timestamp() - time.time() <= 3600


def test_a_token_has_only_the_permissions_asked_for(stage: Stage) -> None:
    token = stage.token({"pull_requests": "read"})
    assert stage.repo(token).get_pull(stage.number).title == "Change orders"
    with pytest.raises(pygithub.GithubException) as refused:
        stage.pull(token).create_review(body="hello", event="COMMENT")
    assert refused.value.status == 403
    assert refused.value.message == "Resource not accessible by integration"
    with pytest.raises(pygithub.GithubException) as also:
        stage.repo(token).get_contents("order.rs")
    assert also.value.status == 403


def test_more_than_the_installation_has_is_refused(stage: Stage) -> None:
    with pytest.raises(pygithub.GithubException) as refused:
        stage.token({"contents": "write"})
    assert refused.value.status == 422
    with pytest.raises(pygithub.GithubException) as unknown:
        stage.token({"administration": "read"})
    assert unknown.value.status == 422


def test_a_token_for_one_repository_does_not_see_another(stage: Stage) -> None:
    stage.sandbox.import_repo(stage.work.path, "acme/other")
    path = f"/app/installations/{stage.installation_id}/access_tokens"
    headers = {"Authorization": f"Bearer {_jwt(stage)}"}
    url = stage.sandbox.api_url + path
    granted = requests.post(url, json={"repositories": ["other"]}, headers=headers, timeout=10)
    assert granted.json()["repository_selection"] == "selected"
    assert [r["name"] for r in granted.json()["repositories"]] == ["other"]
    token = granted.json()["token"]
    assert _ask(stage, token, "/repos/acme/other").status_code == 200
    assert _ask(stage, token, f"/repos/{REPO}").status_code == 404
    assert _ask(stage, token, "/installation/repositories").json()["total_count"] == 1
    unknown = requests.post(url, json={"repositories": ["nope"]}, headers=headers, timeout=10)
    assert unknown.status_code == 422


def test_an_installation_on_chosen_repositories_covers_only_them(stage: Stage) -> None:
    stage.sandbox.import_repo(stage.work.path, "globex/a")
    stage.sandbox.import_repo(stage.work.path, "globex/b")
    stage.sandbox.install(stage.app_id, "globex", ["a"])
    assert stage.integration().get_repo_installation("globex", "a").id
    with pytest.raises(pygithub.UnknownObjectException):
        stage.integration().get_repo_installation("globex", "b")


def test_the_role_of_a_person_is_told_live(stage: Stage) -> None:
    repo = stage.repo()
    stage.sandbox.set_role(REPO, "carol", "maintain")
    assert repo.get_collaborator_permission("carol") == "write"
    assert repo.get_collaborator_role_name("carol") == "maintain"
    stage.sandbox.set_role(REPO, "carol", "none")
    assert repo.get_collaborator_permission("carol") == "none"
    assert repo.get_collaborator_permission("acme") == "admin"


def test_both_prefixes_lead_to_the_same_place(stage: Stage) -> None:
    token = stage.token()
    headers = {"Authorization": f"token {token}"}
    for prefix in ("", "/api/v3"):
        found = requests.get(
            f"{stage.sandbox.url}{prefix}/repos/{REPO}", headers=headers, timeout=10
        )
        assert found.json()["full_name"] == REPO
