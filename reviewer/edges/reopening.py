"""A finding is taken up again: by `/reopen`, or by a person who opens its thread."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable
from functools import partial

from reviewer.edges.answering import Run, Step, write_once
from reviewer.edges.github_http import GitHubHttp
from reviewer.edges.github_read import read_comments, read_snapshot
from reviewer.edges.our_comments import read_our_comment
from reviewer.edges.roles import role_of
from reviewer.edges.shared import Shared
from reviewer.edges.threads import read_threads
from reviewer.errors import Refused
from reviewer.intake.commands import Permission
from reviewer.intake.job import EventJob, ReviewJob, Wish
from reviewer.publish.command_words import (
    NOT_OPEN_ANY_MORE,
    OPEN_ALREADY,
    SAID_ELSEWHERE,
    STAYS_FIXED,
    is_answer,
    marked,
)
from reviewer.publish.comment_status import with_no_status
from reviewer.publish.status_line import Change, change_told
from reviewer.publish.thread_words import OurComment
from reviewer.refs import PullRef, commit_sha

log = logging.getLogger(__name__)


def why_not_opened(http: GitHubHttp, pull: PullRef, bot: str, about: OurComment) -> str:
    """Why a finding that nobody dismissed cannot be taken up again; empty where it can."""
    change = change_told(about.body)
    if change is Change.MOVED:
        return SAID_ELSEWHERE
    if change is Change.FIXED:
        return NOT_OPEN_ANY_MORE if about.mark.source.startswith("rule:") else ""
    try:
        mine = read_threads(http, pull, bot)
    except Refused:
        return ""  # whether it is open is not known
    ids = {comment.comment_id: comment.thread_id for comment in mine.comments}
    thread = mine.threads.get(ids.get(about.comment_id) or "")
    return OPEN_ALREADY if thread is not None and not thread.resolved else ""


def clear_status(
    http: GitHubHttp, pull: PullRef, about: OurComment, may_write: Callable[[], None]
) -> None:
    """The comment tells no more what became of its finding."""
    body = with_no_status(about.body)
    if body != about.body:
        may_write()
        path = f"/repos/{pull.repo}/pulls/comments/{about.comment_id}"
        http.write("PATCH", path, {"body": body})


def follow_opened_thread(shared: Shared, job: EventJob, pull: PullRef, step: Step) -> None:
    """What follows when a person opens a thread of ours: for whoever may, as from `/reopen`. Of a
    rule's finding that is repaired the thread is told, once, why it stays so."""
    run = Run(uuid.uuid4().hex, time.time())
    prefix = step("open", partial(_take_up_again, shared, job, pull))
    if prefix is not None:
        said = STAYS_FIXED.format(prefix=prefix)
        write = partial(_say_once, shared, job, pull, said)
        write_once("why it stays closed", run, shared.config.settle_seconds, write, step)


def _say_once(shared: Shared, job: EventJob, pull: PullRef, said: str) -> None:
    comment, may_write = int(job.facts.get("comment", 0)), shared.lease.taken()
    http = shared.app.connect(job.installation, pull.repo)
    try:
        use, listed = f"{comment}.stays-fixed", f"/repos/{pull.repo}/pulls/{pull.number}/comments"
        bot = shared.app.bot_login()
        for one in read_comments(http, pull):
            if (one["user"] or {}).get("login") == bot and is_answer(one["body"] or "", use):
                return
        may_write()
        http.write("POST", f"{listed}/{comment}/replies", {"body": marked(said, use)})
    except Refused as error:
        log.warning("a thread of %s is not told why it stays closed: %s", pull, error)
    finally:
        http.close()


def _take_up_again(shared: Shared, job: EventJob, pull: PullRef) -> str | None:
    """The prefix of commands where the finding is not taken up, for it is repaired; else None."""
    may_write = shared.lease.taken()
    http = shared.app.connect(job.installation, pull.repo)
    try:
        first, login = int(job.facts.get("comment", 0)), str(job.facts.get("sender", ""))
        about = read_our_comment(http, pull.repo, first, shared.app.bot_login()) if first else None
        if about is None or not login:
            return None
        snapshot = read_snapshot(http, pull)
        asked = ReviewJob(
            job.guid, job.installation, pull, commit_sha(job.head_sha), job.reason, Wish.REFRESH
        )
        policy = shared.policy_reader.read(http, asked, snapshot).policy
        role = role_of(http, pull.repo, login, int(job.facts.get("sender_id", 0)))
        if role is None or not role.allows(Permission(policy.commands.who.reopen)):
            return None
        taken_back = shared.dismissals.revoke(pull, about.mark.fingerprint)
        change = change_told(about.body)
        by_rule = about.mark.source.startswith("rule:")
        if change in (Change.FIXED, Change.MOVED) and not taken_back and by_rule:
            return policy.commands.prefix if change is Change.FIXED else None
        clear_status(http, pull, about, may_write)
        return None
    finally:
        http.close()
