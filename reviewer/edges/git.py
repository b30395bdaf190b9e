"""Running git on a bare repository: fetch by commit id, read objects. Nothing is checked out.

The token goes to git in its environment, so that it stands on no command line and in no file;
of the machine's own git configuration nothing is read.
"""

from __future__ import annotations

import base64
import os
import re
import signal
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from reviewer.errors import Refused, Transient
from reviewer.refs import CommitSha

FETCH_SECONDS = 180
READ_SECONDS = 60


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

_LEFT_OUT = re.compile(rb"could not fetch ([0-9a-f]{40,64}) from promisor remote")


@dataclass(frozen=True, slots=True)
class Blob:
    """A file at a commit: its bytes, or why there are none."""

    content: bytes | None
    absence: str = ""


class Git:
    """One bare repository on disk."""

    def __init__(self, directory: Path, lock: int | None = None) -> None:
        """`lock` is a file descriptor that git keeps open, so that the lock lives as long as it."""
        self._directory = directory
        self._lock = lock

    def prepare(self) -> None:
        """Make the repository where there is none."""
        if not (self._directory / "HEAD").exists():
            self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._run(["init", "--bare", "--quiet", "--template=", "."], READ_SECONDS)

    def has(self, commit: CommitSha) -> bool:
        """Whether the commit is here already."""
        done = self._start(["cat-file", "-e", f"{commit}^{{commit}}"], READ_SECONDS)
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
        done = self._start(
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
        ids = self._blob_ids(commit, wanted)
        contents = self._contents(sorted(set(ids.values())))
        blobs: dict[str, Blob] = {}
        for path in wanted:
            content = contents.get(ids.get(path, ""))
            if path not in ids:
                blobs[path] = Blob(None, "not a file at this commit")
            elif content is None or len(content) > max_kb * 1024:
                blobs[path] = Blob(None, f"larger than {max_kb} kB")
            else:
                blobs[path] = Blob(content)
        return blobs

    def paths(self, commit: CommitSha) -> list[str]:
        """The paths of all files at a commit."""
        listed = self._run(["ls-tree", "-r", "-z", "--name-only", commit], READ_SECONDS)
        return [name.decode("utf-8", "surrogateescape") for name in listed.split(b"\0") if name]

    def _blob_ids(self, commit: CommitSha, paths: list[str]) -> dict[str, str]:
        ids: dict[str, str] = {}
        for at in range(0, len(paths), 500):
            listed = self._run(
                ["--literal-pathspecs", "ls-tree", "-z", commit, "--", *paths[at : at + 500]],
                READ_SECONDS,
            )
            for row in listed.split(b"\0"):
                described, _, path = row.partition(b"\t")
                mode, _, kind_and_id = described.partition(b" ")
                if mode in (b"100644", b"100755", b"100664"):
                    name = path.decode("utf-8", "surrogateescape")
                    ids[name] = kind_and_id.partition(b" ")[2].decode("ascii")
        return ids

    def _contents(self, ids: list[str]) -> dict[str, bytes]:
        """The blobs that are here. One that the fetch left out ends git's batch; go on without."""
        while True:
            done = self._start(
                ["cat-file", "--batch"], READ_SECONDS, stdin="".join(f"{i}\n" for i in ids).encode()
            )
            if done.returncode == 0:
                return _read_batch(done.stdout)
            left_out = _LEFT_OUT.search(done.stderr)
            missing = left_out[1].decode("ascii") if left_out else ""
            if missing not in ids:
                story = done.stderr.decode("utf-8", "replace")[-500:].strip()
                raise Transient(f"git cat-file failed: {story}")
            ids = [one for one in ids if one != missing]

    def rust_diff(self, base: CommitSha, head: CommitSha) -> tuple[str, dict[str, str]]:
        """The diff of the Rust files as GitHub would show it, for changes too large for its API.

        With it, the paths that are left out because a version of them is too large to be here.
        """
        # Trees alone: no blob is needed to see which paths differ.
        raw = self._run(["diff", "--raw", "-z", "--no-renames", "--no-abbrev", base, head],
                        READ_SECONDS).split(b"\0")  # fmt: skip
        ids: dict[str, set[str]] = {}
        for described, name in zip(raw[::2], raw[1::2], strict=False):
            fields = described.decode("ascii").split(" ")
            path = name.decode("utf-8", "surrogateescape")
            if path.endswith(".rs"):
                ids[path] = {blob for blob in fields[2:4] if blob.strip("0")}
        here = set(self._contents(sorted(set().union(*ids.values()))))
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
        shown = self._run(
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
            READ_SECONDS,
            configuration=_PLAIN_DIFF,
        )
        return shown.decode("utf-8", "replace")

    def _run(
        self,
        arguments: list[str],
        seconds: float,
        *,
        configuration: Mapping[str, str] | None = None,
    ) -> bytes:
        done = self._start(arguments, seconds, configuration=configuration)
        if done.returncode != 0:
            story = done.stderr.decode("utf-8", "replace")[-500:].strip()
            raise Transient(f"git {arguments[0]} failed: {story}")
        return done.stdout

    def _start(
        self,
        arguments: list[str],
        seconds: float,
        *,
        stdin: bytes = b"",
        configuration: Mapping[str, str] | None = None,
        protocols: str = "none",
    ) -> subprocess.CompletedProcess[bytes]:
        settings = {"core.hooksPath": os.devnull, "gc.auto": "0", **(configuration or {})}
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": os.devnull,
            "LC_ALL": "C",
            "GIT_DIR": str(self._directory.absolute()),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_TERMINAL_PROMPT": "0",
            # What the fetch left out is not to be fetched behind our back (git 2.45 and later; for
            # earlier ones no protocol is allowed).
            "GIT_NO_LAZY_FETCH": "1",
            # A commit is what its id says, whatever a local repository puts in its place.
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_ALLOW_PROTOCOL": protocols,
            "GIT_CONFIG_COUNT": str(len(settings)),
        }
        for index, (key, value) in enumerate(settings.items()):
            environment[f"GIT_CONFIG_KEY_{index}"] = key
            environment[f"GIT_CONFIG_VALUE_{index}"] = value
        for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "https_proxy", "HTTPS_PROXY", "no_proxy"):
            if name in os.environ:
                environment[name] = os.environ[name]
        process = subprocess.Popen(
            ["git", *arguments],
            cwd=self._directory,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=() if self._lock is None else (self._lock,),
            start_new_session=True,
        )
        try:
            out, err = process.communicate(stdin, timeout=seconds)
        except subprocess.TimeoutExpired as error:
            # With its helpers, which would go on writing.
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            raise Transient(f"git {arguments[0]} took more than {seconds} s") from error
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)


def _read_batch(output: bytes) -> dict[str, bytes]:
    """Read `git cat-file --batch`: `<id> <type> <size>`, newline, content, newline; or missing."""
    contents: dict[str, bytes] = {}
    at = 0
    while at < len(output):
        end = output.index(b"\n", at)
        fields = output[at:end].split(b" ")
        at = end + 1
        if len(fields) == 3:
            size = int(fields[2])
            contents[fields[0].decode("ascii")] = output[at : at + size]
            at += size + 1
    return contents
