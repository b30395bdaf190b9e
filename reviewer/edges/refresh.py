"""A person resolved one of our threads, or opened it again."""

from __future__ import annotations

from functools import partial

from reviewer.edges.reopening import follow_opened_thread
from reviewer.edges.shared import Shared
from reviewer.intake.job import EventJob, ReviewJob, Wish
from reviewer.ports import Checkpoint
from reviewer.refs import PullNumber, PullRef, RepoName


def refresh(shared: Shared, job: EventJob, checkpoint: Checkpoint) -> str:
    """Let the summary and the verdict follow people's resolutions; the ending.

    Of many threads that are resolved at once, the last one's event does it for all.
    """
    pull = PullRef(RepoName.parse(job.repo), PullNumber(job.number))
    if job.reason.endswith(".unresolved"):
        follow_opened_thread(shared, job, pull, partial(checkpoint, give_up=lambda: False))
    if shared.ledger.has_later(job.guid, pull, job.reason.partition(".")[0]):
        return "left to a later one"
    last, _, _ = shared.rounds.last(pull)
    if last is None:
        return "nothing was said yet"
    review = ReviewJob(
        guid=f"{job.guid}.refresh",
        installation=job.installation,
        pull=pull,
        head_sha=last.head_sha,
        reason=job.reason,
        wish=Wish.REFRESH,
    )
    checkpoint("refresh", lambda: shared.hand_on(review), give_up=lambda: False)
    return "the summary follows"
