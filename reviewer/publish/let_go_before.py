"""What is not raised, for people let the same go on an earlier pull request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reviewer.finding import Finding


@dataclass(frozen=True, slots=True)
class LetGoBefore:
    """One such finding, and who let it go where."""

    finding: Finding
    person: str
    number: int
    """Of the earlier pull request."""


def worst_first(let_go: Sequence[LetGoBefore]) -> list[LetGoBefore]:
    """In the order of reading."""
    return sorted(
        let_go,
        key=lambda one: (one.finding.severity.rank, one.finding.path, one.finding.line),
    )
