"""What the stand-in for the model API notes of each request; never a key, never the code."""

from __future__ import annotations

import hashlib
import json
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from reviewer.sandbox.model_cache import blocks


class Journal:
    """JSON lines in a file, or nowhere."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()

    def about(self, body: dict[str, Any]) -> dict[str, Any]:
        """What identifies a request without giving it away."""
        wire = json.dumps(body, sort_keys=True).encode()
        try:
            found = [(b.get("role"), str(b.get("text") or "")) for b in blocks(body)]
        except (AttributeError, KeyError, TypeError):
            found = []  # malformed, and about to be refused
        return {
            "digest": hashlib.sha256(wire).hexdigest(),
            "model": body.get("model"),
            "stream": bool(body.get("stream")),
            "system_chars": sum(len(text) for role, text in found if role is None),
            "user_chars": sum(len(text) for role, text in found if role == "user"),
            "system_sha256": [_sha(text) for role, text in found if role is None and text],
            "tools": [str(tool.get("name")) for tool in body.get("tools") or ()],
        }

    def write(self, note: dict[str, Any]) -> None:
        """Append one line."""
        if self._path is None:
            return
        line = json.dumps({"at": datetime.now(UTC).isoformat(), **note})
        with self._lock, self._path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
