"""Units of measure, and the names under which trading code keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reviewer.scope.words import split


class Family(StrEnum):
    """What a unit measures; only units of one family can be mistaken for each other."""

    TIME = "time"
    SHARE = "share"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit. `explicit` when a suffix or a type spells it out, so that it is no guess."""

    name: str
    family: Family
    explicit: bool = False

    def is_unlike(self, other: Unit) -> bool:
        """Whether the two measure one thing by different measures.

        A quantity is as often counted in lots as not, and its name does not say it.
        """
        names = {self.name, other.name}
        return self.family is other.family and len(names) > 1 and names != {"quantity", "lots"}

    @property
    def is_count(self) -> bool:
        """Whether it counts ticks or lots, as what is named a price may do elsewhere."""
        return self.name in ("price ticks", "lots")


NANOSECONDS = Unit("ns", Family.TIME, explicit=True)
MICROSECONDS = Unit("us", Family.TIME, explicit=True)
MILLISECONDS = Unit("ms", Family.TIME, explicit=True)
SECONDS = Unit("s", Family.TIME, explicit=True)
BASIS_POINTS = Unit("basis points", Family.SHARE, explicit=True)
PERCENT = Unit("percent", Family.SHARE, explicit=True)
FRACTION = Unit("fraction", Family.SHARE)
PRICE = Unit("price", Family.AMOUNT)
TICKS = Unit("price ticks", Family.AMOUNT)
QUANTITY = Unit("quantity", Family.AMOUNT)
LOTS = Unit("lots", Family.AMOUNT)
NOTIONAL = Unit("notional", Family.AMOUNT)

CLOCK = (NANOSECONDS, MICROSECONDS, MILLISECONDS, SECONDS)
"""Each a thousand of the one before."""

_TIME = {
    **dict.fromkeys(("ns", "nano", "nanosec", "nanosecond", "nsec"), NANOSECONDS),
    **dict.fromkeys(("us", "micro", "microsec", "microsecond", "usec"), MICROSECONDS),
    **dict.fromkeys(("ms", "milli", "millisec", "millisecond", "msec"), MILLISECONDS),
    **dict.fromkeys(("sec", "second", "s"), SECONDS),
}
_SHARE = {
    **dict.fromkeys(("bps", "bip", "basispoint"), BASIS_POINTS),
    **dict.fromkeys(("pct", "percent", "percentage"), PERCENT),
    **dict.fromkeys(("fraction", "frac"), FRACTION),
}
_CLOCKED = frozenset(
    {"age", "backoff", "cooldown", "deadline", "delay", "duration", "elapsed", "epoch", "expiry"}
    | {"heartbeat", "interval", "latency", "lifetime", "period", "time", "timeout", "timestamp"}
    | {"ts", "ttl", "uptime", "wait", "window"}
)
"""Words before a lone `_s` that make it seconds."""
_CURRENCY = frozenset(
    {"amount", "balance", "cent", "cost", "dollar", "eur", "fee", "notional", "price", "px", "pnl"}
    | {"qty", "quantity", "usd", "usdc", "usdt", "value"}
)
"""Words beside which nano, micro and milli are parts of money."""
_DATA = frozenset({"bandwidth", "bit", "network", "throughput"})
"""Words beside which bps are bits per second."""
_OF_SOMETHING_ELSE = frozenset(
    {"bit", "count", "decimal", "denom", "digit", "exp", "exponent", "factor", "filter", "flag"}
    | {"hash", "idx", "increment", "index", "inverse", "kind", "len", "level", "log", "map"}
    | {"mask", "mode", "multiplier", "num", "numer", "offset", "precision", "rate", "ratio"}
    | {"scale", "score", "size", "sq", "squared", "std", "step", "str", "string", "ts", "type"}
    | {"variance", "weight", "id", "count", "time", "is", "has", "parse", "format", "fmt"}
)
"""Words that make a price, a tick or a lot the measure of something else."""
_COMPOUND = frozenset({"per", "in", "to", "from", "into", "of", "as", "by"})
_PRICED = frozenset({"price", "px", "bid", "ask"})
_SIZED = frozenset({"qty", "quantity", "order", "position", "lot"})


def unit_of_name(name: str) -> Unit | None:
    """The unit that a variable, field, constant or type is named for; None where it says none."""
    words = split(name)
    if not words or not _COMPOUND.isdisjoint(words):
        return None
    return _time(name, words) or _share(words) or _amount(name, words)


def unit_of_result(name: str) -> Unit | None:
    """The unit that a function gives by its name: ns of `to_ns`, `as_nanos`, `ms_to_ns`, `ts_ns`.

    A name as `parse_ms` says nothing sure: it may read milliseconds or give them.
    """
    words = split(name)
    if not words:
        return None
    for link in ("_to_", "_as_", "_into_", "_in_"):
        _, found, after = f"_{name}".rpartition(link)
        if found:
            return unit_of_name(after)
    if "from" in words:
        return unit_of_name(name[: name.lower().index("from")])
    return unit_of_name(name) if words[0] not in _VERBS else None


_VERBS = frozenset({"parse", "read", "with", "set", "add", "sleep", "wait", "advance", "format"})


def _time(name: str, words: tuple[str, ...]) -> Unit | None:
    last = words[-1]
    found = _TIME.get(last)
    if found is None or not _CURRENCY.isdisjoint(words):
        return None
    if last == "s" and _CLOCKED.isdisjoint(words):
        return None
    if last == "second" and not name.lower().endswith("s"):
        return None  # the one after the first
    return found


def _share(words: tuple[str, ...]) -> Unit | None:
    return _SHARE.get(words[-1]) if _DATA.isdisjoint(words) else None


def _amount(name: str, words: tuple[str, ...]) -> Unit | None:
    said, last = set(words), words[-1]
    if not said.isdisjoint(_OF_SOMETHING_ELSE):
        return None
    plural = name.lower().endswith("s")
    if last == "tick":
        return TICKS if plural or not said.isdisjoint(_PRICED) else None
    if last == "lot":
        return LOTS if plural or not said.isdisjoint(_SIZED - {"lot"}) else None
    if "notional" in said:
        return NOTIONAL
    if last in ("price", "px"):
        return PRICE if said.isdisjoint({"qty", "quantity"}) else None
    if last in ("qty", "quantity"):
        if not said.isdisjoint(_PRICED):
            return QUANTITY if said.isdisjoint({"price", "px"}) else None
        return NOTIONAL if "quote" in said else QUANTITY
    return None
