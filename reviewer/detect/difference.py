"""What a difference of two amounts stands for, by their names: which events make it negative."""

from __future__ import annotations

from reviewer.scope.words import split

_HIGH = frozenset({"max", "maximum", "high", "highest", "upper", "top", "ceiling", "last", "end"})
_LOW = frozenset({"min", "minimum", "low", "lowest", "lower", "bottom", "floor", "first", "start"})
_BIDS = frozenset({"bid", "buy", "buyer"})
_ASKS = frozenset({"ask", "offer", "sell", "seller"})
_PRICES = frozenset({"price", "px", "bid", "ask", "offer", "strike"})
_AMOUNTS = frozenset({"qty", "quantity", "size", "volume", "amount", "amt", "notional"})
_FILLS = frozenset({"fill", "filled", "executed", "exec", "traded", "matched", "cum"})


def is_range(left: str, right: str) -> bool:
    """Whether the names say that the left is the larger by definition: `high_price - low_price`."""
    return not _HIGH.isdisjoint(split(left)) and not _LOW.isdisjoint(split(right))


def is_spread(left: str, right: str) -> bool:
    """`ask_price - bid_price`; not what rests on the two sides."""
    high, low = set(split(left)), set(split(right))
    return bool(high & _ASKS and low & _BIDS) and not (high | low) & _AMOUNTS


def how_negative(left: str, right: str) -> str:
    """The events that make the right one larger, to stand behind it; empty where none is known."""
    high, low = set(split(left)), set(split(right))
    if is_spread(left, right):
        return "in a crossed book: for moments after a gap, in an auction, across two venues"
    if low & _FILLS or (low & _AMOUNTS and not (high | low) & (_BIDS | _ASKS)):
        return "a fill or a cancel that comes twice, an amend to less"
    if high & _PRICES and low & _PRICES and not (high | low) & _AMOUNTS:
        return "a market that went the other way"
    return ""
