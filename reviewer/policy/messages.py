"""What a pull request is told of a configuration that cannot be used."""

from __future__ import annotations

from collections.abc import Sequence

from reviewer.policy.policy import POLICY_PATH
from reviewer.policy.problem import Problem


def unusable(problems: Sequence[Problem], path: str = POLICY_PATH) -> str:
    """One sentence on the first mistake, and how many there are."""
    first = problems[0]
    more = len(problems) - 1
    others = f" ({more} more {'mistake' if more == 1 else 'mistakes'})" if more else ""
    return (
        f"`{path}` of the base branch was not used: line {first.line}, column {first.column}: "
        f"{first.message}{others}."
    )
