"""What a round starts from: the ledger's word on earlier rounds, and what GitHub shows of them.

Should the ledger be lost, GitHub alone is enough to repeat nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from reviewer.earlier import Earlier
from reviewer.edges import github_read
from reviewer.edges.dismissals import BY_REACTION, Dismissals
from reviewer.edges.github_http import GitHubHttp
from reviewer.edges.resolutions import weighed
from reviewer.edges.shared import Shared
from reviewer.edges.threads import OwnThreads, read_threads
from reviewer.edges.thumbs import take_thumbs
from reviewer.intake.job import ReviewJob, Wish
from reviewer.policy.policy import Policy
from reviewer.publish.fingerprint import read_mark, summary_of
from reviewer.publish.standing import Thread, rebuild
from reviewer.publish.thread_words import OurComment
from reviewer.refs import PullRef


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
    mine = read_threads(http, pull, bot)
    known = shared.dismissals.known_on(pull)
    disliked = {c: f for c, f in _fingerprints(mine).items() if c in mine.disliked}
    fresh = [comment for comment, fingerprint in disliked.items() if fingerprint not in known]
    if fresh:
        take_thumbs(http, pull, bot, policy, shared.dismissals, fresh, digest_of)
    bodies: list[str] = []
    # The ledger may know of no summary, though one was posted: its round was not finished.
    if mine.comments or summary_id is not None:
        reviews = [
            review
            for review in github_read.read_reviews(http, pull)
            if (review["user"] or {}).get("login") == bot
        ]
        bodies = [str(review["body"] or "") for review in reviews]
        summary_id = summary_of(reviews, summary_id) or summary_id
    threads = decided(http, pull, policy, mine, shared.dismissals)
    standing = rebuild(mine.comments, threads, bodies)
    number = 1 + max([last.number if last else 0, *(one.round for one in standing)])
    if job.wish is Wish.REFRESH and last is not None:
        number = last.number
    return Earlier(number, last, standing, summary_id, paused)


def decided(
    http: GitHubHttp, pull: PullRef, policy: Policy, mine: OwnThreads, dismissals: Dismissals
) -> dict[str, Thread]:
    """The threads with what people decided on them, as it counts under the configuration."""
    held = {
        d.said.fingerprint: d.said.person if d.said.how == BY_REACTION else ""
        for d in dismissals.of_pull(pull)
        if d.holds_under(policy)
    }
    return weighed(http, pull, policy, mine, _dismissed(mine, held))


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
