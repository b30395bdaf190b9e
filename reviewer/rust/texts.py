"""Many source texts in little memory: packed until somebody asks for one."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_FAST = 1
"""The quickest compression makes Rust five times smaller."""


@dataclass(frozen=True, slots=True)
class _Packed:
    blob: str
    size: int
    content: bytes


class Texts(Mapping[str, str]):
    """Texts by path, each with the id that git has for its content. Never changed once shared."""

    def __init__(self, texts: Mapping[str, str] | None = None) -> None:
        self._packed: dict[str, _Packed] = {}
        for path, text in (texts or {}).items():
            self.add(path, text.encode("utf-8", "replace"))

    def add(self, path: str, content: bytes, blob: str = "") -> None:
        """Take in a file; `blob` is its id in git, computed where it is not given."""
        blob = blob or _blob_id(content)
        self._packed[path] = _Packed(blob, len(content), zlib.compress(content, _FAST))

    def __getitem__(self, path: str) -> str:
        return self.content(path).decode("utf-8", "replace")

    def __iter__(self) -> Iterator[str]:
        return iter(self._packed)

    def __len__(self) -> int:
        return len(self._packed)

    def content(self, path: str) -> bytes:
        """The bytes of a file. Raises KeyError."""
        return zlib.decompress(self._packed[path].content)

    def blob(self, path: str) -> str:
        """The id of a file's content. Raises KeyError."""
        return self._packed[path].blob

    def size(self, path: str) -> int:
        """The bytes of a file. Raises KeyError."""
        return self._packed[path].size

    def replaced(self, texts: Mapping[str, str | None]) -> Texts:
        """The same with other versions of some files; None for a file that is not there."""
        other = Texts({path: text for path, text in texts.items() if text is not None})
        kept = {path: packed for path, packed in self._packed.items() if path not in texts}
        other._packed = kept | other._packed
        return other


def _blob_id(content: bytes) -> str:
    head = b"blob %d\0" % len(content)
    return hashlib.sha1(head + content, usedforsecurity=False).hexdigest()
