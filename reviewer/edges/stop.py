"""A pull request was closed or made a draft: the running review ends, and nothing stays open.

At a closed one the thumbs down are read that came after the last review: GitHub tells of none.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from reviewer.edges.github_read import read_snapshot
from reviewer.edges.own_checks import COMPLETED, own_checks
from reviewer.edges.ports import ReviewPorts
from reviewer.edges.shared import Shared
from reviewer.edges.threads_by_rest import read_own
from reviewer.intake.job import EventJob, ReviewJob, Wish
from reviewer.ports import Checkpoint
from reviewer.publish.check_text import STOPPED
from reviewer.publish.plan import Conclusion
from reviewer.refs import PullNumber, PullRef, RepoName, commit_sha


def stop(shared: Shared, job: EventJob, checkpoint: Checkpoint) -> str:
    """Complete what says that it is in progress. The review itself sees this delivery's row."""
    is_open = checkpoint(
        "close the check", partial(_close_check, shared, job), give_up=lambda: False
    )
    if not is_open:
        # No later round of this pull request reads them.
        checkpoint("last thumbs", partial(_last_thumbs, shared, job), give_up=lambda: False)
        return "stopped"
    # A draft may be wanted too, which the repository says; and a late word of a pull request that
    # was closed must not end the review of one that is open again.
    again = ReviewJob(
        guid=f"{job.guid}.review",
        installation=job.installation,
        pull=_pull(job),
        head_sha=commit_sha(job.head_sha),
        reason=job.reason,
    )
    checkpoint("look again", lambda: shared.hand_on(again), give_up=lambda: False)
    return "stopped, to be looked at again"


def _close_check(shared: Shared, job: EventJob) -> bool:
    """Whether the pull request is open."""
    pull, may_write = _pull(job), shared.lease.taken()
    http = shared.app.connect(job.installation, pull.repo)
    try:
        for run in own_checks(http, pull.repo, job.head_sha, shared.app.bot_login()):
            if run["status"] == COMPLETED:
                continue
            may_write()
            title, summary = STOPPED
            said: dict[str, Any] = {
                "status": COMPLETED,
                "conclusion": Conclusion.NEUTRAL.value,
                "output": {"title": title, "summary": summary},
            }
            http.write("PATCH", f"/repos/{pull.repo}/check-runs/{run['id']}", said)
        return read_snapshot(http, pull).is_open
    finally:
        http.close()


def _last_thumbs(shared: Shared, job: EventJob) -> int:
    """How many thumbs down are written down now; without any, GitHub is asked one thing."""
    pull = _pull(job)
    if shared.rounds.last(pull)[0] is None:
        return 0
    asked = ReviewJob(
        job.guid, job.installation, pull, commit_sha(job.head_sha), job.reason, Wish.REFRESH
    )
    ports = ReviewPorts(shared, asked)
    http = shared.app.connect(job.installation, pull.repo)
    try:
        mine = read_own(http, pull, shared.app.bot_login())
        if not mine.disliked:
            return 0
        snapshot = ports.snapshot()
        return ports.take_thumbs(snapshot, ports.policy(snapshot).policy, mine)
    finally:
        http.close()
        ports.close()


def _pull(job: EventJob) -> PullRef:
    return PullRef(RepoName.parse(job.repo), PullNumber(job.number))
