"""The prompt cache as the Messages API keeps it: exact prefixes, ended by `cache_control`."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

MINIMUM_TOKENS = 1024
"""Shorter prefixes are silently not kept."""
LOOK_BACK = 20
CHARS_PER_TOKEN = 3.5
_SECONDS = {"5m": 300.0, "1h": 3600.0}


@dataclass(frozen=True, slots=True)
class Piece:
    """One cacheable block, in the order tools, system, messages."""

    digest: str
    """Of everything up to and with this block."""
    tokens: int
    ttl: str | None


@dataclass(frozen=True, slots=True)
class PromptUsage:
    """How the input of one call was billed."""

    input_tokens: int
    write_5m: int
    write_1h: int
    read: int

    def to_json(self) -> dict[str, Any]:
        """As in the `usage` of a message."""
        return {
            "input_tokens": self.input_tokens,
            "cache_creation_input_tokens": self.write_5m + self.write_1h,
            "cache_read_input_tokens": self.read,
            "cache_creation": {
                "ephemeral_5m_input_tokens": self.write_5m,
                "ephemeral_1h_input_tokens": self.write_1h,
            },
        }


def count_tokens(text: str) -> int:
    """A steady guess; the real tokenizer is not public."""
    return round(len(text) / CHARS_PER_TOKEN)


def blocks(body: dict[str, Any]) -> list[dict[str, Any]]:
    """All blocks of a request in prefix order."""
    found: list[dict[str, Any]] = list(body.get("tools") or [])
    system = body.get("system") or []
    found += [{"type": "text", "text": system}] if isinstance(system, str) else system
    for message in body.get("messages", []):
        content = message["content"]
        parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
        found += [{"role": message["role"], **part} for part in parts]
    return found


def pieces(body: dict[str, Any]) -> list[Piece]:
    """The blocks with the digests of their prefixes."""
    fixed = [body["model"], (body.get("output_config") or {}).get("format"), body.get("thinking")]
    running = hashlib.sha256(json.dumps(fixed, sort_keys=True).encode())
    found: list[Piece] = []
    for block in blocks(body):
        control = block.get("cache_control")
        text = json.dumps({k: v for k, v in block.items() if k != "cache_control"}, sort_keys=True)
        running.update(text.encode())
        ttl = (control.get("ttl") or "5m") if control else None
        found.append(Piece(running.hexdigest(), count_tokens(text), ttl))
    if body.get("cache_control") and found:  # the automatic marker
        last = found[-1]
        found[-1] = Piece(last.digest, last.tokens, body["cache_control"].get("ttl") or "5m")
    return found


@dataclass(slots=True)
class PromptCache:
    """All prefixes that are kept, by digest, with the time until which they are."""

    clock: Callable[[], float] = time.monotonic
    _until: dict[str, tuple[float, float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def serve(self, body: dict[str, Any]) -> PromptUsage:
        """Bill a call, and keep the prefixes that it marks."""
        found = pieces(body)
        upto: list[int] = []
        for piece in found:
            upto.append((upto[-1] if upto else 0) + piece.tokens)
        marked = [i for i, piece in enumerate(found) if piece.ttl and upto[i] >= MINIMUM_TOKENS]
        with self._lock:
            now = self.clock()
            hit = self._hit(found, marked, now)
            read = upto[hit] if hit is not None else 0
            written = {"5m": 0, "1h": 0}
            end = read
            for index in marked:
                ttl = found[index].ttl or "5m"
                if upto[index] > end:
                    written[ttl] += upto[index] - end
                    end = upto[index]
                self._until[found[index].digest] = (now + _SECONDS[ttl], _SECONDS[ttl])
        total = upto[-1] if upto else 0
        return PromptUsage(total - end, written["5m"], written["1h"], read)

    def _hit(self, found: list[Piece], marked: list[int], now: float) -> int | None:
        """The longest kept prefix that a marker can see."""
        for index in reversed(marked):
            for candidate in range(index, max(-1, index - LOOK_BACK), -1):
                digest = found[candidate].digest
                until, seconds = self._until.get(digest, (0.0, 0.0))
                if until > now:
                    self._until[digest] = (now + seconds, seconds)
                    return candidate
        return None
