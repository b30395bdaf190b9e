"""Names under which trading code keeps prices, quantities and balances."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from reviewer.scope.words import split

_MONEY: frozenset[str] = frozenset(
    {"price", "px", "qty", "quantity", "size", "amount", "amt", "balance", "fee", "notional"}
    | {"bid", "ask", "volume", "cost", "margin", "pnl", "collateral", "exposure", "equity"}
    | {"cash", "strike", "premium", "principal", "proceeds", "position", "leverage"}
)
_ELSEWHERE: frozenset[str] = frozenset(
    {"batch", "buffer", "buf", "byte", "cache", "chunk", "file", "block", "page", "pool"}
    | {"queue", "thread", "window", "header", "packet", "payload", "content", "frame", "stack"}
    | {"heap", "count", "len", "length", "index", "idx", "id", "num", "offset", "precision"}
    | {"decimal", "digit", "time", "timestamp", "ts", "hash", "width", "height", "capacity"}
    | {"message", "msg", "body", "recv", "datagram"}
)
"""Words beside which `size` or `position` is none of the trader's."""


@lru_cache(maxsize=4096)
def is_money(name: str) -> bool:
    """Whether a name says price, quantity, balance or the like."""
    words = set(split(name))
    return not words.isdisjoint(_MONEY) and words.isdisjoint(_ELSEWHERE)


def money_name(names: Iterable[str]) -> str:
    """The first name that is about money; empty if none is."""
    return next((name for name in names if is_money(name)), "")
