"""Opening and pushing to a pull request in the stand-in from any local repository."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from reviewer.sandbox.asking import NotDone, stand_in
from reviewer.sandbox.client import SandboxRefused


@dataclass(frozen=True, slots=True)
class Opened:
    """A pull request, and the Apps that are told about it."""

    address: str
    apps: list[str]


def open_local(path: Path, base: str, head: str, *, url: str, repo: str, title: str) -> Opened:
    """Open a pull request from two commits. Raises NotDone."""
    base_sha, head_sha = _commit(path, "--base", base), _commit(path, "--head", head)
    title = title or _git(path, "show", "--no-patch", "--format=%s", head_sha)
    name = repo or _name_of(path)
    with stand_in(url) as sandbox:
        try:
            sandbox.import_repo(path.resolve(), name)
        except SandboxRefused as refused:
            # It may have been imported for an earlier pull request.
            if "there already" not in refused.message:
                raise
        apps = sandbox.apps_on(name)
        number = sandbox.open_pull(
            name,
            base_sha,
            head_sha,
            title,
            source=path.resolve(),
        )
    return Opened(f"{sandbox.url}/{name}/pull/{number}", apps)


def push_local(path: Path, number: int, head: str, *, url: str, repo: str) -> Opened:
    """Push a commit to an open pull request. Raises NotDone."""
    head_sha = _commit(path, "--head", head)
    name = repo or _name_of(path)
    with stand_in(url) as sandbox:
        try:
            apps = sandbox.apps_on(name)
            sandbox.push(name, number, head_sha, source=path.resolve())
        except SandboxRefused as refused:
            if refused.status == 404:
                raise NotDone(f"--pull {number}: no such pull request in {name}") from refused
            raise
    return Opened(f"{sandbox.url}/{name}/pull/{number}", apps)


def _name_of(path: Path) -> str:
    return "acme/" + (re.sub(r"[^A-Za-z0-9._-]", "-", path.resolve().name) or "repository")


def _commit(path: Path, option: str, name: str) -> str:
    _git(path, "rev-parse", "--git-dir")  # says so when this is no repository at all
    try:
        return _git(path, "rev-parse", "--verify", "--end-of-options", f"{name}^{{commit}}")
    except NotDone as error:
        raise NotDone(f"{option} {name}: there is no such commit in {path}") from error


def _git(path: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(path), *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise NotDone(f"git {arguments[0]} in {path}: {done.stderr.strip()}")
    return done.stdout.strip()
