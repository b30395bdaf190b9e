"""The role of whoever gives a command, as GitHub tells it now."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reviewer.config import Config
from reviewer.edges.github_app import GitHubApp
from reviewer.edges.github_http import GitHubHttp
from reviewer.edges.roles import role_of
from reviewer.intake.commands import Permission
from reviewer.refs import InstallationId, RepoName
from tests.support.stage import REPO, Stage

NAME = RepoName.parse(REPO)


@pytest.fixture
def http(stage: Stage) -> Iterator[GitHubHttp]:
    app = GitHubApp(Config.from_env(stage.environ()))
    connection = app.connect(InstallationId(stage.installation), NAME)
    yield connection
    connection.close()


def id_of(http: GitHubHttp, login: str) -> int:
    return int(http.get(f"/repos/{REPO}/collaborators/{login}/permission").json()["user"]["id"])


@pytest.mark.parametrize("role", list(Permission))
def test_every_role_is_told_apart(stage: Stage, http: GitHubHttp, role: Permission) -> None:
    stage.sandbox.set_role(REPO, "somebody", role.value)
    assert role_of(http, NAME, "somebody", id_of(http, "somebody")) is role


def test_a_role_of_ones_own_counts_as_the_plain_one_below_it(
    stage: Stage, http: GitHubHttp
) -> None:
    stage.sandbox.set_role(REPO, "rosa", "maintain", name="release-engineer")
    assert role_of(http, NAME, "rosa", id_of(http, "rosa")) is Permission.WRITE


def test_without_access_or_without_an_account_there_is_no_role(
    stage: Stage, http: GitHubHttp
) -> None:
    stage.sandbox.set_role(REPO, "gone", "none")
    assert role_of(http, NAME, "gone", id_of(http, "gone")) is None
    assert role_of(http, NAME, "nobody-of-that-name", 1) is None


def test_a_name_that_somebody_else_took_since_has_no_role(stage: Stage, http: GitHubHttp) -> None:
    stage.sandbox.set_role(REPO, "ada", "admin")
    assert role_of(http, NAME, "ada", id_of(http, "ada") + 1) is None
