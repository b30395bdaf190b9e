"""Ending connections whose body does not come: a few of them would take every thread there is."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
import time
from collections.abc import Iterator

BODY_SECONDS = 10.0
"""As long as GitHub itself waits for an answer."""

log = logging.getLogger(__name__)


class SlowClients:
    """One thread that watches the bodies being read."""

    def __init__(self, seconds: float = BODY_SECONDS) -> None:
        self._seconds = seconds
        self._reading: dict[int, tuple[float, socket.socket]] = {}
        self._lock = threading.Lock()
        threading.Thread(target=self._watch, name="slow clients", daemon=True).start()

    @contextlib.contextmanager
    def reading_from(self, connection: socket.socket | None) -> Iterator[None]:
        """While a body is read from this connection; it is shut down when that takes too long."""
        if connection is None:
            yield
            return
        with self._lock:
            self._reading[id(connection)] = (time.monotonic() + self._seconds, connection)
        try:
            yield
        finally:
            with self._lock:
                self._reading.pop(id(connection), None)

    def _watch(self) -> None:
        while True:
            time.sleep(1.0)
            now = time.monotonic()
            with self._lock:
                late = [connection for due, connection in self._reading.values() if due < now]
                for connection in late:
                    # Its reader is still inside `reading_from`, so the descriptor is its own.
                    with contextlib.suppress(OSError):
                        connection.shutdown(socket.SHUT_RDWR)
            if late:
                log.warning("%d clients did not send their body in time", len(late))
