"""What became of a claim: every one is kept, also those that nobody is told of."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer.finding import Finding, VerdictKind


@dataclass(frozen=True, slots=True)
class ClaimRecord:
    """One claim and its end."""

    id: str
    unit: str
    stage: str
    """Where it was decided: `place`, `merge`, `verify`."""
    votes: int
    lenses: tuple[str, ...]
    finding: Finding
    verdict: VerdictKind
    run: str
    """The events, as the second reader has them."""
    against: str
    """What the second reader says against it."""
    references: tuple[str, ...]
    """Checklist entries: `OB-2`."""
    said: bool
    why: str
    """Why it is said, or why it is not."""
    claimed: str = ""
    """The events, as the first reader has them."""

    @property
    def weaker(self) -> bool:
        """Whether it may be right, and was still not worth a comment."""
        return not self.said and self.stage == "verify" and self.verdict is VerdictKind.PLAUSIBLE
