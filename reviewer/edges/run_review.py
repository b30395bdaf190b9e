"""Running one job: the flow over its ports, and what happens when it cannot be finished."""

from __future__ import annotations

import logging
import time
from functools import partial
from typing import Any

from reviewer.edges.ports import ReviewPorts
from reviewer.edges.put_off import PutOff
from reviewer.edges.quiet import quiet_ending
from reviewer.edges.sealing import StoredError
from reviewer.edges.shared import Shared
from reviewer.errors import ReviewerError
from reviewer.intake.job import ReviewJob
from reviewer.ports import Checkpoint
from reviewer.review import Ending, review

FAILED = "failed"
LET_GO = frozenset({Ending.SUPERSEDED, Ending.CLOSED})

log = logging.getLogger(__name__)


def run_review(shared: Shared, stored: dict[str, Any], checkpoint: Checkpoint) -> dict[str, Any]:
    """Run a stored job to its end; the ending is what is remembered of it."""
    job = ReviewJob.from_json(stored)
    started = time.monotonic()
    ports = ReviewPorts(shared, job)
    try:
        ending = review(job, ports, checkpoint)
        if ending in LET_GO:
            checkpoint("let go", partial(ports.give_up, ending.value), give_up=lambda: False)
    except PutOff as wait:
        if wait.by_model:
            say = partial(ports.say_waiting, wait.until)
            checkpoint(f"say: {wait}", say, give_up=lambda: False)
        raise
    except Exception as error:
        quiet = quiet_ending(shared, job, error)
        if quiet is not None:
            log.info("%s ended: %s (%s), delivery %s", job.pull, quiet, error, job.guid)
            return {"ending": quiet}
        # A defect of ours too must reach the author as "not reviewed", never as silence.
        log.exception("review of %s failed, delivery %s", job.pull, job.guid)
        checkpoint(
            "note failure", lambda: shared.ledger.note_failure(job.guid), give_up=lambda: False
        )
        _tell(ports, job, checkpoint)
        return {"ending": FAILED, "error": type(error).__name__}
    finally:
        ports.close()
    log.info(
        "%s %s (%s) in %.2f s, delivery %s",
        job.pull,
        ending.value,
        job.reason,
        time.monotonic() - started,
        job.guid,
    )
    return {"ending": ending.value}


def _tell(ports: ReviewPorts, job: ReviewJob, checkpoint: Checkpoint) -> None:
    """Put the failure where the author looks. When that fails too, the log has both."""
    if ports.is_overtaken(job.head_sha):
        return
    try:
        checkpoint("report failure", ports.report_failure, give_up=lambda: False)
    except (ReviewerError, StoredError, OSError):
        log.exception("the failure of delivery %s could not be reported", job.guid)
