"""Money that may still be spent: reserved before a call, settled after it.

Values only; whoever stores them does so in one transaction.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from reviewer.agent.request import ModelRequest
from reviewer.agent.usage import Price, Usage, cost
from reviewer.errors import ReviewerError


class Scope(StrEnum):
    """What a limit is a limit of."""

    CALL = "call"
    PUSH = "push"
    PULL = "pull request"
    REPO_DAY = "repository and day"
    INSTALLATION_DAY = "installation and day"


class BudgetSpent(ReviewerError):
    """The next call would go over a limit: publish what there is and say what is missing."""

    def __init__(self, account: Account, wanted_usd: float) -> None:
        super().__init__(
            f"the budget of one {account.scope.value} is ${account.limit_usd:.2f}; "
            f"${account.left_usd:.2f} is left and the next call may cost ${wanted_usd:.2f}"
        )
        self.scope = account.scope


@dataclass(frozen=True, slots=True)
class Account:
    """One limit and what has been taken from it. `reserved_usd` is promised to running calls."""

    scope: Scope
    limit_usd: float
    spent_usd: float = 0.0
    reserved_usd: float = 0.0

    @property
    def left_usd(self) -> float:
        """What may still be reserved; never below zero."""
        return max(0.0, self.limit_usd - self.spent_usd - self.reserved_usd)


@dataclass(frozen=True, slots=True)
class Budget:
    """All limits that a call has to keep."""

    accounts: tuple[Account, ...]

    def reserve(self, usd: float) -> Budget:
        """The budget with this much set aside. Raises BudgetSpent when a limit forbids it."""
        for account in self.accounts:
            if usd > account.left_usd:
                raise BudgetSpent(account, usd)
        return Budget(tuple(replace(a, reserved_usd=a.reserved_usd + usd) for a in self.accounts))

    def settle(self, reserved_usd: float, spent_usd: float) -> Budget:
        """The budget after a call for which this much was set aside and this much was spent."""
        settled = (
            replace(
                account,
                reserved_usd=max(0.0, account.reserved_usd - reserved_usd),
                spent_usd=account.spent_usd + (0.0 if account.scope is Scope.CALL else spent_usd),
            )
            for account in self.accounts
        )
        return Budget(tuple(settled))


def estimate(request: ModelRequest, price: Price) -> float:
    """The most that the call can cost: all input written to the cache, all output used."""
    dearest = max(price.input_tokens, price.cache_write_5m, price.cache_write_1h)
    prompt = Usage(input_tokens=request.estimated_tokens)
    answer = Usage(output_tokens=request.max_tokens)
    return cost(prompt, replace(price, input_tokens=dearest)) + cost(answer, price)
