"""A merge queue asks about the commit that it wants to merge: it is answered, whatever happens.

Nobody has read that commit, so the answer is never success. Neutral lets a queue go on that
requires this check; only what a pull request failed for at its own head stops it.
"""

from __future__ import annotations

import logging
import re
from functools import partial

from reviewer.edges.github_http import GitHubHttp
from reviewer.edges.github_read import read_snapshot
from reviewer.edges.own_checks import COMPLETED, own_checks
from reviewer.edges.shared import Shared
from reviewer.intake.job import EventJob
from reviewer.ports import Checkpoint
from reviewer.publish.check_text import group_summary, group_title
from reviewer.publish.fingerprint import group_marker
from reviewer.publish.markdown import CHECK_NAME
from reviewer.publish.plan import Conclusion
from reviewer.refs import PullNumber, PullRef, RepoName, commit_sha

_QUEUE = "gh-readonly-queue/"
_NAMED = re.compile(r"pr-([0-9]{1,9})(?=-|\Z)")
MOST_PULLS = 20

log = logging.getLogger(__name__)


def answer_merge_group(shared: Shared, job: EventJob, checkpoint: Checkpoint) -> str:
    """Post a completed check run on the group's head; its conclusion is the ending."""
    told = checkpoint("answer", partial(_answer, shared, job), give_up=lambda: False)
    return str(told)


def pulls_of_group(ref: str) -> list[int]:
    """The pull requests that a queue's ref names: `…/gh-readonly-queue/BASE/pr-N-SHA`.

    GitHub names the one that this group adds. Those below it in the queue have groups, and so
    checks, of their own.
    """
    _, queue, rest = ref.partition(_QUEUE)
    last = rest.rpartition("/")[2]
    return list(dict.fromkeys(int(n) for n in _NAMED.findall(last)))[:MOST_PULLS] if queue else []


def _answer(shared: Shared, job: EventJob) -> str:
    repo, head = RepoName.parse(job.repo), commit_sha(job.head_sha)
    may_write = shared.lease.taken()
    http = shared.app.connect(job.installation, repo)
    try:
        mark = group_marker(head)
        for run in own_checks(http, repo, head, shared.app.bot_login()):
            if run["external_id"] == mark and run["status"] == COMPLETED:
                return str(run["conclusion"])
        numbers = pulls_of_group(str(job.facts.get("ref", "")))
        failed = _failed(shared, http, repo, numbers)
        conclusion = Conclusion.FAILURE if failed else Conclusion.NEUTRAL
        may_write()
        http.write(
            "POST",
            f"/repos/{repo}/check-runs",
            {
                "name": CHECK_NAME,
                "head_sha": head,
                "external_id": mark,
                "status": COMPLETED,
                "conclusion": conclusion.value,
                "output": {
                    "title": group_title(failed),
                    "summary": group_summary(failed, numbers),
                },
            },
        )
        return conclusion.value
    finally:
        http.close()


def _failed(shared: Shared, http: GitHubHttp, repo: RepoName, numbers: list[int]) -> list[int]:
    """The pull requests whose newest verdict is a failure; none where that cannot be known."""
    try:
        return [n for n in numbers if _verdict(shared, http, repo, n) == Conclusion.FAILURE.value]
    except Exception:
        # A queue that hangs stops a whole team; what failed here is told to the operator.
        log.exception("the verdicts for a merge queue of %s cannot be read", repo)
        return []


def _verdict(shared: Shared, http: GitHubHttp, repo: RepoName, number: int) -> str | None:
    head = read_snapshot(http, PullRef(repo, PullNumber(number))).head_sha
    for run in own_checks(http, repo, head, shared.app.bot_login()):
        if run["status"] == COMPLETED:
            return str(run["conclusion"])
    return None
