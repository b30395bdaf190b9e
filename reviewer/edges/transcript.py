"""What was asked and answered in one review, as files for whoever wants to see for themselves.

They hold the code that was reviewed, so that only their owner may read them; they hold no key.
"""

from __future__ import annotations

import json
import os
import re
import threading
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from reviewer.agent.envelope import ENVELOPE_SCHEMA, BadEnvelope, parse_envelope
from reviewer.agent.request import Ask, Call, ModelAnswer, ModelRequest, canonical_json
from reviewer.errors import Misconfigured, ReviewerError

_ANSWER = TypeAdapter(ModelAnswer)
_STRANGE = re.compile(r"[^A-Za-z0-9_.]+")
_NUMBERED = re.compile(r"(\d{4,})-")
LONGEST_NAME = 60


class Transcript:
    """Implements `Ask` around another one. Several threads may call it at a time."""

    def __init__(self, ask: Ask, directory: Path) -> None:
        """Files go behind those that are there, and what they answer is not asked again.

        Raises Misconfigured when none can be written.
        """
        self._ask = ask
        self._directory = directory
        self._lock = threading.Lock()
        try:
            directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            paths = sorted(directory.iterdir())
        except OSError as error:
            raise Misconfigured(f"no transcript can be kept in {directory}: {error}") from error
        there = [_NUMBERED.match(path.name) for path in paths]
        self._answers = dict(filter(None, map(_answered, paths)))
        self._last = max((int(match[1]) for match in there if match), default=0)

    def __call__(self, call: Call) -> ModelAnswer:
        """The answer that stands here, or that of the other one, once it is written down.

        The other one's errors are written down likewise.
        """
        kept = self._answers.get(call.request.digest)
        if kept is not None:
            return kept
        with self._lock:
            self._last += 1
            number = self._last
        try:
            answer = self._ask(call)
        except ReviewerError as error:
            self._write(number, call, error={"kind": type(error).__name__, "message": str(error)})
            raise
        self._write(number, call, answer=json.loads(canonical_json(answer)))
        return answer

    def warm(self, request: ModelRequest) -> None:
        """Nothing is said, so nothing is kept."""
        self._ask.warm(request)

    def _write(self, number: int, call: Call, **outcome: Any) -> None:
        kept = {
            "stage": call.stage,
            "unit": call.unit,
            "number": call.number,
            "digest": call.request.digest,
            "request": json.loads(canonical_json(call.request)),
            **outcome,
        }
        name = f"{number:04d}-{_word(call.stage)}-{_word(call.unit)}.json"
        path = self._directory / name
        draft = self._directory / f".{name}.{os.getpid()}"
        text = json.dumps(kept, indent=2, ensure_ascii=False).encode("utf-8", "replace")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(text + b"\n")
        draft.replace(path)


def _answered(path: Path) -> tuple[str, ModelAnswer] | None:
    """The digest of a question and its answer; None for an error, for an answer to a review that
    nobody can read, which is worth asking again, and for any other file."""
    try:
        kept = json.loads(path.read_text("utf-8"))
        answer = _ANSWER.validate_python(kept["answer"])
        if answer.stop_reason == "end_turn" and kept["request"]["schema"] == ENVELOPE_SCHEMA:
            parse_envelope(answer.text)
        return str(kept["digest"]), answer
    except (OSError, ValueError, KeyError, TypeError, ValidationError, BadEnvelope):
        return None


def _word(text: str) -> str:
    return _STRANGE.sub("_", text).strip("._")[:LONGEST_NAME] or "unnamed"
