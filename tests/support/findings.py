"""Findings for tests that are about something else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reviewer.finding import Category, Finding, Severity
from reviewer.pull.diff import Side

_ONE = Finding(
    path="src/book.rs",
    side=Side.RIGHT,
    line=10,
    start_line=None,
    quote="let best = bids.first_key_value();",
    category=Category.BOOK_INTEGRITY,
    severity=Severity.CRITICAL,
    title="The best bid is read from the wrong end",
    scenario="Two bids rest, and the lower one is quoted as the best.",
    source="rule:D5",
    scope_path="Book::best_bid",
)


def a_finding(**changes: Any) -> Finding:
    """A finding, changed as wanted."""
    return replace(_ONE, **changes)
