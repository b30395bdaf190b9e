"""Fixtures that more than one room uses."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from tests.support.github import GithubProcess, github, github_server
from tests.support.stage import Stage

__all__ = ["github", "github_server", "stage"]


def pytest_configure() -> None:
    gc.disable()


def pytest_collection_finish() -> None:
    # What was loaded for the tests stays to their end, and need not be searched for garbage.
    gc.freeze()
    gc.enable()


@pytest.fixture
def stage(github: GithubProcess, tmp_path: Path) -> Stage:
    """A stage of the test's own; every exchange with GitHub is held to its contract."""
    return Stage(github, tmp_path)
