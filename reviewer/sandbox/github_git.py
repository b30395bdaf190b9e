"""Git, by its own command: what the stand-in asks of its bare repositories."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from reviewer.sandbox.github_diff import FileChange, LineMap, attach_patches, line_map, parse_raw

_SECONDS = 120
_SHA = re.compile(r"[0-9a-f]{40}\Z")
_DIFF = ("diff-tree", "-r", "-M", "--no-ext-diff", "--no-textconv", "--no-color")


class GitError(Exception):
    """Git said no; the message is git's own."""


def environment() -> dict[str, str]:
    """An environment in which no configuration of the machine or of the user reaches git."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C.UTF-8",
    }


def git(directory: Path, *arguments: str, feed: bytes | None = None) -> bytes:
    """Run git in a repository and return what it wrote. Raises GitError; gives up after 120 s."""
    done = subprocess.run(
        ["git", "-C", str(directory), *arguments],
        input=feed,
        stdin=subprocess.DEVNULL if feed is None else None,
        capture_output=True,
        env=environment(),
        timeout=_SECONDS,
        check=False,
    )
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise GitError(f"git {arguments[0]}: {said or f'exit status {done.returncode}'}")
    return done.stdout


def text(directory: Path, *arguments: str) -> str:
    """What git wrote, as text without the last newline. Raises GitError."""
    return git(directory, *arguments).decode("utf-8", "replace").rstrip("\n")


def import_repository(source: Path, git_dir: Path) -> str:
    """Copy branches and tags of a local repository into a new bare one; returns its main branch.

    Raises GitError when `source` is no git repository or has no commit.
    """
    git_dir.parent.mkdir(parents=True, exist_ok=True)
    git(git_dir.parent, "clone", "--quiet", "--bare", str(source), str(git_dir))
    git(git_dir, "remote", "remove", "origin")
    for name, value in (
        ("uploadpack.allowFilter", "true"),
        ("uploadpack.allowAnySHA1InWant", "true"),
        ("gc.auto", "0"),
        ("core.logAllRefUpdates", "false"),
    ):
        git(git_dir, "config", name, value)
    tip = text(git_dir, "rev-parse", "--verify", "HEAD^{commit}")
    branch = branch_of_head(git_dir)
    if branch is None:
        # the source stood on no branch: give its commit one
        branch = "main"
        update_ref(git_dir, "refs/heads/main", tip)
        git(git_dir, "symbolic-ref", "HEAD", "refs/heads/main")
    return branch


def branch_of_head(git_dir: Path) -> str | None:
    """The branch that HEAD stands for, or None when it is detached."""
    try:
        return text(git_dir, "symbolic-ref", "--short", "HEAD")
    except GitError:
        return None


def bring_objects(git_dir: Path, source: Path, sha: str) -> None:
    """Copy a commit and all it needs from another local repository. Raises GitError."""
    git(git_dir, "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", str(source), sha)


def update_ref(git_dir: Path, ref: str, sha: str) -> None:
    """Let a full ref name point at a commit. Raises GitError for an unknown commit."""
    git(git_dir, "update-ref", ref, sha)


def resolve(git_dir: Path, revision: str) -> str | None:
    """The commit id of a branch, tag or id, or None; nothing else is looked up."""
    if revision.startswith("-") or re.search(r"[\s~^:?*\[\\]|\.\.|@\{", revision):
        return None
    candidates = [revision] if _SHA.match(revision) or revision == "HEAD" else []
    candidates += [f"refs/heads/{revision}", f"refs/tags/{revision}", f"refs/{revision}"]
    if revision.startswith(("refs/heads/", "refs/tags/")):
        candidates.append(revision)
    if re.fullmatch(r"[0-9a-f]{7,39}", revision):
        candidates.append(revision)
    for candidate in candidates:
        try:
            known = _known_commit if _SHA.match(candidate) else _commit_at
            return known(git_dir, candidate)
        except GitError:
            continue
    return None


def _commit_at(git_dir: Path, name: str) -> str:
    wanted = f"{name}^{{commit}}"
    return text(git_dir, "rev-parse", "--quiet", "--verify", "--end-of-options", wanted)


# a commit that is there stays there; what is not raises, and is looked for anew
_known_commit = lru_cache(maxsize=8192)(_commit_at)


@lru_cache(maxsize=4096)
def merge_base(git_dir: Path, base: str, head: str) -> str | None:
    """The commit from which two commits went apart, or None when they share none."""
    try:
        return text(git_dir, "merge-base", base, head).split("\n")[0]
    except GitError:
        return None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The three-dot diff of two commits, read once and kept."""

    merge_base: str
    diff: str
    files: tuple[FileChange, ...]
    commits: tuple[str, ...]
    behind_by: int

    def file(self, path: str) -> FileChange | None:
        """The change to the file of this head path, or None."""
        return next((f for f in self.files if f.path == path), None)

    @property
    def additions(self) -> int:
        """Added lines in all files."""
        return sum(f.additions for f in self.files)

    @property
    def deletions(self) -> int:
        """Removed lines in all files."""
        return sum(f.deletions for f in self.files)

    @property
    def lines(self) -> int:
        """Lines of the diff as it is served."""
        return self.diff.count("\n")


