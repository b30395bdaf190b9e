"""Somebody asked for a check again, or pressed a button of it: its pull request is reviewed."""

from __future__ import annotations

from functools import partial

from reviewer.edges.github_http import GitHubHttp
from reviewer.edges.shared import Shared
from reviewer.intake.job import EventJob, ReviewJob, Wish
from reviewer.ports import Checkpoint
from reviewer.publish.fingerprint import checked_pull
from reviewer.refs import PullNumber, PullRef, RepoName, commit_sha

MOST_PAGES = 10
"""Of a hundred open pull requests each, the newest first."""


def rerun(shared: Shared, job: EventJob, checkpoint: Checkpoint) -> str:
    """Hand a review on for each pull request of the check; the ending."""
    if shared.config.app_id not in job.facts["app"]:
        return "another App's check"
    numbers = checkpoint(
        "pull requests of the check", partial(_numbers, shared, job), give_up=lambda: False
    )
    for number in numbers:
        checkpoint(
            f"hand on {number}", partial(_hand_on, shared, job, number), give_up=lambda: False
        )
    return f"asked again: {numbers}" if numbers else "of no pull request that is open"


def _numbers(shared: Shared, job: EventJob) -> list[int]:
    """GitHub names none for a fork, so the check's own mark comes first."""
    marked = checked_pull(job.facts["external_id"])
    if marked is not None:
        return [marked]
    return (
        [int(number) for number in job.facts["pulls"]]
        or shared.ledger.pulls_with_head(job.repo, job.head_sha)
        or _open_with_head(shared, job)
    )


def _open_with_head(shared: Shared, job: EventJob) -> list[int]:
    http = shared.app.connect(job.installation, RepoName.parse(job.repo))
    try:
        return _look_through(http, job)
    finally:
        http.close()


def _look_through(http: GitHubHttp, job: EventJob) -> list[int]:
    found = []
    for page in range(1, MOST_PAGES + 1):
        answer = http.get(f"/repos/{job.repo}/pulls?state=open&per_page=100&page={page}")
        found += [int(p["number"]) for p in answer.json() if p["head"]["sha"] == job.head_sha]
        if 'rel="next"' not in answer.headers.get("link", ""):
            break
    return found


def _hand_on(shared: Shared, job: EventJob, number: int) -> bool:
    return shared.hand_on(
        ReviewJob(
            guid=f"{job.guid}.{number}",
            installation=job.installation,
            pull=PullRef(RepoName.parse(job.repo), PullNumber(number)),
            head_sha=commit_sha(job.head_sha),
            reason=job.reason,
            wish=Wish(job.facts["wish"]),
        )
    )
