"""How a change is to be read: with which model, how thoroughly, for how much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from reviewer.agent.request import Effort
from reviewer.agent.usage import PRICES, Price

Depth = Literal["economy", "standard", "thorough"]

MAX_ANSWER_TOKENS = 16_000
SMALL_CHANGE = 150
"""Changed lines up to which one pass looks for everything, several times in different orders."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The settings of one review's model calls."""

    model: str
    fallback: str = ""
    """Asked about what the model declined to read; empty for none."""
    depth: Depth = "standard"
    effort: Effort = "high"
    max_tokens: int = MAX_ANSWER_TOKENS
    concurrency: int = 4
    """Conversations at a time."""
    budget_usd: float = 5.0
    """What the review may cost; at parts of it the reading gets thinner."""
    prices: Mapping[str, Price] = field(default_factory=lambda: PRICES)
    user_id: str = ""

    @property
    def orders(self) -> int:
        """Passes over a small change, each in another order."""
        return {"economy": 1, "standard": 2, "thorough": 3}[self.depth]

    @property
    def claims_together(self) -> int:
        """Claims of one unit that one second reader is given."""
        return {"economy": 8, "standard": 4, "thorough": 1}[self.depth]
