"""A stand-in of `reviewer/sandbox` as a process of a test."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from tests.support.warm import ROOT, WarmProcess, parent, start_warm

STARTS_WITHIN = 30.0
STOPS_WITHIN = 10.0


class StandIn:
    """Starts on a free port, with a temporary directory of its own; ends with the test run."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._directory = tempfile.TemporaryDirectory(prefix=f"{module.rpartition('.')[2]}-")
        self._process: WarmProcess | None = None
        self.root = Path(self._directory.name)
        self.url = ""

    def start(self, *options: str) -> None:
        """Start it and wait until it listens. Raises RuntimeError when it does not."""
        port_file = self.root / "port"
        with open(os.devnull, "wb") as nowhere:
            self._process = start_warm(
                self._module,
                [
                    *("--port-file", str(port_file)),
                    # a test run that is killed leaves nothing behind
                    *("--parent", str(parent())),
                    *options,
                ],
                environ={k: v for k, v in os.environ.items() if not k.startswith("PYTHON")},
                cwd=ROOT,
                stdout=nowhere.fileno(),
                stderr=2,
            )
        deadline = time.monotonic() + STARTS_WITHIN
        while not port_file.exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{self._module} did not start")
            time.sleep(0.01)
        self.url = f"http://127.0.0.1:{port_file.read_text().strip()}"

    def stop(self) -> None:
        """Ask it to stop, and see that it does. Raises when it does not stop cleanly."""
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            code = process.wait(STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        if code != 0:
            raise RuntimeError(f"{self._module} ended with status {code}")

    def clean_up(self) -> None:
        """Remove its directory."""
        self._directory.cleanup()
