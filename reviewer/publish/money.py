"""What the model cost, in words."""

from __future__ import annotations

from collections.abc import Callable


def cost(usd: float) -> str:
    """`$0.42`, or that it is less than anybody counts."""
    return "under one cent" if usd < 0.01 else f"${usd:.2f}"


def who_answered(
    model: str | None,
    usd: float,
    looked_up: int,
    *,
    answered: bool = True,
    shown: Callable[[str], str] = str,
) -> str:
    """Who was asked, for how much; `shown` makes the model's name fit for where it stands."""
    if model is None:
        return "No model has answered."
    more = f", {looked_up} looked up" if looked_up else ""
    return f"{'Answered by' if answered else 'Asked of'} {shown(model)}, {cost(usd)}{more}."
