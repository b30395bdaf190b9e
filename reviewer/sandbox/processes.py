"""Starting the stand-ins and the App as processes of their own, and ending them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
START_SECONDS = 30.0
STOP_SECONDS = 20.0


class DidNotHappen(Exception):
    """Something was waited for in vain; the message has the end of the process's log."""


def start_process(
    stack: ExitStack,
    module: str,
    arguments: list[str],
    *,
    directory: Path,
    environ: Mapping[str, str],
    name: str,
) -> Callable[[], int]:
    """Start `python -m module` and end it with the stack; a function that waits for its port.

    The process is told `--port-file`, and logs into `<name>.log` in the directory.
    """
    port_file = directory / f"{name}.port"
    log_file = directory / f"{name}.log"
    with log_file.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments, "--port-file", str(port_file)],
            cwd=directory,
            env={"PATH": os.environ.get("PATH", os.defpath), **environ},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    stack.callback(_end, process)

    def port() -> int:
        def look() -> str:
            if process.poll() is not None:
                raise DidNotHappen(f"{name} ended at its start:\n{_tail(log_file)}")
            return port_file.read_text() if port_file.exists() else ""

        return int(wait_for(look, f"{name} to listen", log_file))

    return port


def wait_for(look: Callable[[], T], what: str, log_file: Path, seconds: float = START_SECONDS) -> T:
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


def _end(process: subprocess.Popen[bytes]) -> None:
    """SIGTERM, and SIGKILL to the whole group when that is not enough."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
