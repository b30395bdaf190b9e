"""The risk room: limits, positions, margin, balances and what they are computed from."""

from __future__ import annotations

from reviewer.scope.rooms import Room
from reviewer.scope.words import Words

RISK = Words(
    room=Room.RISK,
    weights={
        "risk": 3.0,
        "margin": 2.5,
        "exposure": 2.5,
        "leverage": 2.5,
        "collateral": 2.5,
        "liquidate": 1.5,
        "liquidator": 1.8,
        "position": 2.5,
        "balance": 2.0,
        "pnl": 2.0,
        "portfolio": 2.0,
        "drawdown": 1.2,
        "limit check": 2.0,
        "position limit": 2.0,
        "order limit": 1.5,
        "pre trade": 2.0,
        "pretrade": 2.0,
        "kill switch": 2.0,
        "circuit breaker": 1.5,
        "stop loss": 1.5,
        "fat finger": 2.0,
        "price band": 1.5,
        "price collar": 1.5,
        "equity": 1.0,
        "notional": 1.2,
        "hedge": 1.0,
        "hedger": 1.2,
        "allocator": 1.2,
        "account": 0.8,
        "settlement": 1.2,
        "funding": 0.8,
        "fee": 1.0,
        "throttle": 0.8,
        "throttler": 0.8,
    },
    inside=("riskcheck", "riskmanager", "riskengine", "killswitch"),
)
