"""Errors that are no defect and nobody's failure: the job ends without a word."""

from __future__ import annotations

import logging

from reviewer.edges.holdings import renamed
from reviewer.edges.sealing import StoredError
from reviewer.edges.shared import Shared
from reviewer.errors import Moved, Suspended, Transient
from reviewer.intake.job import Job
from reviewer.refs import RepoName

log = logging.getLogger(__name__)


def quiet_ending(shared: Shared, job: Job, error: Exception) -> str | None:
    """The ending, where the error is only the sign of something that people decided; else None."""
    kind = error.kind if isinstance(error, StoredError) else type(error).__name__
    if kind == Suspended.__name__:
        # The next event finds the installation as it is then.
        return "suspended"
    if kind == Moved.__name__:
        if isinstance(error, Moved) and error.name:
            shared.hand_on(renamed(job, RepoName.parse(error.name), job.installation))
        return "moved"
    try:
        held = shared.ledger.repo_of(job.guid)
    except Transient:
        log.warning("the store does not say whether %s is still here", job.repo)
        return None
    return None if held == job.repo else "repository gone"
