"""A person's plain words in a thread of ours: perhaps a question, perhaps an objection."""

from __future__ import annotations

import logging

from reviewer.edges.comment_case import Case, Heard
from reviewer.ports import Checkpoint

log = logging.getLogger(__name__)


def run_reply(case: Case, heard: Heard, checkpoint: Checkpoint) -> str:
    """What became of it, for the log. `heard.finding` is the comment that the thread began with."""
    del checkpoint
    log.info(
        "%s: a reply under %s is left to people", case.job.pull, heard.finding.mark.fingerprint
    )
    return "left to people"
