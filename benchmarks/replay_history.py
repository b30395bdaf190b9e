"""Series of real commits on one Rust file, made into pushes of a pull request.

Nothing is copied into this repository: the objects are read out of a local mirror.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tests.support.git_repo import ENVIRONMENT, GitRepo

POLICY = "caps:\n  important: 50\n  suggestion: 50\n"
"""All is said, so that what is missing was lost."""
MOST_FILES = 15
"""Rust files that a series may change."""
LINES = (60, 2500)
"""Added lines of a whole series, least and most."""
LARGEST = 400_000
"""Bytes of a file."""


class Kind(StrEnum):
    """How the author pushes."""

    PLAIN = "plain"
    SQUASHED = "squashed"
    REBASED = "rebased"
    MERGED = "merged"
    RENAMED = "renamed"


@dataclass(frozen=True, slots=True)
class Series:
    """Consecutive commits on one file, oldest first."""

    mirror: Path
    path: str
    commits: tuple[str, ...]

    @property
    def name(self) -> str:
        """Repository, file and first commit."""
        return f"{self.mirror.parent.name} {self.path} {self.commits[0][:8]}"


@dataclass(frozen=True, slots=True)
class Push:
    """What the author does next: where the base is then, and the new head."""

    base: str
    head: str


def series_of(mirror: Path) -> Iterator[Series]:
    """Series of 3 to 6 commits, of the files with the longest histories, none twice."""
    log = _git(mirror, "log", "--first-parent", "--format=%x00%H", "--name-only", "--", "*.rs")
    by_path: dict[str, list[str]] = {}
    for entry in log.decode("utf-8", "replace").split("\0")[1:]:
        commit, *paths = [line for line in entry.split("\n") if line]
        for path in paths:
            by_path.setdefault(path, []).append(commit)
    found = 0
    for path, newest_first in sorted(by_path.items(), key=lambda item: (-len(item[1]), item[0])):
        commits = newest_first[::-1]
        taken = 0
        start = 1  # the first one adds the file
        while start + 3 <= len(commits) and taken < 2:
            length = 3 + (found + start) % 4
            series = Series(mirror, path, tuple(commits[start : start + length]))
            if len(series.commits) >= 3 and _is_playable(series):
                yield series
                found += 1
                taken += 1
                start += length
            start += 2


class Player:
    """Makes the commits of a series in a repository of its own."""

    def __init__(self, series: Series, kind: Kind, directory: Path) -> None:
        self.series, self.kind = series, kind
        self.repo = GitRepo(directory)
        alternates = directory / ".git" / "objects" / "info" / "alternates"
        alternates.write_text(f"{series.mirror / 'objects'}\n")
        self._heads = 0
        self._states = list(self._read_states())
        self.base = self._commit(self._tree(0, 0), "the base")
        self.repo.git("update-ref", "refs/heads/main", self.base)

    def pushes(self) -> Iterator[Push]:
        """All pushes; the last one has the patch of the one before under another message."""
        base = head = self.base
        for number in range(1, len(self._states)):
            message = f"commit {number}"
            if self.kind in (Kind.REBASED, Kind.MERGED) and number > 1:
                base = self._commit(self._tree(0, number - 1), "unrelated", base)
            moved = number - 1 if base != self.base else 0
            if self.kind is Kind.REBASED:
                head = base
                for each in range(1, number):
                    head = self._commit(self._tree(each, moved), f"commit {each}", head)
            elif self.kind is Kind.SQUASHED:
                head = base
            elif self.kind is Kind.MERGED and number > 1:
                head = self._commit(self._tree(number - 1, moved), "merge", head, base)
            head = self._commit(self._tree(number, moved), message, head)
            yield Push(base, head)
        parents = self.repo.git("rev-parse", f"{head}^@").decode().split()
        tree = self.repo.git("rev-parse", f"{head}^{{tree}}").decode().strip()
        yield Push(base, self._commit(tree, "amended", *parents))

    def _read_states(self) -> Iterator[Mapping[str, str]]:
        """Rust files by path at the base and after each commit, as blob ids."""
        mirror, commits = self.series.mirror, self.series.commits
        files = _rust_tree(mirror, f"{commits[0]}^1")
        yield files
        touched: set[str] = set()
        for commit in commits:
            touched |= set(_touched(mirror, commit))
            now = _rust_tree(mirror, commit)
            files = {p: b for p, b in files.items() if p not in touched}
            files |= {p: now[p] for p in touched if p in now}
            yield files

    def _tree(self, state: int, moved: int) -> str:
        """The tree of a state on a base that has moved on so many times."""
        files = dict(self._states[state])
        path = self.series.path
        if moved and path in self._states[0] and path in files:
            above = f"// a note of the base, {moved}\n" * ((moved + 1) // 2)
            files[path] = self._blob(above.encode() + self._content(files[path]))
        if self.kind is Kind.RENAMED and state >= 2 and path in files:
            files[path.removesuffix(".rs") + "_core.rs"] = files.pop(path)
        files[".github/trading-reviewer.yml"] = self._blob(POLICY.encode())
        files["NOTES.md"] = self._blob(f"note {moved}\n".encode())
        rows = "".join(f"100644 {blob}\t{name}\0" for name, blob in sorted(files.items()))
        environ = {"GIT_INDEX_FILE": str(self.repo.path / ".git" / "replay-index")}
        Path(environ["GIT_INDEX_FILE"]).unlink(missing_ok=True)
        self._run("update-index", "-z", "--index-info", feed=rows.encode(), environ=environ)
        return self._run("write-tree", environ=environ).decode().strip()

    def _commit(self, tree: str, message: str, *parents: str) -> str:
        named = [word for parent in parents for word in ("-p", parent)]
        done = self._run("commit-tree", tree, *named, "-m", message)
        return done.decode().strip()

    def _content(self, blob: str) -> bytes:
        return self._run("cat-file", "blob", blob)

    def _blob(self, content: bytes) -> str:
        return self._run("hash-object", "-w", "--stdin", feed=content).decode().strip()

    def _run(
        self, *arguments: str, feed: bytes = b"", environ: Mapping[str, str] | None = None
    ) -> bytes:
        return subprocess.run(
            ["git", *arguments],
            cwd=self.repo.path,
            env={**ENVIRONMENT, **(environ or {})},
            input=feed,
            check=True,
            capture_output=True,
        ).stdout


def _is_playable(series: Series) -> bool:
    """Whether all its files are there, and it is neither trifling nor a rewrite of all."""
    mirror, commits = series.mirror, series.commits
    touched = {path for commit in commits for path in _touched(mirror, commit)}
    if not 1 <= len(touched) <= MOST_FILES:
        return False
    stat = _git(
        mirror, "diff", "--numstat", f"{commits[0]}^1", commits[-1], "--", *sorted(touched)
    ).decode()
    added = sum(int(line.split("\t")[0]) for line in stat.splitlines() if line[0].isdigit())
    if not LINES[0] <= added <= LINES[1]:
        return False
    blobs = {
        blob
        for commit in (f"{commits[0]}^1", *commits)
        for blob in _rust_tree(mirror, commit).values()
    }
    rows = subprocess.run(
        ["git", "cat-file", "--batch-check"],
        cwd=mirror,
        input="\n".join(sorted(blobs)).encode(),
        env={"PATH": os.environ["PATH"], "HOME": os.devnull},
        check=True,
        capture_output=True,
    ).stdout.decode()
    return all(
        not row.endswith("missing") and int(row.split()[2]) <= LARGEST for row in rows.splitlines()
    )


def _touched(mirror: Path, commit: str) -> list[str]:
    """Rust files that a commit changes against its first parent."""
    rows = _git(mirror, "diff", "--name-only", "--no-renames", "-z", f"{commit}^1", commit)
    names = rows.decode("utf-8", "replace").split("\0")
    return [name for name in names if name.endswith(".rs")]


def _rust_tree(mirror: Path, commit: str) -> dict[str, str]:
    rows = _git(mirror, "ls-tree", "-r", "-z", commit).decode("utf-8", "replace").split("\0")
    files = {}
    for row in rows:
        about, _, path = row.partition("\t")
        if path.endswith(".rs") and about.startswith("100"):
            files[path] = about.split()[2]
    return files


def _git(mirror: Path, *arguments: str) -> bytes:
    return subprocess.run(
        ["git", *arguments],
        cwd=mirror,
        env={"PATH": os.environ["PATH"], "HOME": os.devnull},
        check=True,
        capture_output=True,
    ).stdout
