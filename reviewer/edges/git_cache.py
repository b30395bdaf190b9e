"""The git cache: one bare, shallow repository for each reviewed one, bounded in size."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from reviewer.edges.git import Git
from reviewer.refs import RepoName


class GitCache:
    """Repositories under one directory; one process at a time works on each."""

    def __init__(self, root: Path, max_mb: int) -> None:
        self._root = root
        self._max_bytes = max_mb * 1024 * 1024
        self._root.mkdir(parents=True, exist_ok=True, mode=0o700)

    @contextmanager
    def repository(self, repo: RepoName) -> Iterator[Git]:
        """The repository, locked against other threads and processes of this machine."""
        directory = self._directory(repo)
        directory.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = directory.with_suffix(".lock")
        with lock.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            # Held by every git that was started here: what is found now was left by a dead one.
            _clear_away(directory)
            git = Git(directory, file.fileno())
            git.prepare()
            os.utime(directory)
            yield git

    def names(self) -> list[str]:
        """The repositories that are here, as `owner/name` in small letters."""
        return [f"{entry.parent.name}/{entry.stem}" for entry in self._root.glob("*/*.git")]

    def drop(self, repo: RepoName) -> bool:
        """Remove a repository, once nobody works on it; whether it was here."""
        directory = self._directory(repo)
        lock = directory.with_suffix(".lock")
        if not directory.exists() and not lock.exists():
            return False
        with lock.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if directory.exists():
                shutil.rmtree(directory)
            lock.unlink(missing_ok=True)
        with suppress(OSError):  # others of this owner are here
            directory.parent.rmdir()
        return True

    def shrink(self) -> list[str]:
        """Drop the repositories that were not used longest until the cache fits; their names."""
        found = sorted(
            (entry.stat().st_mtime, _size(entry), entry) for entry in self._root.glob("*/*.git")
        )
        total = sum(size for _, size, _ in found)
        dropped = []
        for used, size, directory in found:
            # One in use within the last ten minutes may be in the middle of a review.
            if total <= self._max_bytes or used > time.time() - 600:
                break
            with directory.with_suffix(".lock").open("w") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                shutil.rmtree(directory)
            total -= size
            dropped.append(f"{directory.parent.name}/{directory.stem}")
        return dropped

    def _directory(self, repo: RepoName) -> Path:
        return self._root / repo.owner.lower() / f"{repo.name.lower()}.git"


def _clear_away(directory: Path) -> None:
    """Remove the lock files and half-written packs of a git that was killed."""
    for pattern in ("*.lock", "refs/**/*.lock", "objects/pack/tmp_*", "objects/pack/.tmp-*"):
        for left in directory.glob(pattern):
            left.unlink(missing_ok=True)


def _size(directory: Path) -> int:
    return sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())
