"""What earlier reviews of the same pull request left: on GitHub, and in the ledger."""

from __future__ import annotations

from dataclasses import dataclass, field

from reviewer.publish.held_back import HeldBack
from reviewer.publish.standing import Standing
from reviewer.refs import CommitSha


@dataclass(frozen=True, slots=True)
class Account:
    """What a round told of its own reading, to be told again when the summary follows people."""

    model_absence: str = ""
    not_reviewed: tuple[tuple[str, str], ...] = ()
    not_judged: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    cached_share: float = 0.0
    cost_usd: float = 0.0


@dataclass(frozen=True, slots=True)
class LastRound:
    """The last finished review, as the ledger has it."""

    number: int
    head_sha: CommitSha
    patch_id: str
    trace: str
    """Of the patch that was reviewed (pull/trace.py); empty where none was kept."""
    model: str | None
    """The model that read it; None when none did."""
    unread: tuple[str, ...] = ()
    """Paths of trading code, or parts of the work, that nobody read then."""
    questions: tuple[str, ...] = ()
    """What the author was asked, once."""
    spent_usd: float = 0.0
    """By all rounds so far."""
    told: tuple[tuple[str, str], ...] = ()
    """Fingerprint and markdown of each finding that the summary alone tells of."""
    said: tuple[Standing, ...] | None = None
    """What all rounds so far said, and what became of it; None where it was not kept."""
    held_back: tuple[HeldBack, ...] = ()
    """Findings that were counted and not told."""
    let_go: int = 0
    """Findings that were not raised, for people let the same go on earlier pull requests."""
    account: Account = field(default_factory=Account)

    @property
    def whole(self) -> bool:
        """Whether all of it was read."""
        return self.model is not None and not self.unread


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a round starts from. The number counts from 1."""

    number: int = 1
    last: LastRound | None = None
    standing: tuple[Standing, ...] = ()
    summary_id: int | None = None
    """The review whose body is the summary."""
    paused: bool = False
    """Somebody said `/pause`."""
    notes: tuple[str, ...] = ()
    """What could not be learned of it, as sentences for the summary."""
