"""What the agent came back with."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer.finding import Finding


@dataclass(frozen=True, slots=True)
class AgentReport:
    """The model's findings and the account of its reading."""

    model: str | None
    """The model that read the code; None when none did."""
    absence: str
    """Why none did, as a sentence for the pull request; empty when one did."""
    findings: tuple[Finding, ...] = ()
    cost_usd: float = 0.0
    not_reviewed: tuple[tuple[str, str], ...] = ()
    """Paths, or parts of the work, that the model did not look at, each with the reason."""
    not_judged: tuple[str, ...] = ()
    """What it looked at and could not judge from the change alone."""
