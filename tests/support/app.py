"""The App as processes of its own: started, asked, stopped, killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from tests.support.warm import WarmProcess, start_warm

T = TypeVar("T")
ROOT = Path(__file__).parent.parent.parent
STARTS_WITHIN = 30.0


class AppProcess:
    """`reviewer serve`, `web` or `worker`. Its log is kept in a file beside its data."""

    def __init__(
        self, command: str, environ: Mapping[str, str], directory: Path, *, cold: bool = False
    ) -> None:
        """`cold` starts it as a user does, who has nothing loaded yet."""
        directory.mkdir(parents=True, exist_ok=True)
        self._command = command
        self._directory = directory
        self._environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(directory),
            # the code beside these tests, not the one that happens to be installed
            "PYTHONPATH": str(ROOT),
            **environ,
        }
        self._port_file = directory / f"{command}.port"
        self.log_file = directory / f"{command}.log"
        self._cold = cold
        self._process: subprocess.Popen[bytes] | WarmProcess | None = None

    def start(self) -> AppProcess:
        """Start it; with a port, wait until it answers."""
        self._port_file.unlink(missing_ok=True)
        arguments = [self._command]
        if self._command != "worker":
            arguments += ["--port-file", str(self._port_file)]
        with self.log_file.open("ab") as log:
            # A session of its own, so that gunicorn's worker can be killed with it.
            if self._cold:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "reviewer", *arguments],
                    env=self._environ,
                    cwd=self._directory,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            else:
                self._process = start_warm(
                    "reviewer",
                    arguments,
                    environ=self._environ,
                    cwd=self._directory,
                    stdout=log.fileno(),
                    stderr=log.fileno(),
                    session=True,
                )
        if self._command != "worker":
            wait_for(self._answers, f"{self._command} to answer", self.log)
        return self

    @property
    def pid(self) -> int:
        """The process's id."""
        assert self._process is not None
        return self._process.pid

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._port_file.read_text()}"

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._process is not None and self._process.poll() is None

    def log(self) -> str:
        """All it has logged."""
        return self.log_file.read_text("utf-8", "replace") if self.log_file.exists() else ""

    def wait_for_log(self, text: str) -> None:
        """Wait until it has logged this."""
        wait_for(lambda: text in self.log(), f"{text!r} in the log", self.log)

    def kill(self) -> None:
        """SIGKILL to the process and its children, as a power cut would."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(timeout=10)

    def stop(self, timeout: float = 60) -> int:
        """SIGTERM; its exit code."""
        assert self._process is not None
        if self._process.poll() is None:
            self._process.terminate()
        return self._process.wait(timeout=timeout)

    def get(self, path: str) -> tuple[int, Any]:
        """Status and JSON of an answer."""
        return ask(urllib.request.Request(self.url + path))

    def __enter__(self) -> AppProcess:
        return self.start()

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self.is_running:
            self.kill()
        if error is not None:
            print(f"--- log of {self._command} ---\n{self.log()[-8000:]}")

    def _answers(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError(f"{self._command} ended at its start:\n{self.log()}")
        if not self._port_file.exists() or not self._port_file.read_text():
            return False
        try:
            return self.get("/healthz")[0] == 200
        except OSError:
            return False


def ask(request: urllib.request.Request, timeout: float = 30) -> tuple[int, Any]:
    """Status and JSON body of an answer, whatever the status."""
    try:
        with urllib.request.urlopen(request, timeout=timeout) as response:
            return response.status, json.loads(response.read() or b"null")
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"null")


def wait_for(
    ready: Callable[[], T | None],
    what: str,
    story: Callable[[], str] = str,
    timeout: float = STARTS_WITHIN,
) -> T:
    """Look every 20 ms until the answer is true; it. Fails with the story after the timeout."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        answer = ready()
        if answer:
            return answer
        time.sleep(0.02)
    raise AssertionError(f"waited {timeout:.0f} s for {what}\n{story()[-8000:]}")
