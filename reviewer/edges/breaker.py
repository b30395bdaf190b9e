"""When a model is left alone: after many failures for a while, after a no until somebody acts."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

FAILURES = 5
WITHIN_SECONDS = 60.0
REST_SECONDS = 30.0
"""After many failures; then one call is let through to see."""
NO_REST_SECONDS = 300.0
"""After a no: a key or a limit can be put right while this process runs."""
EVERY_MODEL = ""


@dataclass(slots=True)
class _Line:
    """The way to one model."""

    failed_at: deque[float] = field(default_factory=lambda: deque(maxlen=FAILURES))
    closed_until: float = 0.0
    no: str = ""
    """What it said when it said no; empty after failures."""
    probed_at: float = float("-inf")


@dataclass(frozen=True, slots=True)
class Closed:
    """Why a model is not to be asked now, and for how many seconds."""

    no: str
    seconds: float


class Breaker:
    """Shared by all threads of a process; `EVERY_MODEL` stands for the account."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, *, rest: float = REST_SECONDS
    ) -> None:
        self._clock = clock
        self._rest = rest
        self._lines: dict[str, _Line] = {}
        self._lock = threading.Lock()

    def closed(self, model: str) -> Closed | None:
        """Why this model is not to be asked now; None when it may be.

        Once the rest is over, one caller in as many seconds may try; its outcome decides.
        """
        with self._lock:
            now = self._clock()
            for name in (EVERY_MODEL, model):
                line = self._lines.get(name)
                if line is None or not line.closed_until:
                    continue
                if now < line.closed_until:
                    return Closed(line.no, line.closed_until - now)
                if now < line.probed_at + self._rest:
                    return Closed(line.no, line.probed_at + self._rest - now)
                line.probed_at = now
            return None

    def succeeded(self, model: str) -> None:
        """It answered: all is well."""
        with self._lock:
            self._lines.pop(model, None)
            self._lines.pop(EVERY_MODEL, None)

    def failed(self, model: str) -> None:
        """It failed in a way that passes; the fifth time within a minute it is left alone."""
        with self._lock:
            now = self._clock()
            line = self._lines.setdefault(model, _Line())
            line.failed_at.append(now)
            many = len(line.failed_at) == FAILURES and line.failed_at[0] > now - WITHIN_SECONDS
            if many or line.closed_until:
                line.closed_until = now + self._rest
                line.probed_at = float("-inf")

    def said_no(self, model: str, what: str) -> None:
        """It will say no again, until somebody acts."""
        with self._lock:
            line = self._lines.setdefault(model, _Line())
            line.no, line.closed_until = what, self._clock() + NO_REST_SECONDS
            line.probed_at = float("-inf")

    def no(self) -> str:
        """The no that stands now, for whoever runs this; empty when there is none."""
        with self._lock:
            return next((line.no for line in self._lines.values() if line.no), "")
