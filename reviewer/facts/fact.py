"""A fact about the whole change: what the summary shows, and what it makes of single lines."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer.detect.hint import Hint
from reviewer.finding import Finding


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a header. Cells are plain text and may hold names out of hostile code."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Transition:
    """One arrow of a state diagram. `change` is `added`, `removed`, `swallowed` or empty."""

    before: str
    after: str
    change: str = ""


@dataclass(frozen=True, slots=True)
class StateDiagram:
    """The states of one enum and the ways between them."""

    name: str
    transitions: tuple[Transition, ...]


@dataclass(frozen=True, slots=True)
class Points:
    """A list of sentences."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """What one look at the whole change brought up."""

    name: str
    """`hot path`, `order lifecycle`, `risk paths`, `determinism`, `units`, `release build`."""
    headline: str
    """One sentence without a full stop: `2 hot functions allocate more than before`."""
    parts: tuple[Table | StateDiagram | Points, ...] = ()
    hints: tuple[Hint, ...] = ()
    findings: tuple[Finding, ...] = ()
