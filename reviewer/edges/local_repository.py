"""A repository on this disk, and the names of its commits."""

from __future__ import annotations

import os
import subprocess
from difflib import get_close_matches
from pathlib import Path

from reviewer.refs import CommitSha, commit_sha

_SECONDS = 60


class NotReviewed(Exception):
    """Why there is no review, and what to do."""


class LocalRepository:
    """The repository that a path lies in, and the names of its commits.

    It is asked in the user's own environment, whose git knows which directories are trusted;
    what is reviewed is then read by `Git`, which knows nothing of that environment.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        found = self._git("rev-parse", "--absolute-git-dir")
        if found.returncode != 0:
            story = found.stderr.strip().removeprefix("fatal: ")
            if "not a git repository" in story:
                story = "no git repository is there or above it"
            raise NotReviewed(f"{path} cannot be reviewed: {story}")
        self.directory = Path(found.stdout.rstrip("\n"))

    def commit(self, name: str) -> CommitSha:
        """The commit of this name."""
        found = self._git(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"
        )
        if found.returncode != 0:
            raise NotReviewed(f"git knows no commit `{name}` in {self._path}{self._hint(name)}")
        return commit_sha(found.stdout.strip())

    def merge_base(self, base: CommitSha, head: CommitSha, *names: str) -> CommitSha:
        """Where the head left its base."""
        found = self._git("merge-base", base, head)
        if found.returncode != 0:
            shallow = self._if_shallow() or "; a change needs one to start from"
            raise NotReviewed(f"{' and '.join(f'`{n}`' for n in names)} share no commit{shallow}")
        return commit_sha(found.stdout.strip())

    def _hint(self, name: str) -> str:
        refs = self._git("for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes")
        close = get_close_matches(name, refs.stdout.split(), n=1)
        return f"; did you mean `{close[0]}`?" if close else self._if_shallow()

    def _if_shallow(self) -> str:
        shallow = self._git("rev-parse", "--is-shallow-repository").stdout.strip() == "true"
        return "; this clone is shallow, `git fetch --unshallow` brings the rest" if shallow else ""

    def _git(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        # In a hook git points these at the repository that it works on; PATH is what counts here.
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("GIT_") or name.startswith("GIT_CONFIG")
        }
        try:
            return subprocess.run(
                ["git", "-C", str(self._path), *arguments],
                env=environment | {"LC_ALL": "C", "GIT_NO_LAZY_FETCH": "1"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                errors="surrogateescape",
                timeout=_SECONDS,
                check=False,
            )
        except FileNotFoundError as error:
            raise NotReviewed("git is not installed, or not on the PATH") from error
        except subprocess.TimeoutExpired as error:
            raise NotReviewed(f"git {arguments[0]} took more than {_SECONDS} s") from error
