"""Repositories that are no longer ours, or have another name: what is held of them follows.

What an event says is only where to look: it may come late, after the App was installed again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from reviewer.edges.github_app import GitHubApp
from reviewer.edges.holdings import Holdings, renamed
from reviewer.edges.jobs import may_come_back
from reviewer.edges.shared import Shared
from reviewer.errors import Refused, Transient
from reviewer.intake.job import EventJob, Job, job_from_json
from reviewer.ports import Checkpoint
from reviewer.refs import RepoName

log = logging.getLogger(__name__)


def forget_what_is_gone(shared: Shared, job: EventJob, checkpoint: Checkpoint) -> str:
    """Forget what is held of the account's repositories that GitHub no longer gives us."""
    gone = checkpoint("forget", partial(_forget, shared, job), give_up=lambda: False)
    checkpoint("forget what still ran", partial(_forget_rest, shared, gone), give_up=lambda: False)
    return f"forgot {', '.join(gone)}" if gone else "nothing to forget"


def _forget(shared: Shared, job: EventJob) -> list[str]:
    account, taken = job.facts["account"], {name.lower() for name in job.facts["taken"]}
    held = {str(repo).lower() for repo in shared.holdings.repositories(account)}
    gone = look_and_forget(shared.app, shared.holdings, account)
    if (taken & held) - {name.lower() for name in gone} and may_come_back():
        # The event can be ahead of GitHub's other answers; or it is late, and they are right.
        raise Transient("GitHub still gives us a repository that it told us was taken")
    return gone


def look_and_forget(app: GitHubApp, holdings: Holdings, account: str = "") -> list[str]:
    """Forget what is held of repositories that no installation reaches; their names.

    Only GitHub's plain "not found" counts: an error ends this and forgets nothing more.
    """
    forgotten = []
    held = holdings.repositories(account)
    if held:
        app.identity()  # an address that answers 404 to everything must not empty the store
    for repo in held:
        if not app.covers(repo):
            forgotten.append(str(repo))
            done = holdings.forget(repo)
            log.info("%s is no longer ours: forgot %d rows and %d jobs", repo, done.rows, done.jobs)
    return forgotten


def move(shared: Shared, job: EventJob, checkpoint: Checkpoint) -> str:
    """Keep what is held under the repository's new name; the ending."""
    before, now = RepoName.parse(job.facts["before"]), RepoName.parse(job.facts["now"])
    if not checkpoint("is it ours", lambda: shared.app.covers(now), give_up=lambda: False):
        checkpoint("forget", lambda: _forgets(shared, before), give_up=lambda: False)
        return f"{before} went to another owner: forgotten"
    checkpoint(
        "move",
        lambda: shared.holdings.move(before, now, job.installation, shared.hand_on),
        give_up=lambda: False,
    )
    then = job.facts.get("then")
    if then is not None:
        again = renamed(job_from_json(then), now, job.installation)
        checkpoint("go on", lambda: shared.hand_on(again), give_up=lambda: False)
    return f"{before} is {now} now"


def follow_renames(
    app: GitHubApp, holdings: Holdings, hand_on: Callable[[Job], object]
) -> list[str]:
    """Move what is held under names that repositories do not have any more; the new names."""
    moved = []
    for before in map(RepoName.parse, sorted(holdings.in_ledger())):
        installation = app.installation_of(before)
        try:
            now = app.name_now(installation, before) if installation is not None else None
        except Refused as error:
            log.info("%s keeps its name for now: %s", before, error)  # suspended, for one
            continue
        if installation is None or now is None or str(now).lower() == str(before).lower():
            continue
        holdings.move(before, now, installation, hand_on)
        log.info("%s is %s now, though no event told of it", before, now)
        moved.append(str(now))
    return moved


def _forget_rest(shared: Shared, gone: list[str]) -> None:
    """Reviews that ran end by themselves; what they left goes when they have ended."""
    running = sum(shared.holdings.forget(RepoName.parse(name)).running for name in gone)
    if running:
        raise Transient(f"{running} job(s) of a repository that is gone have not ended yet")


def _forgets(shared: Shared, repo: RepoName) -> None:
    shared.holdings.forget(repo)
