"""The stand-in for the model API as a process of a test."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

_STARTS_WITHIN = 30.0
_STOPS_WITHIN = 10.0


class ModelProcess:
    """Starts on entry, on a free port; stops on exit.

    `script` is `auto-empty`, `planted`, or what a script file holds.
    """

    def __init__(
        self, script: str | list[Any] | dict[str, Any] = "auto-empty", *options: str
    ) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="model-")
        self.root = Path(self._directory.name)
        self._options = options
        self._script = script
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""

    def __enter__(self) -> ModelProcess:
        script = self._script
        if not isinstance(script, str):
            (self.root / "script.json").write_text(json.dumps(script), "utf-8")
            script = str(self.root / "script.json")
        port_file = self.root / "port"
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "reviewer.sandbox.model_server",
                *("--script", script),
                *("--port-file", str(port_file)),
                *("--journal", str(self.root / "journal")),
                # a test run that is killed leaves nothing behind
                *("--parent", str(os.getpid())),
                *self._options,
            ],
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + _STARTS_WITHIN
        while not port_file.exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the stand-in for the model API did not start")
            time.sleep(0.01)
        self.url = f"http://127.0.0.1:{port_file.read_text().strip()}"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(_STOPS_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise
        self._directory.cleanup()

    def journal(self) -> list[dict[str, Any]]:
        """Every request so far, in order, but those for the list of models."""
        path = self.root / "journal"
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        notes: list[dict[str, Any]] = [json.loads(line) for line in lines]
        return [note for note in notes if not note["path"].startswith("/v1/models")]
