"""Code that trades with nobody: backtests, simulators, replays."""

from __future__ import annotations

import re

_OFFLINE = re.compile(r"backtest|simulat|replay|mock|paper", re.I)
_LIVE = re.compile(r"(?:\A|[/_])(?:live|connectors?|gateways?|brokers?)(?:[/_.]|\Z)", re.I)


def is_offline(path: str) -> bool:
    """Whether what runs there sends no order; a backtester's folder may hold a live bot too."""
    inside = path.rpartition("/src/")[2]
    return bool(_OFFLINE.search(inside) or (_OFFLINE.search(path) and not _LIVE.search(inside)))
