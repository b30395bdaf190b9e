"""What is being done, on standard error, when it takes long enough to wonder."""

from __future__ import annotations

import os
import time
from typing import TextIO

_PATIENCE = 1.0
_BETWEEN_LINES = 10.0
"""In a log, which keeps every line."""
_BETWEEN_FRAMES = 0.1
_ERASE = "\r\x1b[2K"


class Ticker:
    """One line that is written over on a terminal; a line now and then in a log."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._on_terminal = stream.isatty() and os.environ.get("TERM") != "dumb"
        self._started = time.monotonic()
        self._said = 0.0
        self._standing = False

    def say(self, text: str) -> None:
        """This is being done now."""
        now = time.monotonic()
        pause = _BETWEEN_FRAMES if self._on_terminal else _BETWEEN_LINES
        if now - self._started < _PATIENCE or now - self._said < pause:
            return
        self._said = now
        if self._on_terminal:
            self._stream.write(f"{_ERASE}{text}")
            self._standing = True
        else:
            self._stream.write(f"reviewer: {text}\n")
        self._stream.flush()

    def line(self, text: str) -> None:
        """This is done; the line stays."""
        self.end()
        self._stream.write(f"reviewer: {text}\n")
        self._stream.flush()

    def end(self) -> None:
        """Leave no half line behind."""
        if self._standing:
            self._stream.write(_ERASE)
            self._stream.flush()
            self._standing = False
