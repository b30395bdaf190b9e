"""A real git repository in a directory of its own, untouched by the machine's configuration."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from reviewer.refs import CommitSha, commit_sha

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": os.devnull,
    "LC_ALL": "C",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A Trader",
    "GIT_AUTHOR_EMAIL": "trader@example.com",
    "GIT_COMMITTER_NAME": "A Trader",
    "GIT_COMMITTER_EMAIL": "trader@example.com",
    "GIT_AUTHOR_DATE": "2026-01-05T09:30:00Z",
    "GIT_COMMITTER_DATE": "2026-01-05T09:30:00Z",
}


class GitRepo:
    """Commits files as given; a None removes one."""

    def __init__(self, directory: Path) -> None:
        self.path = directory
        directory.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str) -> bytes:
        """Run git here; raises CalledProcessError."""
        return subprocess.run(
            ["git", *arguments], cwd=self.path, env=ENVIRONMENT, check=True, capture_output=True
        ).stdout

    def commit(self, files: Mapping[str, bytes | str | None], message: str = "change") -> CommitSha:
        """Write and remove files, commit, and give the commit's id."""
        for name, content in files.items():
            path = self.path / name
            if content is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        self.git("add", "--all", "--force")
        self.git("commit", "--quiet", "--allow-empty", "-m", message)
        return self.head()

    def head(self) -> CommitSha:
        """The id of the newest commit."""
        return commit_sha(self.git("rev-parse", "HEAD").decode().strip())

    def diff(self, base: str, head: str) -> str:
        """The diff as git prints it, with renames found."""
        return self.git("diff", "--find-renames", base, head).decode("utf-8", "replace")
