"""A finding: one thing that is wrong, on a line, with the events that lose money."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reviewer.pull.diff import Side


class Severity(StrEnum):
    """How bad it is (rubric: the Severity section of docs/architecture.md)."""

    CRITICAL = "critical"
    IMPORTANT = "important"
    SUGGESTION = "suggestion"

    @property
    def rank(self) -> int:
        """0 for the worst; for sorting."""
        return list(Severity).index(self)


class Category(StrEnum):
    """What kind of thing is wrong; part of a finding's identity."""

    ORDER_LOGIC = "order_logic"
    BOOK_INTEGRITY = "book_integrity"
    RISK_LIMITS = "risk_limits"
    MONEY_ARITHMETIC = "money_arithmetic"
    MARKET_DATA = "market_data"
    CONCURRENCY = "concurrency"
    ERROR_HANDLING = "error_handling"
    LATENCY = "latency"
    RECOVERY = "recovery"
    SECURITY = "security"
    TESTS = "tests"
    OTHER = "other"


class VerdictKind(StrEnum):
    """What the second reader made of a claim."""

    CONFIRMED = "confirmed"
    PLAUSIBLE = "plausible"
    REFUTED = "refuted"
    OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A line that proves a point: its path, head line number and exact text."""

    path: str
    line: int
    quote: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One claim about the change. `line` is the last line of the range, `start_line` the first."""

    path: str
    side: Side
    line: int
    start_line: int | None
    quote: str
    """Exact text of `line`, which proves the number."""
    category: Category
    severity: Severity
    title: str
    scenario: str
    """Concrete events -> wrong state -> loss."""
    source: str
    """`rule:<id>` or `model`."""
    scope_path: str = ""
    """Enclosing items, outermost first: `impl Book::apply_delta`."""
    assumption: str = ""
    """What must hold outside the shown code; empty if nothing."""
    evidence: tuple[Evidence, ...] = ()
    verdict: VerdictKind = VerdictKind.CONFIRMED
    replacement: tuple[str, ...] | None = None
    """Full lines that replace start_line..line, only where certain."""
    unjudged: bool = False
    """Whether a second reader was to judge it and did not."""
