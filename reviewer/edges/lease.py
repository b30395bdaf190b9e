"""Whether this worker is still the one that may speak about its jobs.

A worker that was paused (a stalled machine, a stopped process) can wake up after others have taken
its jobs over. It must see that before its next write, and look again.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from reviewer.errors import Transient

LONGEST_GAP_SECONDS = 15.0
"""Below the 20 s after which others take a worker for dead."""


class Lease:
    """Renewed by each heartbeat. Without heartbeats (one process, SQLite) it never lapses."""

    def __init__(self, *, renewed: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._renewed = renewed
        self._clock = clock
        self._last = clock()
        self._lapsed_at = float("-inf")

    def renew(self) -> None:
        """A heartbeat reached the database."""
        now = self._clock()
        if now - self._last > LONGEST_GAP_SECONDS:
            self._lapsed_at = now
        self._last = now

    def taken(self) -> Callable[[], None]:
        """A check to make before each write: raises Transient if the lease lapsed since now."""
        since = self._clock()

        def check() -> None:
            gap = self._clock() - self._last
            if self._renewed and (gap > LONGEST_GAP_SECONDS or self._lapsed_at >= since):
                raise Transient("this worker was away, and others may have gone on with its review")

        return check
