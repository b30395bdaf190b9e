"""A person's plain words in a thread of ours: perhaps a question, perhaps an objection."""

from __future__ import annotations

import logging

from reviewer.edges.answering import Step
from reviewer.edges.comment_case import Case, Heard

log = logging.getLogger(__name__)


def run_reply(case: Case, heard: Heard, step: Step) -> str:
    """What became of it, for the log. `heard.finding` is the comment that the thread began with."""
    del step
    log.info(
        "%s: a reply under %s is left to people", case.job.pull, heard.finding.mark.fingerprint
    )
    return "left to people"
