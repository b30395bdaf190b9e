"""Running one job of the kind event: which handler it is for, and what happens when it fails."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from reviewer.edges.gone import forget_what_is_gone, move
from reviewer.edges.merge_group import answer_merge_group
from reviewer.edges.put_off import PutOff
from reviewer.edges.quiet import quiet_ending
from reviewer.edges.refresh import refresh
from reviewer.edges.rerun import rerun
from reviewer.edges.shared import Shared
from reviewer.edges.stop import stop
from reviewer.intake.job import EventJob
from reviewer.ports import Checkpoint

HANDLERS: Mapping[str, Callable[[Shared, EventJob, Checkpoint], str]] = {
    "pull_request.closed": stop,
    "pull_request.converted_to_draft": stop,
    "pull_request_review_thread.resolved": refresh,
    "pull_request_review_thread.unresolved": refresh,
    "check_run.rerequested": rerun,
    "check_run.requested_action": rerun,
    "check_suite.rerequested": rerun,
    "merge_group.checks_requested": answer_merge_group,
    "installation.deleted": forget_what_is_gone,
    "installation_repositories.removed": forget_what_is_gone,
    "repository.deleted": forget_what_is_gone,
    "repository.renamed": move,
    "repository.transferred": move,
}
"""By the job's reason; each gives the job's ending in a few words."""

log = logging.getLogger(__name__)


def run_event(shared: Shared, stored: dict[str, Any], checkpoint: Checkpoint) -> dict[str, Any]:
    """Run a stored job to its end; the ending is what is remembered of it."""
    job = EventJob.from_json(stored)
    what = f"{job.reason} {job.repo}".rstrip()
    try:
        ending = HANDLERS[job.reason](shared, job, checkpoint)
    except PutOff:
        raise
    except Exception as error:
        quiet = quiet_ending(shared, job, error)
        if quiet is None:
            log.exception("%s failed, delivery %s", what, job.guid)
            checkpoint(
                "note failure", lambda: shared.ledger.note_failure(job.guid), give_up=lambda: False
            )
            return {"ending": "failed", "error": type(error).__name__}
        ending = quiet
    log.info("%s: %s, delivery %s", what, ending, job.guid)
    return {"ending": ending}
