"""A claim for the agent to confirm or refute; never posted by itself."""

from __future__ import annotations

from dataclasses import dataclass

TEXT_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Hint:
    """One place that deserves a look. `line` counts in the head file, 1-based."""

    path: str
    line: int
    source: str
    """`hint:<id>` of a hint rule, `fact:<name>` of a fact about the whole change."""
    text: str
    """One line, at most `TEXT_LIMIT` characters."""
