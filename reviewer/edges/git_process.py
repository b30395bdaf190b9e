"""Starting git: its environment, its configuration, its end."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

from reviewer.errors import Transient

READ_SECONDS = 60
_CHUNK = 1 << 18


class GitProcess:
    """Runs git on one bare repository. Of the machine's own configuration nothing is read."""

    def __init__(self, directory: Path, lock: int | None = None) -> None:
        """`lock` is a file descriptor that git keeps open, so that the lock lives as long as it."""
        self.directory = directory
        self._lock = lock

    def run(
        self,
        arguments: list[str],
        seconds: float = READ_SECONDS,
        *,
        stdin: bytes = b"",
        configuration: Mapping[str, str] | None = None,
    ) -> bytes:
        """What git prints. Raises Transient when it fails or takes too long."""
        done = self.start(arguments, seconds, stdin=stdin, configuration=configuration)
        if done.returncode != 0:
            raise Transient(f"git {arguments[0]} failed: {_story(done.stderr)}")
        return done.stdout

    def start(
        self,
        arguments: list[str],
        seconds: float = READ_SECONDS,
        *,
        stdin: bytes = b"",
        configuration: Mapping[str, str] | None = None,
        protocols: str = "none",
    ) -> subprocess.CompletedProcess[bytes]:
        """Run git to its end, however it ends. Raises Transient when it takes too long."""
        process = subprocess.Popen(
            ["git", *arguments],
            cwd=self.directory,
            env=self._environment(configuration or {}, protocols),
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

    def stream(
        self, arguments: list[str], *, stdin: bytes = b"", seconds: float = READ_SECONDS
    ) -> Iterator[bytes]:
        """What git prints, in pieces; whoever stops asking ends git. Raises Transient."""
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as errors:
            given.write(stdin)
            given.seek(0)
            process = subprocess.Popen(
                ["git", *arguments],
                cwd=self.directory,
                env=self._environment({}, "none"),
                stdin=given,
                stdout=subprocess.PIPE,
                stderr=errors,
                pass_fds=() if self._lock is None else (self._lock,),
                start_new_session=True,
            )
            late = threading.Event()
            timer = threading.Timer(seconds, _end, (process, late))
            timer.start()
            try:
                assert process.stdout is not None  # noqa: S101
                while piece := process.stdout.read1(_CHUNK):  # type: ignore[attr-defined]
                    yield piece
                if late.is_set():
                    raise Transient(f"git {arguments[0]} took more than {seconds} s")
                if process.wait() != 0:
                    errors.seek(0)
                    raise Transient(f"git {arguments[0]} failed: {_story(errors.read(10_000))}")
            finally:
                timer.cancel()
                process.kill()
                process.wait()
                process.stdout.close()  # type: ignore[union-attr]

    def _environment(self, configuration: Mapping[str, str], protocols: str) -> dict[str, str]:
        settings = {"core.hooksPath": os.devnull, "gc.auto": "0", **configuration}
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": os.devnull,
            "LC_ALL": "C",
            "GIT_DIR": str(self.directory.absolute()),
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
        return environment


def _end(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    process.kill()


def _story(errors: bytes) -> str:
    return errors.decode("utf-8", "replace")[-500:].strip()
