"""What a round starts from: the ledger's word on earlier rounds, and what GitHub shows of them.

Should the ledger be lost, GitHub alone is enough to repeat nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace

from reviewer.earlier import Earlier, LastRound
from reviewer.edges import github_read
from reviewer.edges.dismissals import BY_REACTION, Dismissals
from reviewer.edges.github_http import GitHubHttp
from reviewer.edges.our_comments import is_deleted
from reviewer.edges.resolutions import weighed
from reviewer.edges.shared import Shared
from reviewer.edges.threads import OwnThreads
from reviewer.edges.threads_by_rest import UNKNOWN, read_own, without_threads
from reviewer.edges.thumbs import take_thumbs
from reviewer.finding import Severity
from reviewer.intake.job import ReviewJob, Wish
from reviewer.policy.policy import Policy
from reviewer.publish.fingerprint import read_mark, summary_of
from reviewer.publish.said import without_comment
from reviewer.publish.standing import Standing, Thread, rebuild
from reviewer.publish.thread_words import OurComment
from reviewer.refs import PullRef

MOST_ASKED = 30
"""Comments that are asked for one by one in a round; the others stand as the ledger has them."""


def read_standing(
    shared: Shared,
    http: GitHubHttp,
    job: ReviewJob,
    policy: Policy,
    digest_of: Callable[[OurComment], str],
) -> Earlier:
    """What stands; thumbs down are written down as dismissals on the way."""
    pull = job.pull
    last, summary_id, paused = shared.rounds.last(pull)
    if paused and job.wish is Wish.PUSH:
        return Earlier(last=last, summary_id=summary_id, paused=True)
    bot = shared.app.bot_login()
    mine = read_own(http, pull, bot)
    take_thumbs(http, pull, bot, policy, shared.dismissals, mine, digest_of)
    # The ledger may know of no summary, though one was posted: its round was not finished.
    reviews = [
        review
        for review in github_read.read_reviews(http, pull)
        if (review["user"] or {}).get("login") == bot
    ]
    bodies = [str(review["body"] or "") for review in reviews]
    summary_id = summary_of(reviews, summary_id) or summary_id
    standing = what_stands(http, pull, policy, mine, bodies, shared.dismissals, last)
    number = 1 + max([last.number if last else 0, *(one.round for one in standing)])
    if job.wish is Wish.REFRESH and last is not None:
        number = last.number
    notes = () if mine.known or not mine.comments else (UNKNOWN,)
    return Earlier(number, last, standing, summary_id, paused, notes)


def what_stands(
    http: GitHubHttp,
    pull: PullRef,
    policy: Policy,
    mine: OwnThreads,
    bodies: Iterable[str],
    dismissals: Dismissals,
    last: LastRound | None,
) -> tuple[Standing, ...]:
    """What was said, with what people decided on it, as it counts under the configuration."""
    held = {
        d.said.fingerprint: d.said.person if d.said.how == BY_REACTION else ""
        for d in dismissals.of_pull(pull)
        if d.holds_under(policy)
    }
    ledger = last.said if last is not None else None
    standing = rebuild(
        mine.comments,
        weighed(http, pull, policy, mine, _dismissed(mine, held)),
        bodies,
        said=_as_they_are(http, pull, policy, mine, ledger or (), held),
        since=last.number if last is not None and ledger is not None else 0,
    )
    return standing if mine.known else without_threads(standing)


def _as_they_are(
    http: GitHubHttp,
    pull: PullRef,
    policy: Policy,
    mine: OwnThreads,
    said: Iterable[Standing],
    held: Collection[str],
) -> list[Standing]:
    """What the ledger knows to be said; of comments that are not here GitHub is asked one by one,
    for a list may end early."""
    here = {comment.comment_id for comment in mine.comments}
    said = list(said)
    lost = sorted({one.comment_id for one in said if one.comment_id is not None} - here)
    deleted = {lost_id for lost_id in lost[:MOST_ASKED] if is_deleted(http, pull.repo, lost_id)}
    return [
        one
        if one.comment_id in here
        else without_comment(
            one,
            dismissed=one.fingerprint in held,
            deleted=one.comment_id in deleted,
            takes_two=one.severity in (None, Severity.CRITICAL)
            and policy.needs_second_person(one.path),
        )
        for one in said
    ]


def _fingerprints(mine: OwnThreads) -> dict[int, str]:
    marks = ((comment.comment_id, read_mark(comment.body)) for comment in mine.comments)
    return {comment_id: mark.fingerprint for comment_id, mark in marks if mark is not None}


def _dismissed(mine: OwnThreads, held: Mapping[str, str]) -> dict[str, Thread]:
    """The threads, those of which somebody let the finding go marked so."""
    names = _fingerprints(mine)
    threads = dict(mine.threads)
    for comment in mine.comments:
        thumb_of = held.get(names.get(comment.comment_id, ""))
        if comment.thread_id is not None and thumb_of is not None:
            thread = threads[comment.thread_id]
            threads[comment.thread_id] = replace(thread, dismissed=True, thumb_of=thumb_of)
    return threads
