"""A stand-in for GitHub per test, or per module, with a pull request on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.github.stage import Stage, set_stage
from tests.support.git_repo import GitRepo
from tests.support.github import GithubProcess
from tests.support.github import github as github  # a fixture is found by its name here


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One for the tests of a module that read, or are refused."""
    with GithubProcess() as process:
        yield set_stage(process.client, GitRepo(tmp_path_factory.mktemp("shared") / "work"))


@pytest.fixture
def stage(github: GithubProcess, tmp_path: Path) -> Stage:
    return set_stage(github.client, GitRepo(tmp_path / "work"))
