"""What our scope is compared with: a plain scheme of words, and which files are hubs."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reviewer.rust.file import RustFile
from reviewer.scope.rooms import Room

_ENTRIES = frozenset(
    {"main", "lib", "mod", "bot", "app", "user", "instruction", "instructions", "processor"}
    | {"state", "context", "engine", "runner"}
)
_WORDS: dict[Room, frozenset[str]] = {
    Room.ORDER_BOOK: frozenset(
        {"book", "orderbook", "order", "matching", "fill", "execution", "depth", "cancel", "bid"}
        | {"ask", "level", "trade", "swap", "amm", "auction", "settle"}
    ),
    Room.RISK: frozenset(
        {"risk", "margin", "position", "balance", "pnl", "liquidation", "liquidate", "collateral"}
        | {"exposure", "leverage", "portfolio", "limit", "funding", "fee", "deposit", "withdraw"}
    ),
    Room.MARKET_DATA: frozenset(
        {"feed", "market", "data", "ticker", "tick", "quote", "stream", "websocket", "ws", "candle"}
        | {"kline", "oracle", "price", "snapshot", "subscription"}
    ),
}
_SILENT = frozenset({"src", "mod", "lib", "main"})
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_LAST, _PARENT, _ABOVE = 1.0, 0.6, 0.3
_PATH_AT = 1.0
_NAMES_AT = 0.2
"""The share at which it does best on the development files."""


def is_hub(path: str) -> bool:
    """Whether a file, by its name, is one in which many things meet: an entry file."""
    return path.rsplit("/", 1)[-1].removesuffix(".rs") in _ENTRIES


def plain(path: str, file: RustFile | None) -> tuple[Room, ...]:
    """The rooms by words in the path, the last parts most, or in most of the file's definitions.

    Each word counts one, each definition in which one stands too; the file is taken as a whole.
    """
    parts = [part for part in path.removesuffix(".rs").split("/") if part not in _SILENT]
    scales = (_LAST, _PARENT, *[_ABOVE] * len(parts))
    names = [item.name for item in file.items if item.kind != "mod"] if file is not None else []
    found = []
    for room, words in _WORDS.items():
        weight = sum(
            scale * len(words.intersection(_split(part)))
            for scale, part in zip(scales, reversed(parts), strict=False)
        )
        share = sum(not words.isdisjoint(_split(name)) for name in names) / max(1, len(names))
        if weight >= _PATH_AT or share >= _NAMES_AT:
            found.append(room)
    return tuple(found)


def _split(name: str) -> Iterable[str]:
    words = (word.lower() for word in _PART.findall(name))
    return {word.removesuffix("s") if len(word) > 3 else word for word in words}
