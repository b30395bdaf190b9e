"""Which configuration holds: the repository's over its owner's, the host's limits over both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from reviewer.policy.part import Part
from reviewer.policy.policy import Policy
from reviewer.policy.texts import Gate

_STRICTNESS: tuple[Gate, ...] = ("off", "critical", "important")

P = TypeVar("P", bound=Part)


@dataclass(frozen=True, slots=True)
class HostLimits:
    """What the host decides, from its own settings; no repository gets past it."""

    gate: Gate
    budget_pull_usd: float
    budget_repo_day_usd: float
    agent_allowed: bool
    """Whether a repository may bring an agent file of its own."""


def overlaid(below: P, above: P) -> P:
    """`below` with every key that `above` has written; lists are replaced, not joined."""
    written: dict[str, Any] = {}
    for name in above.model_fields_set:
        value, under = getattr(above, name), getattr(below, name)
        written[name] = overlaid(under, value) if isinstance(value, Part) else value
    return below.model_copy(update=written)


def within(host: HostLimits, policy: Policy) -> Policy:
    """What holds on this host: the stricter gate, the lower budgets, an agent only if allowed."""
    budgets = policy.budgets
    return policy.model_copy(
        update={
            "gate": max(host.gate, policy.gate, key=_STRICTNESS.index),
            "budgets": budgets.model_copy(
                update={
                    "pull_usd": _lower(budgets.pull_usd, host.budget_pull_usd),
                    "repo_day_usd": _lower(budgets.repo_day_usd, host.budget_repo_day_usd),
                }
            ),
            "agent": policy.agent if host.agent_allowed else None,
        }
    )


def _lower(wished: float | None, limit: float) -> float:
    return limit if wished is None else min(wished, limit)
