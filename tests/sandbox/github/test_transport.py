"""Fetching with git itself."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path

import pytest

from tests.sandbox.github.stage import REPO, Stage
from tests.support.git_repo import ENVIRONMENT, GitRepo


def _fetch(stage: Stage, into: Path, token: str, *what: str) -> GitRepo:
    clone = GitRepo(into)
    basic = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    url = f"{stage.sandbox.url}/{REPO}.git"
    header = f"http.extraHeader=Authorization: Basic {basic}"
    clone.git("-c", header, "fetch", "--quiet", "--no-tags", *what[:-1], url, what[-1])
    return clone


def test_a_token_in_the_address_will_do(stage: Stage, tmp_path: Path) -> None:
    url = stage.sandbox.url.replace("://", f"://x-access-token:{stage.token()}@")
    subprocess.run(
        ["git", "clone", "--quiet", f"{url}/{REPO}.git", str(tmp_path / "clone")],
        env=ENVIRONMENT,
        check=True,
    )
    assert (tmp_path / "clone" / "order.rs").exists()


@pytest.mark.parametrize("protocol", ["0", "2"])
def test_a_shallow_fetch_of_any_commit(stage: Stage, tmp_path: Path, protocol: str) -> None:
    clone = GitRepo(tmp_path / "clone")
    url = stage.sandbox.url.replace("://", f"://x-access-token:{stage.token()}@")
    clone.git(
        "-c", f"protocol.version={protocol}", "fetch", "--quiet", "--depth=1",
        f"{url}/{REPO}.git", stage.head, stage.base,
    )  # fmt: skip
    assert clone.git("cat-file", "-t", stage.head).strip() == b"commit"
    assert clone.git("rev-list", "--count", stage.head).strip() == b"1"


def test_the_head_of_a_pull_request_has_a_ref(stage: Stage, tmp_path: Path) -> None:
    ref = f"refs/pull/{stage.number}/head:refs/heads/pull"
    clone = _fetch(stage, tmp_path / "clone", stage.token(), ref)
    assert clone.git("rev-parse", "pull").decode().strip() == stage.head
    head = stage.work.commit({"order.rs": "pushed\n"})
    stage.sandbox.push(REPO, stage.number, head, source=stage.work.path)
    clone = _fetch(stage, tmp_path / "clone", stage.token(), f"+{ref}")
    assert clone.git("rev-parse", "pull").decode().strip() == head


def test_large_files_can_be_left_out(stage: Stage, tmp_path: Path) -> None:
    head = stage.work.commit({"big.bin": b"x" * 100_000, "small.rs": "y\n"})
    stage.sandbox.set_branch(REPO, "big", head, source=stage.work.path)
    clone = _fetch(
        stage, tmp_path / "clone", stage.token(), "--depth=1", "--filter=blob:limit=10k", head
    )
    listed = clone.git("rev-list", "--objects", "--missing=print", head).decode()
    missing = [line for line in listed.splitlines() if line.startswith("?")]
    assert len(missing) == 1


@pytest.mark.parametrize("token", ["", "ghs_wrong"])
def test_without_a_token_there_is_no_code(stage: Stage, tmp_path: Path, token: str) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        _fetch(stage, tmp_path / "clone", token, stage.head)


def test_a_token_without_contents_gets_no_code(stage: Stage, tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError) as refused:
        _fetch(stage, tmp_path / "clone", stage.token({"checks": "write"}), stage.head)
    assert b"403" in refused.value.stderr


def test_nothing_can_be_pushed(stage: Stage) -> None:
    url = stage.sandbox.url.replace("://", f"://x-access-token:{stage.token()}@")
    with pytest.raises(subprocess.CalledProcessError):
        stage.work.git("push", "--quiet", f"{url}/{REPO}.git", "HEAD:refs/heads/mine")


def test_fetches_are_counted_apart(stage: Stage, tmp_path: Path) -> None:
    token = stage.token()
    stage.sandbox.forget_requests()
    _fetch(stage, tmp_path / "clone", token, "--depth=1", stage.head)
    assert stage.sandbox.requests("api") == []
    fetches = [r for r in stage.sandbox.requests("git") if r["method"] == "POST"]
    assert fetches
    assert fetches[-1]["bytes"] > 100
