"""Whether the maintainers want a pull request reviewed now, and what speaks against it."""

from __future__ import annotations

from enum import StrEnum

from reviewer.intake.job import Wish
from reviewer.policy.policy import Policy
from reviewer.pull.snapshot import Snapshot


class Unwanted(StrEnum):
    """What keeps a pull request from its review."""

    SWITCHED_OFF = "switched off"
    BRANCH = "branch"
    LABEL = "label"
    DRAFT = "draft"


def unwanted(wish: Wish, snapshot: Snapshot, policy: Policy) -> Unwanted | None:
    """Why the maintainers do not want this one reviewed, or not yet; None where they do."""
    label = policy.label_says(snapshot.labels)
    if not policy.enabled:
        return Unwanted.SWITCHED_OFF
    if not policy.reviews_branch(snapshot.base_ref):
        return Unwanted.BRANCH
    if label == "skip":
        return Unwanted.LABEL
    asked = wish in (Wish.FULL, Wish.PATHS) or label == "force"
    return Unwanted.DRAFT if snapshot.is_draft and not policy.drafts and not asked else None


def skip_label(snapshot: Snapshot, policy: Policy) -> str:
    """The label that holds reviews back; empty for none."""
    skipping = {label.casefold() for label in policy.labels.skip}
    return next((label for label in snapshot.labels if label.casefold() in skipping), "")
