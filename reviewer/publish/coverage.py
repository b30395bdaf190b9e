"""What was looked at and what was not; a review that skipped something says so."""

from __future__ import annotations

from dataclasses import dataclass, field

from reviewer.looks import Missed


@dataclass(frozen=True, slots=True)
class Coverage:
    """The account that a review gives of itself."""

    files_changed: int
    rust_files: int
    files_in_scope: int
    lines_added: int
    model: str | None
    """The model that read the code; None when none did."""
    model_absence: str = ""
    """Why no model read it, as a sentence for the pull request."""
    cost_usd: float = 0.0
    spent_before_usd: float = 0.0
    """By earlier rounds of the pull request."""
    not_reviewed: tuple[tuple[str, str], ...] = field(default=())
    """Paths (or parts of the work) that nobody looked at, each with the reason."""
    missed: tuple[Missed, ...] = ()
    """Rules, facts and the like that could not look at a file."""

    not_judged: tuple[str, ...] = ()
    """What the model looked at and could not judge from the change alone."""

    questions: tuple[str, ...] = ()
    """What only the author can answer; asked once on a pull request."""
    remarks: tuple[str, ...] = ()
    """How the reading was thinner than planned, as sentences."""
    cached_share: float = 0.0
    """Part of the model's input that its prompt cache served; 0 to 1."""

    @property
    def whole(self) -> bool:
        """Whether everything in scope was read, by the rules and by a model."""
        return self.model is not None and not self.not_reviewed and not self.missed
