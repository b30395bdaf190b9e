"""What a model call used and what that costs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens by the five classes that have a price of their own."""

    input_tokens: int = 0
    """Input that was neither read from the cache nor written to it."""
    cache_write_5m: int = 0
    cache_write_1h: int = 0
    cache_read: int = 0
    output_tokens: int = 0
    """Thinking included."""

    def __add__(self, other: Usage) -> Usage:
        return Usage(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Usage)))

    @property
    def prompt_tokens(self) -> int:
        """All input, whatever it cost."""
        return self.input_tokens + self.cache_write_5m + self.cache_write_1h + self.cache_read


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens, class by class."""

    input_tokens: float
    cache_write_5m: float
    cache_write_1h: float
    cache_read: float
    output_tokens: float

    @classmethod
    def usual(cls, input_tokens: float, output_tokens: float) -> Price:
        """The cache at its usual multiples of the input price: 1.25 and 2 to write, 0.1 to read."""
        return cls(
            input_tokens=input_tokens,
            cache_write_5m=input_tokens * 1.25,
            cache_write_1h=input_tokens * 2,
            cache_read=input_tokens * 0.1,
            output_tokens=output_tokens,
        )


PRICES: Mapping[str, Price] = MappingProxyType(
    {
        "claude-sonnet-5-5": Price.usual(2.00, 10.00),
        "claude-opus-5-5": Price.usual(4.00, 20.00),
        "claude-haiku-5-5": Price.usual(0.50, 2.50),
        "claude-fable-5-2": Price.usual(10.00, 50.00),
        "claude-fable-5-1": Price.usual(10.00, 50.00),
    }
)
"""List prices; where two are known the higher one, so that a budget is never overrun."""

_CLOUD = re.compile(r"\A(?:[a-z-]{2,10}\.)?anthropic\.")
_DATED = re.compile(r"(?:[-@]\d{8})?(?:-v\d(?::\d)?)?\Z")


def price_of(model: str, prices: Mapping[str, Price] = PRICES) -> Price:
    """The model's price, whichever cloud names it.

    A model that the table does not know costs as much as the dearest.
    """
    known = prices.get(model) or prices.get(_DATED.sub("", _CLOUD.sub("", model), count=1))
    return known or max(prices.values(), key=lambda price: price.output_tokens)


def parse_prices(text: str) -> Mapping[str, Price]:
    """The table with the prices of a text put over it.

    `MODEL=IN/OUT, …` in US dollars per million tokens, or with the cache's own prices
    `MODEL=IN/OUT/WRITE_5M/WRITE_1H/READ`. Raises ValueError.
    """
    prices = dict(PRICES)
    for row in filter(None, (row.strip() for row in text.split(","))):
        model, _, figures = row.partition("=")
        try:
            usd = [float(figure) for figure in figures.split("/")]
        except ValueError:
            usd = []
        if not model.strip() or len(usd) not in (2, 5) or not all(0 <= one < 1e6 for one in usd):
            raise ValueError("a price is MODEL=IN/OUT")
        if len(usd) == 2:
            prices[model.strip()] = Price.usual(usd[0], usd[1])
        else:
            into, out, write_5m, write_1h, read = usd
            prices[model.strip()] = Price(into, write_5m, write_1h, read, out)
    return MappingProxyType(prices)


def cost(usage: Usage, price: Price) -> float:
    """US dollars."""
    total = sum(getattr(usage, f.name) * getattr(price, f.name) for f in fields(Usage))
    return float(total) / 1_000_000
