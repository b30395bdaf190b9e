"""The stand-in for the model API as a process of a test."""

from __future__ import annotations

import json
from types import TracebackType
from typing import Any

from tests.support.standin import StandIn


class ModelProcess(StandIn):
    """`script` is `auto-empty`, `planted`, or what a script file holds."""

    def __init__(
        self, script: str | list[Any] | dict[str, Any] = "auto-empty", *options: str
    ) -> None:
        super().__init__("reviewer.sandbox.model_server")
        self._options = options
        self._script = script

    def __enter__(self) -> ModelProcess:
        script = self._script
        if not isinstance(script, str):
            (self.root / "script.json").write_text(json.dumps(script), "utf-8")
            script = str(self.root / "script.json")
        journal = str(self.root / "journal")
        self.start("--script", script, "--journal", journal, *self._options)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        self.clean_up()

    def journal(self) -> list[dict[str, Any]]:
        """Every request so far, in order, but those for the list of models."""
        path = self.root / "journal"
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        notes: list[dict[str, Any]] = [json.loads(line) for line in lines]
        return [note for note in notes if not note["path"].startswith("/v1/models")]
