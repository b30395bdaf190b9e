"""Reading a pull request's files out of git, and nothing else."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

from reviewer.edges.git import Git
from reviewer.edges.git_cache import GitCache
from reviewer.edges.github_app import TOKEN_PERMISSIONS
from reviewer.errors import Refused
from reviewer.refs import RepoName, commit_sha
from tests.support.git_repo import GitRepo
from tests.support.github import GithubProcess

BIG = "fn big() {}\n" + "// x\n" * 60_000


@pytest.fixture
def source(tmp_path: Path) -> GitRepo:
    return GitRepo(tmp_path / "source")


def token_for(github: GithubProcess, repo: GitRepo, name: str = "acme/exchange") -> str:
    """Import the repository and get a token for it, as the App does."""
    from github import Auth, GithubIntegration

    from reviewer.sandbox.client import AppKey

    github.client.import_repo(repo.path, name)
    key = AppKey.generate()
    app = github.client.register_app(key.public, permissions=TOKEN_PERMISSIONS)
    installation = github.client.install(app, "acme")
    integration = GithubIntegration(
        auth=Auth.AppAuth(app, key.private), base_url=github.client.api_url
    )
    return str(integration.get_access_token(installation, TOKEN_PERMISSIONS).token)


def test_files_are_read_as_they_are_and_large_ones_are_named(
    github: GithubProcess, source: GitRepo, tmp_path: Path
) -> None:
    (source.path / "link.rs").symlink_to("/etc/passwd")
    head = source.commit(
        {
            "src/book.rs": "fn book() {}\r\n",
            "src/sp ace.rs": "é\n",
            "src/-dash.rs": "x",
            "src/*.rs": "star",
            "big.rs": BIG,
        }
    )
    token = token_for(github, source)
    git = Git(tmp_path / "cache.git")
    git.prepare()
    assert not git.has(head)
    git.fetch(f"{github.url}/acme/exchange.git", token, {"refs/reviewed/1/head": head}, 100)
    assert git.has(head)
    paths = ["src/book.rs", "src/sp ace.rs", "src/-dash.rs", "src/*.rs", "big.rs", "link.rs"]
    read = git.read(head, [*paths, "no.rs", "src"], 100)
    assert read["src/book.rs"].content == b"fn book() {}\r\n"
    assert read["src/sp ace.rs"].content == "é\n".encode()
    assert read["src/-dash.rs"].content == b"x"
    assert read["src/*.rs"].content == b"star"
    assert read["big.rs"].absence == "larger than 100 kB"
    for path in ("link.rs", "no.rs", "src"):
        assert read[path].content is None
    everything = [p for p in (tmp_path / "cache.git").rglob("*") if p.is_file()]
    assert not any(token.encode() in path.read_bytes() for path in everything)
    # Nothing was checked out, and no hook can run.
    assert not any(path.name in ("book.rs", "post-checkout") for path in everything)


def test_a_commit_that_is_not_there_is_refused(
    github: GithubProcess, source: GitRepo, tmp_path: Path
) -> None:
    source.commit({"a.rs": "x"})
    token = token_for(github, source)
    git = Git(tmp_path / "cache.git")
    git.prepare()
    with pytest.raises(Refused) as caught:
        git.fetch(f"{github.url}/acme/exchange.git", token, {"refs/x": commit_sha("ab" * 20)}, 100)
    assert token not in str(caught.value)


def test_the_token_stands_on_no_command_line(
    github: GithubProcess, source: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = source.commit({"a.rs": "x"})
    token = token_for(github, source)
    # A git that writes down how it was called, in front of the real one.
    calls = tmp_path / "calls"
    wrapper = tmp_path / "bin" / "git"
    wrapper.parent.mkdir()
    real = subprocess.run(["which", "git"], capture_output=True, text=True).stdout.strip()
    wrapper.write_text(f'#!/bin/sh\necho "$@" >> {calls}\nexec {real} "$@"\n')
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{wrapper.parent}:{os.environ['PATH']}")
    git = Git(tmp_path / "cache.git")
    git.prepare()
    git.fetch(f"{github.url}/acme/exchange.git", token, {"refs/reviewed/1/head": head}, 100)
    assert "fetch" in calls.read_text()
    assert token not in calls.read_text()


def test_the_cache_drops_what_was_not_used_longest(tmp_path: Path) -> None:
    cache = GitCache(tmp_path, max_mb=1)
    for age, name in ((3, "oldest"), (2, "older"), (1, "newer")):
        with cache.repository(RepoName("acme", name)):
            pass
        directory = tmp_path / "acme" / f"{name}.git"
        (directory / "filler").write_bytes(os.urandom(600_000))
        an_hour = time.time() - 3600 * age
        os.utime(directory, (an_hour, an_hour))
    assert cache.shrink() == ["acme/oldest", "acme/older"]
    assert (tmp_path / "acme" / "newer.git").exists()
    with cache.repository(RepoName("acme", "oldest")) as git:
        assert not git.has(commit_sha("ab" * 20))


def test_a_repository_in_use_is_not_dropped(tmp_path: Path) -> None:
    cache = GitCache(tmp_path, max_mb=1)
    with cache.repository(RepoName("acme", "exchange")):
        pass
    (tmp_path / "acme" / "exchange.git" / "filler").write_bytes(os.urandom(2_000_000))
    os.utime(tmp_path / "acme" / "exchange.git")
    assert cache.shrink() == []
