"""The stand-in for GitHub as a process of a test, every exchange with it held to the contract."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import pytest

from reviewer.sandbox.client import Sandbox
from tests.contract.checker import contract, read_exchanges

_STARTS_WITHIN = 30.0
_STOPS_WITHIN = 10.0
_SHOWN = 20


class GithubProcess:
    """Starts on entry, on a free port; on exit stops, and raises if an exchange broke the contract.

    Its repositories live in a temporary directory of their own.
    """

    def __init__(self) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="github-")
        self.root = Path(self._directory.name)
        self.record = self.root / "record"
        self._process: subprocess.Popen[bytes] | None = None
        self._checked = 0
        self.url = ""

    def __enter__(self) -> GithubProcess:
        port_file = self.root / "port"
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "reviewer.sandbox.github_server",
                *("--root", str(self.root / "root")),
                *("--port-file", str(port_file)),
                *("--record", str(self.record)),
                # a test run that is killed leaves nothing behind
                *("--parent", str(os.getpid())),
            ],
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + _STARTS_WITHIN
        while not port_file.exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the stand-in for GitHub did not start")
            time.sleep(0.01)
        self.url = f"http://127.0.0.1:{port_file.read_text().strip()}"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        try:
            # a failed test says why by itself
            if kind is None:
                self.check_contract()
        finally:
            self._directory.cleanup()

    @property
    def client(self) -> Sandbox:
        """The levers."""
        return Sandbox(self.url)

    def stop(self) -> None:
        """Ask it to stop, and see that it does. Raises when it does not stop cleanly."""
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            code = process.wait(_STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        if code != 0:
            raise RuntimeError(f"the stand-in for GitHub ended with status {code}")

    def check_contract(self) -> int:
        """Check every exchange since the last check; returns how many there were.

        Raises AssertionError that names what broke the contract.
        """
        exchanges = read_exchanges(self.record)[self._checked :]
        self._checked += len(exchanges)
        broken = [line for exchange in exchanges for line in contract().violations(exchange)]
        if broken:
            shown = "\n  ".join(broken[:_SHOWN])
            raise AssertionError(
                f"{len(broken)} violations of GitHub's API description:\n  {shown}"
            )
        return len(exchanges)


@pytest.fixture(scope="session")
def github_server() -> Iterator[GithubProcess]:
    """One process for many tests, since starting one takes a while."""
    with GithubProcess() as process:
        yield process


@pytest.fixture
def github(github_server: GithubProcess) -> Iterator[GithubProcess]:
    """A stand-in for GitHub with nothing in it yet; not for a test that stops it."""
    github_server.client.reset()
    yield github_server
    github_server.check_contract()
