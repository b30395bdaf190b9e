"""Indexes of files, remembered by content for all reviews of a process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from reviewer.rust.file_index import FileIndex

MAX_BYTES = 64_000_000
_DEFINITION, _CALL, _LOCAL, _FILE = 900, 230, 350, 1_500
"""Bytes of an entry: so the sum fits what 65,000 and 153,000 lines of Rust took."""


class IndexCache:
    """The file indexes that were used last; shared by threads."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._kept: OrderedDict[tuple[str, str], FileIndex] = OrderedDict()
        self._lock = Lock()

    def get(self, path: str, blob: str, make: Callable[[], FileIndex]) -> FileIndex:
        """The index of a file with this content; `make` runs without the lock."""
        key = (path, blob)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = make()
        with self._lock:
            if key not in self._kept:
                self._kept[key] = made
                self._bytes += weight(made)
            while self._bytes > self._max_bytes:
                _, dropped = self._kept.popitem(last=False)
                self._bytes -= weight(dropped)
        return made


def weight(index: FileIndex) -> int:
    """About how many bytes a file's index takes."""
    few = len(index.fields) + len(index.locals) + len(index.imports) + len(index.impls)
    return _FILE + _DEFINITION * len(index.definitions) + _CALL * len(index.calls) + _LOCAL * few
