"""Errors that are no defect and nobody's failure: the job ends without a word."""

from __future__ import annotations

import logging

from reviewer.edges.holdings import MOST_GUID
from reviewer.edges.sealing import StoredError
from reviewer.edges.shared import Shared
from reviewer.errors import Moved, Refused, ReviewerError, Suspended, Transient
from reviewer.intake.job import EventJob, Job
from reviewer.refs import RepoName

log = logging.getLogger(__name__)


def quiet_ending(shared: Shared, job: Job, error: Exception) -> str | None:
    """The ending, where the error is only the sign of something that people decided; else None."""
    kind = error.kind if isinstance(error, StoredError) else type(error).__name__
    if kind == Suspended.__name__:
        # The next event finds the installation as it is then.
        return "suspended"
    if kind == Moved.__name__:
        name = error.name if isinstance(error, Moved) else ""
        now = RepoName.parse(name) if name else _name_now(shared, job)
        if now is not None:
            shared.hand_on(_move_to(now, job))
        return "moved"
    if kind == Refused.__name__ and (now := _name_now(shared, job)) is not None:
        # GitHub gives no token for a former name; its event was lost, or is behind this job.
        shared.hand_on(_move_to(now, job))
        return "moved"
    try:
        held = shared.ledger.repo_of(job.guid)
    except Transient:
        log.warning("the store does not say whether %s is still here", job.repo)
        return None
    return None if held == job.repo else "repository gone"


def _name_now(shared: Shared, job: Job) -> RepoName | None:
    """The other name that the job's repository has by now, where it has one and GitHub tells."""
    if not job.repo:
        return None
    try:
        now = shared.app.name_now(job.installation, RepoName.parse(job.repo))
    except ReviewerError as error:
        log.warning("GitHub does not say what %s is called now: %s", job.repo, error)
        return None
    return now if now is not None and str(now).lower() != job.repo.lower() else None


def _move_to(now: RepoName, job: Job) -> EventJob:
    """What the lost event would have asked for; then the job goes on under the new name."""
    return EventJob(
        guid=f"{job.guid}.renamed"[-MOST_GUID:],
        installation=job.installation,
        reason="repository.renamed",
        facts={"before": job.repo, "now": str(now), "then": job.to_json()},
    )
