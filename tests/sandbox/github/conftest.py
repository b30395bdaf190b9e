"""A stand-in for GitHub per test, with a pull request on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sandbox.github.stage import Stage, set_stage
from tests.support.git_repo import GitRepo
from tests.support.github import GithubProcess


@pytest.fixture
def stage(github: GithubProcess, tmp_path: Path) -> Stage:
    return set_stage(github.client, GitRepo(tmp_path / "work"))
