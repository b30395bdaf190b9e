"""What the stand-in for the model API answers: scripts that a test writes.

A script is a list of entries, or an object of `entries` and `planted`. The first entry that
matches answers; where none does, the planted claims do; where there are none, nobody does.
"""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reviewer.sandbox.model_planted import PLANTED, Planted, planted_envelope
from reviewer.sandbox.model_rows import ROWS

StopReason = Literal[
    "end_turn",
    "max_tokens",
    "stop_sequence",
    "tool_use",
    "pause_turn",
    "refusal",
    "model_context_window_exceeded",
]
EMPTY_ENVELOPE: dict[str, Any] = {
    "summary": "The stand-in for the model found nothing.",
    "findings": [],
    "verdicts": [],
    "not_checked": [],
    "questions": [],
}


class BadScript(Exception):
    """The script cannot be used; the message says why."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Match(_Strict):
    """Which calls an entry answers; all that is given has to hold."""

    contains: str | list[str] = []
    """In the text of the user's blocks."""
    system_contains: str | list[str] = []
    regex: str = ""
    call: int | None = None
    """The n-th call of this server, from 1."""
    turn: int | None = None
    """After how many answers within the conversation; 0 is its opening."""
    format: bool | None = None
    """Whether the answer is asked for by a schema."""
    model: str = ""


class ToolUse(_Strict):
    """One tool that the model asks for."""

    name: str
    input: dict[str, Any]


class Answer(_Strict):
    """One of `envelope`, `text`, `tool_use`, or a mixture of text and tools."""

    envelope: dict[str, Any] | None = None
    text: str | None = None
    thinking: str = ""
    tool_use: list[ToolUse] = []
    stop_reason: StopReason | None = None
    declined: str | None = None
    """With the stop reason `refusal`: its category."""
    usage: dict[str, int] = {}
    """Figures instead of the counted ones."""
    raw: bool = False
    """Do not hold the text to the schema that was asked for."""


class Fault(_Strict):
    """One way to fail, or a hang and then another."""

    status: int | None = None
    error_type: str = "api_error"
    error_code: str | None = None
    message: str = "as the script says"
    retry_after: float | None = None
    cut_stream_after_bytes: int | None = None
    """End the stream there as if it were whole; with `reset`, break the connection there."""
    mid_stream_error: str | None = None
    """An error event of this type after the first piece of text."""
    hang: float = 0.0
    """Seconds of silence before anything is sent."""
    non_sse: bool = False
    """A page of HTML with status 200."""
    one_piece: bool = False
    """The whole message as JSON where a stream was asked for."""
    reset: bool = False
    pings: float = 0.0
    """Seconds of a stream that lives and says nothing, before its answer."""


class Entry(_Strict):
    """An answer or a failure, for the calls that match, at most `times` times."""

    match: Match = Match()
    answer: Answer = Answer(envelope=EMPTY_ENVELOPE)
    fault: Fault | None = None
    delay: float = 0.0
    times: int | None = Field(default=None, ge=1)


class Script(_Strict):
    """Everything that the server may say."""

    entries: list[Entry] = []
    planted: list[Planted] | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What a script can tell one call from another by."""

    call: int
    system: str
    user: str
    turn: int
    format: bool
    model: str


class Speaker:
    """Chooses the entry for each call."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._used: Counter[int] = Counter()
        self._lock = threading.Lock()

    def choose(self, heard: Heard) -> Entry | None:
        """The first entry that matches and is not used up; else the planted claims; else None."""
        with self._lock:
            for number, entry in enumerate(self._script.entries):
                used_up = entry.times is not None and self._used[number] >= entry.times
                if not used_up and _matches(entry.match, heard):
                    self._used[number] += 1
                    return entry
        if self._script.planted is None:
            return None
        return Entry(answer=Answer(envelope=planted_envelope(heard.user, self._script.planted)))


def read_script(name: str) -> Script:
    """`auto-empty`, `planted`, `row:NAME`, or the path of a script. Raises BadScript."""
    if name == "auto-empty":
        return Script(entries=[Entry()])
    if name == "planted":
        return Script(planted=list(PLANTED))
    if name.startswith("row:"):
        row = ROWS.get(name.removeprefix("row:"))
        if row is None:
            raise BadScript(f"{name} is not one of row:{', row:'.join(ROWS)}")
        return Script.model_validate({"entries": row})
    try:
        raw = json.loads(Path(name).read_text("utf-8"))
        script = Script.model_validate({"entries": raw} if isinstance(raw, list) else raw)
        for entry in script.entries:
            re.compile(entry.match.regex)
    except (OSError, ValueError, re.error) as error:
        detail = str(error) if not isinstance(error, ValidationError) else _first_mistake(error)
        raise BadScript(f"the script {name} cannot be used: {detail}") from error
    return script


def _first_mistake(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"


def _matches(match: Match, heard: Heard) -> bool:
    return (
        match.call in (None, heard.call)
        and match.turn in (None, heard.turn)
        and match.format in (None, heard.format)
        and match.model in ("", heard.model)
        and all(text in heard.user for text in _listed(match.contains))
        and all(text in heard.system for text in _listed(match.system_contains))
        and bool(re.search(match.regex, heard.user, re.MULTILINE))
    )


def _listed(texts: str | list[str]) -> list[str]:
    return [texts] if isinstance(texts, str) else texts
