"""What a pull request is told of a configuration that cannot be used."""

from __future__ import annotations

from collections.abc import Sequence

from reviewer.policy.policy import POLICY_PATH
from reviewer.policy.problem import Problem


def unusable(problems: Sequence[Problem], path: str = POLICY_PATH, last_good: str = "") -> str:
    """The first mistake, how many there are, and the commit whose version holds meanwhile."""
    first = problems[0]
    more = len(problems) - 1
    others = f" ({more} more {'mistake' if more == 1 else 'mistakes'})" if more else ""
    instead = f"the version of `{last_good[:12]}` holds" if last_good else "the defaults hold"
    return (
        f"`{path}` of the base branch was not used: line {first.line}, column {first.column}: "
        f"{first.message}{others}. Until it is repaired, {instead}."
    )
