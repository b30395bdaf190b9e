"""Running one job of the kind event."""

from __future__ import annotations

import logging
from typing import Any

from reviewer.edges.shared import Shared
from reviewer.intake.job import EventJob
from reviewer.ports import Checkpoint

log = logging.getLogger(__name__)


def run_event(_shared: Shared, stored: dict[str, Any], _checkpoint: Checkpoint) -> dict[str, Any]:
    """Run a stored job to its end; the ending is what is remembered of it."""
    job = EventJob.from_json(stored)
    log.info("%s of %s", job.reason, job.repo)
    return {"ending": "done"}
