"""All facts about a change, in the order in which the summary shows them."""

from __future__ import annotations

from collections.abc import Callable

from reviewer.facts import determinism, hot_path
from reviewer.facts.change import Change
from reviewer.facts.fact import Fact
from reviewer.facts.lifecycle import look_at_lifecycle
from reviewer.facts.risk_paths import look_at_risk_paths
from reviewer.facts.units_look import look_at_units

LOOKS: tuple[Callable[[Change], Fact | None], ...] = (
    hot_path.look,
    determinism.look,
    look_at_lifecycle,
    look_at_risk_paths,
    look_at_units,
)


def gather_facts(change: Change) -> tuple[Fact, ...]:
    """What each look at the change brings up; a look that sees nothing says nothing."""
    found = (look(change) for look in LOOKS)
    return tuple(fact for fact in found if fact is not None)
