"""The results of a review's steps, as they stand so far."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer.agent.recheck import RecheckReport
from reviewer.agent.report import AgentReport
from reviewer.earlier import Earlier
from reviewer.evidence import EvidenceReport
from reviewer.intake.job import ReviewJob
from reviewer.policy.held import HeldPolicy
from reviewer.ports import Published
from reviewer.publish.placement import Placed
from reviewer.publish.plan import PublicationPlan
from reviewer.publish.reconcile import Reconciled
from reviewer.pull.snapshot import Snapshot
from reviewer.scope.rooms import Scope


@dataclass(frozen=True, slots=True)
class DiffSize:
    """What is remembered of the diff: its size, and the Rust files that could not be read."""

    files: int
    rust_files: int
    added: int
    removed: int
    unread: tuple[tuple[str, str], ...]
    patch_id: str
    """Of the change as a reviewer sees it; the same under new commits."""


@dataclass(frozen=True, slots=True)
class Announced:
    """That the work has begun, where it is told."""

    check_run_id: int | None


class Progress:
    """The results of the steps so far, by their names; a step reads those of the steps before."""

    def __init__(self, job: ReviewJob) -> None:
        self.job = job

    snapshot: Snapshot
    policy: HeldPolicy
    earlier: Earlier
    diff: DiffSize
    scope: Scope
    announcement: Announced
    evidence: EvidenceReport
    agent: AgentReport
    placement: tuple[Placed, ...]
    reconciled: Reconciled
    second_look: RecheckReport
    plan: PublicationPlan
    publication: Published
