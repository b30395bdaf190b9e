"""Opening a pull request in the stand-in from any local repository and two commits."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from urllib.error import URLError

from reviewer.sandbox.client import Sandbox, SandboxRefused


class NotOpened(Exception):
    """Why there is no pull request, and what to do."""


def open_local(path: Path, base: str, head: str, *, url: str, repo: str, title: str) -> str:
    """The address of the new pull request. Raises NotOpened."""
    base_sha, head_sha = _commit(path, base), _commit(path, head)
    name = repo or "acme/" + (re.sub(r"[^A-Za-z0-9._-]", "-", path.resolve().name) or "repository")
    sandbox = Sandbox(url)
    try:
        try:
            sandbox.import_repo(path.resolve(), name)
        except SandboxRefused as refused:
            # It may have been imported for an earlier pull request.
            if "there already" not in refused.body:
                raise
        number = sandbox.open_pull(
            name,
            base_sha,
            head_sha,
            title or _subject(path, head_sha),
            source=path.resolve(),
        )
    except SandboxRefused as refused:
        raise NotOpened(str(refused)) from refused
    except URLError as error:
        raise NotOpened(f"nothing answers at {url}: start it with `reviewer sandbox`") from error
    return f"{sandbox.url}/{name}/pull/{number}"


def _commit(path: Path, name: str) -> str:
    return _git(path, "rev-parse", "--verify", "--end-of-options", f"{name}^{{commit}}")


def _subject(path: Path, sha: str) -> str:
    return _git(path, "show", "--no-patch", "--format=%s", sha)


def _git(path: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(path), *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise NotOpened(f"git {arguments[0]} in {path}: {done.stderr.strip()}")
    return done.stdout.strip()
