"""What a review has spent, and how much thinner it reads for that."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from reviewer.agent.conversation import Talk
from reviewer.agent.reading import Reading
from reviewer.agent.usage import Usage, cost, price_of


class Thinner(IntEnum):
    """How far down the ladder a review is; each step leaves out more."""

    NOTHING = 0
    NO_EXTRA_PASSES = 1
    """From half of the budget on."""
    NO_SUGGESTIONS = 2
    """From three quarters: suggestions are not verified."""
    CRITICAL_PATH = 3
    """From nine tenths: trading code alone."""


LADDER = (
    (0.9, Thinner.CRITICAL_PATH),
    (0.75, Thinner.NO_SUGGESTIONS),
    (0.5, Thinner.NO_EXTRA_PASSES),
)


@dataclass(slots=True)
class Spending:
    """The account of one review, from the usage that its answers told.

    It is looked at between waves of calls only, so that a review which goes on after a crash
    decides as it did before it.
    """

    reading: Reading
    usage: Usage = field(default_factory=Usage)
    usd: float = 0.0
    calls: int = 0
    models: dict[str, None] = field(default_factory=dict)

    def add(self, talk: Talk) -> None:
        """Book a conversation."""
        self.usage += talk.usage
        self.calls += talk.calls
        self.models.update(talk.models)
        model = talk.asked.model if talk.asked is not None else self.reading.model
        self.usd += cost(talk.usage, price_of(model, self.reading.prices))

    @property
    def thinner(self) -> Thinner:
        """What is left out from now on."""
        if self.reading.budget_usd <= 0:
            return Thinner.CRITICAL_PATH
        share = self.usd / self.reading.budget_usd
        return next((step for from_, step in LADDER if share >= from_), Thinner.NOTHING)

    @property
    def cached_share(self) -> float:
        """Part of all input that the prompt cache served; 0 to 1."""
        return self.usage.cache_read / max(1, self.usage.prompt_tokens)
