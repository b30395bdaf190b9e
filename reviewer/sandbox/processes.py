"""Starting the stand-ins and the App as processes of their own, and ending them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
START_SECONDS = 30.0
STOP_SECONDS = 20.0


class DidNotHappen(Exception):
    """Something was waited for in vain; the message has the end of the process's log."""


@dataclass(frozen=True, slots=True)
class Started:
    """A process that tells its port in a file and logs into another."""

    name: str
    process: subprocess.Popen[bytes]
    port_file: Path
    log_file: Path

    def port(self) -> int:
        """Its port, once it listens. Raises DidNotHappen when it ends before."""

        def look() -> str:
            if self.process.poll() is not None:
                raise DidNotHappen(f"{self.name} ended at its start:\n{_tail(self.log_file)}")
            return self.port_file.read_text() if self.port_file.exists() else ""

        return int(wait_for(look, f"{self.name} to listen", self.log_file))


def start_process(
    stack: ExitStack,
    module: str,
    arguments: list[str],
    *,
    directory: Path,
    environ: Mapping[str, str],
    name: str,
) -> Started:
    """Start `python -m module` and end it with the stack.

    The process is told `--port-file`, and logs into `<name>.log` in the directory.
    """
    port_file = directory / f"{name}.port"
    log_file = directory / f"{name}.log"
    port_file.unlink(missing_ok=True)
    with log_file.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments, "--port-file", str(port_file)],
            cwd=directory,
            env={"PATH": os.environ.get("PATH", os.defpath), **_same_code(), **environ},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    stack.callback(end_process, process)
    return Started(name, process, port_file, log_file)


def _same_code() -> dict[str, str]:
    # a parent that was told where its modules are starts children of the same code
    return {"PYTHONPATH": os.environ["PYTHONPATH"]} if "PYTHONPATH" in os.environ else {}


def wait_for(
    look: Callable[[], T | None], what: str, log_file: Path, seconds: float = START_SECONDS
) -> T:
    """Look every 20 ms until there is something to see. Raises DidNotHappen."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        seen = look()
        if seen:
            return seen
        time.sleep(0.02)
    raise DidNotHappen(f"waited {seconds:.0f} s for {what}\n{_tail(log_file)}")


def _tail(log_file: Path) -> str:
    return log_file.read_text("utf-8", "replace")[-4000:] if log_file.exists() else ""


def end_process(process: subprocess.Popen[bytes]) -> None:
    """SIGTERM, and SIGKILL to the whole group when that is not enough."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
