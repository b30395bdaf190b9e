"""Running git on a bare repository: fetch by commit id, read objects. Nothing is checked out.

The token goes to git in its environment, so that it stands on no command line and in no file;
of the machine's own git configuration nothing is read.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from reviewer.edges import git_objects
from reviewer.edges.git_process import GitProcess
from reviewer.errors import Refused, Transient
from reviewer.refs import CommitSha

FETCH_SECONDS = 180


_PLAIN_DIFF = {
    "diff.algorithm": "default",
    "diff.indentHeuristic": "true",
    "diff.interHunkContext": "0",
    "diff.orderFile": os.devnull,
    "diff.relative": "false",
    "diff.renameLimit": "1000",
    "diff.submodule": "short",
    "diff.ignoreSubmodules": "none",
    "diff.suppressBlankEmpty": "false",
}
"""What a repository of one's own may set otherwise, and GitHub does not."""


@dataclass(frozen=True, slots=True)
class Blob:
    """A file at a commit: its bytes, or why there are none."""

    content: bytes | None
    absence: str = ""


class Git:
    """One bare repository on disk."""

    def __init__(self, directory: Path, lock: int | None = None) -> None:
        """`lock` is a file descriptor that git keeps open, so that the lock lives as long as it."""
        self._git = GitProcess(directory, lock)

    def prepare(self) -> None:
        """Make the repository where there is none."""
        directory = self._git.directory
        if not (directory / "HEAD").exists():
            directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._git.run(["init", "--bare", "--quiet", "--template=", "."])

    def has(self, commit: CommitSha) -> bool:
        """Whether the commit is here already."""
        done = self._git.start(["cat-file", "-e", f"{commit}^{{commit}}"])
        return done.returncode == 0

    def fetch(self, url: str, token: str, commits: Mapping[str, CommitSha], max_kb: int) -> None:
        """Fetch commits without their history, and no file above `max_kb` kilobytes.

        `commits` maps the local refs that keep them to their ids. Raises Refused when GitHub
        does not have them or does not let us, Transient otherwise.
        """
        credentials = base64.b64encode(f"x-access-token:{token}".encode()).decode()
        configuration = {
            "http.extraHeader": f"Authorization: Basic {credentials}",
            "http.followRedirects": "false",
            "http.lowSpeedLimit": "1000",
            "http.lowSpeedTime": "60",
        }
        refspecs = [f"+{commit}:{ref}" for ref, commit in commits.items()]
        done = self._git.start(
            [
                "fetch",
                "--quiet",
                "--depth=1",
                f"--filter=blob:limit={max_kb + 1}k",
                "--no-tags",
                "--no-write-fetch-head",
                "--no-auto-maintenance",
                "--no-recurse-submodules",
                "--",
                url,
                *refspecs,
            ],
            FETCH_SECONDS,
            configuration=configuration,
            protocols="https:http",
        )
        if done.returncode != 0:
            story = done.stderr.decode("utf-8", "replace").replace(token, "[token]")[-500:].strip()
            refused = any(
                sign in story
                for sign in ("not our ref", "not found", "returned error: 403", "error: 401")
            )
            raise (Refused if refused else Transient)(f"git fetch failed: {story}")

    def read(self, commit: CommitSha, paths: Iterable[str], max_kb: int) -> dict[str, Blob]:
        """The files at a commit, by path; what is above `max_kb` kilobytes is absent."""
        wanted = list(paths)
        ids = self.named(commit, wanted)
        small = {i for i, size in self.sizes(ids.values()).items() if size <= max_kb * 1024}
        read = dict(self.contents(sorted(small)))
        blobs: dict[str, Blob] = {}
        for path in wanted:
            content = read.get(ids.get(path, ""))
            if path not in ids:
                blobs[path] = Blob(None, "not a file at this commit")
            elif content is None:
                blobs[path] = Blob(None, f"larger than {max_kb} kB")
            else:
                blobs[path] = Blob(content)
        return blobs

    def tree(self, commit: CommitSha) -> dict[str, str]:
        """The blob ids of all plain files at a commit, by path. Raises TooManyFiles."""
        return git_objects.tree(self._git, commit)

    def sizes(self, ids: Iterable[str]) -> dict[str, int]:
        """The bytes of those blobs that are here, by id."""
        return git_objects.sizes(self._git, ids)

    def contents(self, ids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Ids and bytes of blobs that are here, one after the other."""
        return git_objects.contents(self._git, ids)

    def named(self, commit: CommitSha, paths: list[str]) -> dict[str, str]:
        """The blob ids of those of the paths that are plain files at a commit."""
        ids: dict[str, str] = {}
        for at in range(0, len(paths), 500):
            listed = self._git.run(
                ["--literal-pathspecs", "ls-tree", "-z", commit, "--", *paths[at : at + 500]]
            )
            for row in listed.split(b"\0"):
                described, _, path = row.partition(b"\t")
                mode, _, kind_and_id = described.partition(b" ")
                if mode in (b"100644", b"100755", b"100664"):
                    name = path.decode("utf-8", "surrogateescape")
                    ids[name] = kind_and_id.partition(b" ")[2].decode("ascii")
        return ids

    def rust_diff(self, base: CommitSha, head: CommitSha) -> tuple[str, dict[str, str]]:
        """The diff of the Rust files as GitHub would show it, for changes too large for its API.

        With it, the paths that are left out because a version of them is too large to be here.
        """
        # Trees alone: no blob is needed to see which paths differ.
        raw = self._git.run(["diff", "--raw", "-z", "--no-renames", "--no-abbrev", base, head]
                            ).split(b"\0")  # fmt: skip
        ids: dict[str, set[str]] = {}
        for described, name in zip(raw[::2], raw[1::2], strict=False):
            fields = described.decode("ascii").split(" ")
            path = name.decode("utf-8", "surrogateescape")
            if path.endswith(".rs"):
                ids[path] = {blob for blob in fields[2:4] if blob.strip("0")}
        here = set(self.sizes(set().union(*ids.values())))
        left_out = {path: "too large" for path, blobs in ids.items() if not blobs <= here}
        paths = [path for path in ids if path not in left_out]
        if not paths:
            return "", left_out
        return self._diff(base, head, paths), left_out

    def diff(self, base: CommitSha, head: CommitSha) -> str:
        """The whole diff as GitHub would show it, where all blobs are at hand."""
        return self._diff(base, head, ())

    def _diff(self, base: CommitSha, head: CommitSha, paths: Iterable[str]) -> str:
        """The diff of these paths; of all if there is none."""
        shown = self._git.run(
            [
                "--literal-pathspecs",
                "diff",
                "--no-color",
                "--no-ext-diff",
                "--no-textconv",
                "--find-renames",
                "--src-prefix=a/",
                "--dst-prefix=b/",
                "--unified=3",
                base,
                head,
                "--",
                *paths,
            ],
            configuration=_PLAIN_DIFF,
        )
        return shown.decode("utf-8", "replace")
