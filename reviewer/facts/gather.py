"""All facts about a change, in the order in which the summary shows them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from reviewer.facts import (
    determinism,
    hot_path,
    lifecycle,
    release_build,
    risk_paths,
    units_look,
)
from reviewer.facts.change import Change
from reviewer.facts.fact import Fact
from reviewer.looks import OUTRIGHT, Looks


@dataclass(frozen=True, slots=True)
class FactLook:
    """One look at the whole change; None where it sees nothing."""

    name: str
    """Of the fact that it brings up."""
    see: Callable[[Change], Fact | None]


FACT_LOOKS: tuple[FactLook, ...] = (
    FactLook(hot_path.NAME, hot_path.look),
    FactLook(determinism.NAME, determinism.look),
    FactLook(lifecycle.NAME, lifecycle.look_at_lifecycle),
    FactLook(risk_paths.NAME, risk_paths.look_at_risk_paths),
    FactLook(units_look.NAME, units_look.look_at_units),
    FactLook(release_build.NAME, release_build.look_at_release_build),
)


def gather_facts(
    change: Change, looks: Looks = OUTRIGHT, kinds: tuple[FactLook, ...] = FACT_LOOKS
) -> tuple[Fact, ...]:
    """What each look at the change brings up; a look that sees nothing says nothing."""
    found = (looks.at(f"fact:{kind.name}", "", partial(kind.see, change), None) for kind in kinds)
    return tuple(fact for fact in found if fact is not None)
