"""The programs under test as processes of their own that need not load their modules first.

A process that starts by itself loads for two to four seconds; a story's is forked from one that
has loaded, and from there on is the same: its own memory, environment, files, signals and end.
What a start itself does is told by tests that start the command cold.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


class WarmProcess:
    """What the tests use of `subprocess.Popen`."""

    def __init__(self, arguments: list[str], pid: int, end: int) -> None:
        """`end` is where the exit code can be read, once there is one."""
        self._arguments = arguments
        self.pid = pid
        self._end = end
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit code; None while it runs."""
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        """The exit code. Raises subprocess.TimeoutExpired."""
        code = self._ended(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(self._arguments, timeout or 0)
        return code

    def send_signal(self, number: int) -> None:
        """Unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def _ended(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._end], [], [], timeout)[0]:
            self.returncode = int(os.read(self._end, 16))
            os.close(self._end)
        return self.returncode


class _Warm:
    def __init__(self) -> None:
        self._asked, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._asked.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        # As bare as the environment of what it starts, which some modules look at when loaded.
        environ = {"PATH": os.environ["PATH"], "HOME": os.devnull, "PYTHONPATH": str(ROOT)}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.warm_server"],
            cwd=ROOT,
            env=environ,
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
        )
        theirs.close()
        atexit.register(self._end)

        self.pid: int = self._process.pid

    def start(self, request: dict[str, object], files: list[int]) -> tuple[int, int]:
        end, told = os.pipe()
        try:
            socket.send_fds(self._asked, [json.dumps(request).encode()], [*files, told])
        finally:
            os.close(told)
        answer = self._asked.recv(16)
        if not answer:
            raise RuntimeError("the process that starts others has ended")
        return int(answer), end

    def _end(self) -> None:
        self._asked.close()
        self._process.wait(timeout=30)


@cache
def _warm() -> _Warm:
    return _Warm()


def parent() -> int:
    """The process id of the parent of what `start_warm` starts."""
    return _warm().pid


def start_warm(
    module: str,
    arguments: list[str],
    *,
    environ: Mapping[str, str],
    cwd: Path,
    stdout: int,
    stderr: int,
    session: bool = False,
) -> WarmProcess:
    """As `python -m module arguments`, with nothing on standard input.

    `session` makes it the leader of a session of its own.
    """
    for name in environ:
        # Python reads these as it starts, and here it has.
        assert name == "PYTHONPATH" or not name.startswith("PYTHON"), f"{name} needs a cold start"
    request: dict[str, object] = {
        "module": module,
        "arguments": arguments,
        "environ": dict(environ),
        "cwd": str(cwd),
        "session": session,
    }
    with open(os.devnull, "rb") as nothing:
        pid, end = _warm().start(request, [nothing.fileno(), stdout, stderr])
    return WarmProcess([module, *arguments], pid, end)
