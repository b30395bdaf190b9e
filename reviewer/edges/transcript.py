"""A transcript: every question and answer of a reading in a directory, and asked only once.

It holds the code that was read. Whoever keeps one keeps that too.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from reviewer.agent.request import Ask, Call, ModelAnswer, ModelRequest
from reviewer.edges.model_wire import as_sent
from reviewer.errors import Misconfigured

_ANSWER = TypeAdapter(ModelAnswer)
_OTHER = re.compile(r"[^A-Za-z0-9]+")


class Transcript:
    """Implements `Ask` over another one. Several threads may call it at a time."""

    def __init__(self, ask: Ask, directory: Path) -> None:
        """Make the directory. Raises Misconfigured when that cannot be done."""
        self._ask = ask
        self._directory = directory
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise Misconfigured(f"{directory} cannot hold a transcript: {error}") from error

    def __call__(self, call: Call) -> ModelAnswer:
        """The answer, out of the directory when it stands there."""
        name = f"{call.stage}-{call.unit}-{call.number}"
        path = self._directory / f"{_OTHER.sub('-', name)}-{call.request.digest[:16]}.json"
        kept = _kept(path)
        if kept is not None:
            return kept
        answer = self._ask(call)
        said: dict[str, Any] = {
            "stage": call.stage,
            "unit": call.unit,
            "number": call.number,
            "request": as_sent(call.request),
            "answer": asdict(answer),
        }
        beside = path.with_suffix(".part")
        beside.touch(mode=0o600)
        beside.write_text(json.dumps(said, indent=1, default=dict), "utf-8")
        beside.replace(path)
        return answer

    def warm(self, request: ModelRequest) -> None:
        """Not kept: nothing is said."""
        self._ask.warm(request)


def _kept(path: Path) -> ModelAnswer | None:
    try:
        return _ANSWER.validate_python(json.loads(path.read_text("utf-8"))["answer"])
    except (OSError, ValueError, KeyError, ValidationError):
        return None
