"""The order book room: books, matching, and the life of an order."""

from __future__ import annotations

from reviewer.scope.rooms import Room
from reviewer.scope.words import Words

ORDER_BOOK = Words(
    room=Room.ORDER_BOOK,
    weights={
        "book": 2.5,
        "orderbook": 3.0,
        "lob": 2.5,
        "order": 2.5,
        "depth": 2.0,
        "marketdepth": 2.5,
        "bbo": 1.5,
        "bid": 1.2,
        "ask": 1.2,
        "level": 0.8,
        "matching": 2.5,
        "matcher": 2.0,
        "matched": 1.2,
        "match order": 2.0,
        "match engine": 2.0,
        "fill": 2.0,
        "filled": 1.2,
        "execution": 2.5,
        "execute": 0.8,
        "oms": 2.5,
        "cancel": 1.2,
        "amend": 1.2,
        "replace": 0.6,
        "submit": 0.8,
        "queue position": 1.5,
        "queue": 0.6,
        "spread": 0.8,
        "touch": 0.6,
        "sequencer": 1.8,
        "journal": 1.2,
        "amm": 1.8,
        "swap": 1.2,
        "auction": 1.2,
        "iceberg": 1.5,
        "side": 0.6,
        "user data": 1.5,
        "private stream": 1.5,
    },
    inside=("orderbook", "marketdepth", "partialfill", "ordermanager", "matchingengine"),
)
