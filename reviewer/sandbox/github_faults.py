"""Faults on demand: what goes wrong, for which requests, and how many times."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, cast

from flask import Response, current_app, g, request

from reviewer.sandbox.github_errors import DOCS
from reviewer.sandbox.github_http import answer

KINDS = ("status", "applied", "hang", "reset", "headers")
DELIVERY_KINDS = ("drop", "duplicate")
_TOO_MUCH = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
)
_MESSAGES = {
    403: _TOO_MUCH,
    429: _TOO_MUCH,
    500: "Server Error",
    502: "Server Error",
    503: "Service unavailable",
}


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong, `count` times, for the requests that match.

    `status` answers instead of the handler, in the words of `message` where there are any;
    `applied` lets the handler work and then answers with `status` all the same (0: drops the
    connection); `hang` waits `seconds` before the handler; `reset` drops the connection before it;
    `headers` puts others over the handler's answer. `body` is a pattern for what the request sends.
    For webhooks, matched by event name in `path`, `drop` loses one and `duplicate` sends it twice.
    """

    kind: str
    method: str = ""
    path: str = ""
    body: str = ""
    count: int = 1
    status: int = 502
    seconds: float = 0.0
    message: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def breaks(self) -> bool:
        """Whether the caller gets no answer at all."""
        return self.kind == "reset" or (self.kind == "applied" and not self.status)

    def matches(self, method: str, path: str, body: str) -> bool:
        """Whether the fault is meant for this request."""
        return (
            self.method in ("", method)
            and re.search(self.path, path) is not None
            and re.search(self.body, body) is not None
        )


class Faults:
    """The faults that are still to happen."""

    def __init__(self) -> None:
        self._pending: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, asked: dict[str, Any]) -> None:
        """Take on a fault. Raises ValueError or TypeError for one that cannot be understood."""
        fault = Fault(**asked)
        if fault.kind not in KINDS + DELIVERY_KINDS:
            raise ValueError(f"unknown kind of fault: {fault.kind!r}")
        re.compile(fault.path)
        re.compile(fault.body)
        with self._lock:
            self._pending.append(fault)

    def clear(self) -> None:
        """Forget all faults."""
        with self._lock:
            self._pending.clear()

    def on_request(self, method: str, path: str, body: str = "") -> Fault | None:
        """The fault of this request, used up once; None when all goes well."""
        return self._take(KINDS, method, path, body)

    def on_delivery(self, event: str) -> str | None:
        """`drop`, `duplicate` or None for this webhook."""
        fault = self._take(DELIVERY_KINDS, "", event)
        return fault.kind if fault else None

    def _take(self, kinds: tuple[str, ...], method: str, path: str, body: str = "") -> Fault | None:
        if not self._pending:
            return None
        with self._lock:
            for fault in self._pending:
                if fault.kind in kinds and fault.matches(method, path, body):
                    fault.count -= 1
                    if fault.count <= 0:
                        self._pending.remove(fault)
                    return fault
        return None


def before_request() -> Response | None:
    """Let the request fail before its handler sees it, when a fault says so."""
    faults = cast(Faults, current_app.extensions["faults"])
    fault = faults.on_request(request.method, request.path, request.get_data(as_text=True))
    if fault is None:
        return None
    g.fault = fault
    if fault.kind == "hang":
        world = current_app.extensions["world"]
        time.sleep(fault.seconds)
        if current_app.extensions["world"] is not world:
            # Everything was begun anew meanwhile: a request out of the past is nobody's.
            g.fault = replace(fault, kind="reset")
            g.past = True
            return failure(g.fault)
    return failure(fault) if fault.kind in ("status", "reset") else None


def failure(fault: Fault) -> Response:
    """The answer that the fault gives; with `reset`, or status 0, a connection that breaks."""
    if fault.breaks:
        return Response(_broken())
    message = fault.message or _MESSAGES.get(fault.status, "Server Error")
    body = {"message": message, "documentation_url": DOCS, "status": str(fault.status)}
    return answer(body, fault.status, fault.headers)


def _broken() -> Iterator[bytes]:
    yield _lost()


def _lost() -> bytes:
    # the server loop takes this error for a lost connection and sends nothing
    raise ConnectionResetError("a fault was asked for")
