"""What the agent came back with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from reviewer.agent.record import ClaimRecord
from reviewer.agent.usage import Usage
from reviewer.finding import Finding

Stopped = Literal["", "over budget", "silent", "refused"]
"""What ended the reading before its end."""


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
    questions: tuple[str, ...] = ()
    """What only the author can answer."""
    claims: tuple[ClaimRecord, ...] = ()
    """Every claim that was made, with what became of it."""
    remarks: tuple[str, ...] = ()
    """How the reading was thinner than planned, as sentences for the summary."""
    calls: int = 0
    cached_share: float = 0.0
    """Part of the input that the prompt cache served; 0 to 1."""
    usage: Usage = field(default_factory=Usage)
    stopped: Stopped = ""
    """What ended it early; empty for nothing."""
    nothing_new: bool = False
    """Whether nothing had to be read that was not read before, as it stands."""
    retry_after: float | None = None
    """When it fell silent: in how many seconds the model may answer."""
