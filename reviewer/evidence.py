"""What is known of a change without a model."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer.detect.hint import Hint
from reviewer.facts.fact import Fact
from reviewer.finding import Finding
from reviewer.looks import Missed


@dataclass(frozen=True, slots=True)
class EvidenceReport:
    """Findings that are shown, claims for the agent, and facts for the summary."""

    findings: tuple[Finding, ...]
    hints: tuple[Hint, ...] = ()
    facts: tuple[Fact, ...] = ()
    notes: tuple[str, ...] = ()
    """Sentences for the summary: `3 new price fields are floats`."""
    missed: tuple[Missed, ...] = ()
    """What could not be looked at, so that its silence says nothing."""
