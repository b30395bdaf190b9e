"""Every request that comes in: what it was, what it cost, and on wish all of it on disk."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Response, g, request


def kind_of(path: str) -> str:
    """What a path belongs to: `control`, `git`, `api` or `page`."""
    if path.startswith("/_sandbox"):
        return "control"
    if path.startswith("/codeload/") or ".git/" in path:
        return "git"
    top = path.split("/", 2)[1]
    if top in ("repos", "app", "installation", "rate_limit", "graphql", "app-manifests", "meta"):
        return "api"
    return "page"


@dataclass(slots=True)
class Entry:
    """One request. `kind` is `api` or `git` for the App's own, `person` for somebody else's."""

    method: str
    path: str
    kind: str
    status: int = 0
    bytes: int = 0
    ms: float = 0.0
    started: float = field(default_factory=time.perf_counter)
    at: float = field(default_factory=time.time)
    """Unix time of its arrival."""

    def finish(self) -> None:
        """Note how long it took until now."""
        self.ms = round((time.perf_counter() - self.started) * 1000, 3)

    def to_json(self) -> dict[str, str | int | float]:
        """As the control API lists it."""
        return {
            "method": self.method,
            "path": self.path,
            "kind": self.kind,
            "status": self.status,
            "bytes": self.bytes,
            "ms": self.ms,
            "at": self.at,
        }


class Traffic:
    """The log of requests, and the recorder of whole exchanges for the contract's check."""

    def __init__(self, record: Path | None) -> None:
        self.log: list[Entry] = []
        self._lock = threading.Lock()
        self._file = None
        if record is not None:
            record.mkdir(parents=True, exist_ok=True)
            self._file = (record / "exchanges.jsonl").open("a", encoding="utf-8")

    def note(self, entry: Entry, response: Response, *, broken: bool) -> None:
        """Take down a request once its answer is known. A broken connection has status 0."""
        entry.status = 0 if broken else response.status_code
        if not response.is_streamed:
            entry.bytes = len(response.get_data())
        entry.finish()
        self.log.append(entry)

    def record(self, response: Response, *, fault: bool) -> None:
        """Write the exchange down as one line of JSON, when the server was started to do so."""
        if self._file is None or response.is_streamed:
            return
        line = json.dumps(
            {
                "method": request.method,
                "path": request.path,
                "query": request.query_string.decode("ascii", "replace"),
                "request": _readable(request.get_data(), "json"),
                "status": response.status_code,
                "content_type": response.content_type or "",
                "response": _readable(response.get_data(), response.content_type or ""),
                "fault": fault,
            }
        )
        with self._lock:
            self._file.write(line + "\n")
            self._file.flush()


def _readable(data: bytes, content_type: str) -> Any:
    if not data:
        return None
    if "json" in content_type:
        try:
            return json.loads(data)
        except ValueError:
            return {"unreadable": len(data)}
    return data.decode("utf-8", "replace")[:1000]


def begin() -> None:
    """Start the clock of the current request."""
    # a body that nobody reads would be taken for the next request of the connection
    request.get_data()
    g.entry = Entry(request.method, request.path, kind_of(request.path))