@lru_cache(maxsize=512)
def compare(git_dir: Path, base: str, head: str) -> Comparison:
    """What `head` changes since it left `base`. Raises GitError when they share no commit."""
    parent = merge_base(git_dir, base, head)
    if parent is None:
        raise GitError("there is no common ancestor")
    files = parse_raw(git(git_dir, *_DIFF, "--raw", "--numstat", "-z", parent, head))
    # GitHub shortens object names in the diff to ten digits or so, git to what the repository needs
    diff = git(git_dir, *_DIFF, "-p", parent, head).decode("utf-8", "replace")
    attach_patches(files, diff)
    commits = text(git_dir, "rev-list", "--reverse", f"{base}..{head}").split()
    behind = int(text(git_dir, "rev-list", "--count", f"{head}..{base}"))
    return Comparison(parent, diff, tuple(files), tuple(commits), behind)


@lru_cache(maxsize=1024)
def follow_lines(git_dir: Path, old: str, new: str, path: str) -> LineMap:
    """How the lines of one file moved between two commits. Raises GitError."""
    return line_map(text(git_dir, *_DIFF, "-p", "-U0", old, new, "--", path))


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit's own data. The dates are ISO 8601 with an offset."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author: tuple[str, str, str]
    committer: tuple[str, str, str]
    message: str


@lru_cache(maxsize=8192)
def commit(git_dir: Path, sha: str) -> Commit:
    """Read a commit. Raises GitError."""
    shape = "%H%x00%T%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B"
    fields = text(git_dir, "log", "-1", "--no-color", f"--format={shape}", sha).split("\0")
    return Commit(
        sha=fields[0],
        tree=fields[1],
        parents=tuple(fields[2].split()),
        author=(fields[3], fields[4], fields[5]),
        committer=(fields[6], fields[7], fields[8]),
        message=fields[9].rstrip("\n"),
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a tree. `kind` is blob, tree or commit; `size` is None for the last two."""

    mode: str
    kind: str
    sha: str
    size: int | None
    path: str


def entries(
    git_dir: Path, revision: str, path: str = "", *, recursive: bool = False
) -> list[Entry]:
    """List a directory, or one file, of a commit or tree; empty when the path is not there."""
    options = ["-r", "-t"] if recursive else []
    raw = git(
        git_dir, "ls-tree", "-z", "--long", *options, revision, *(["--", path] if path else [])
    )
    found = []
    for line in raw.decode("utf-8", "replace").split("\0")[:-1]:
        about, name = line.split("\t", 1)
        mode, kind, sha, size = about.split()
        found.append(Entry(mode, kind, sha, None if size == "-" else int(size), name))
    return found


def blob(git_dir: Path, sha: str) -> bytes:
    """The bytes of a file version. Raises GitError."""
    if not _SHA.match(sha):
        raise GitError(f"not an object id: {sha[:64]!r}")
    return git(git_dir, "cat-file", "blob", sha)


def tarball(git_dir: Path, sha: str, prefix: str) -> bytes:
    """A gzip'd tar of a commit's files under one directory. Raises GitError."""
    return git(git_dir, "archive", "--format=tar.gz", f"--prefix={prefix}/", sha)
