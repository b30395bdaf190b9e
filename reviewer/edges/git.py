"""Running git on a bare repository: fetch by commit id, read objects. Nothing is checked out.

The token goes to git in its environment, so that it stands on no command line and in no file;
of the machine's own git configuration nothing is read.
"""

from __future__ import annotations

import base64
import os
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from reviewer.errors import Refused, Transient
from reviewer.refs import CommitSha

FETCH_SECONDS = 180
READ_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Blob:
    """A file at a commit: its bytes, or why there are none."""

    content: bytes | None
    absence: str = ""


class Git:
    """One bare repository on disk."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

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
        """The files at a commit, by path."""
        wanted = list(paths)
        if not wanted:
            return {}
        names = "".join(f"{commit}:{path}\n" for path in wanted).encode()
        answer = self._run(["cat-file", "--batch"], READ_SECONDS, stdin=names)
        blobs: dict[str, Blob] = {}
        at = 0
        for path in wanted:
            end = answer.index(b"\n", at)
            header, at = answer[at:end], end + 1
            fields = header.rsplit(b" ", 2)
            if header.endswith(b" missing") or len(fields) != 3:
                blobs[path] = Blob(None, f"not read: larger than {max_kb} kB, or not in the commit")
                continue
            size = int(fields[2])
            content, at = answer[at : at + size], at + size + 1
            if fields[1] != b"blob":
                blobs[path] = Blob(None, "not a file")
            elif size > max_kb * 1024:
                blobs[path] = Blob(None, f"larger than {max_kb} kB")
            else:
                blobs[path] = Blob(content)
        return blobs

    def diff(self, base: CommitSha, head: CommitSha) -> bytes:
        """The diff of two commits as GitHub would show it, for changes too large for its API."""
        return self._run(
            [
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
            ],
            READ_SECONDS,
        )

    def _run(self, arguments: list[str], seconds: float, *, stdin: bytes = b"") -> bytes:
        done = self._start(arguments, seconds, stdin=stdin)
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
            "GIT_ALLOW_PROTOCOL": protocols,
            "GIT_CONFIG_COUNT": str(len(settings)),
        }
        for index, (key, value) in enumerate(settings.items()):
            environment[f"GIT_CONFIG_KEY_{index}"] = key
            environment[f"GIT_CONFIG_VALUE_{index}"] = value
        for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "https_proxy", "HTTPS_PROXY", "no_proxy"):
            if name in os.environ:
                environment[name] = os.environ[name]
        try:
            return subprocess.run(
                ["git", *arguments],
                cwd=self._directory,
                env=environment,
                input=stdin,
                capture_output=True,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise Transient(f"git {arguments[0]} took more than {seconds} s") from error
