"""A finding is taken up again: by `/reopen`, or by a person who opens its thread."""

from __future__ import annotations

from collections.abc import Callable

from reviewer.edges.github_http import GitHubHttp
from reviewer.edges.github_read import read_snapshot
from reviewer.edges.our_comments import read_our_comment
from reviewer.edges.roles import role_of
from reviewer.edges.shared import Shared
from reviewer.edges.threads import read_threads
from reviewer.errors import Refused
from reviewer.intake.commands import Permission
from reviewer.intake.job import EventJob, ReviewJob, Wish
from reviewer.publish.command_words import NOT_OPEN_ANY_MORE, OPEN_ALREADY, SAID_ELSEWHERE
from reviewer.publish.comment_status import with_no_status
from reviewer.publish.status_line import Change, change_told
from reviewer.publish.thread_words import OurComment
from reviewer.refs import PullRef, commit_sha


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


def follow_opened_thread(shared: Shared, job: EventJob, pull: PullRef) -> str:
    """What follows when a person opens a thread of ours: for whoever may, as from `/reopen`."""
    may_write = shared.lease.taken()
    http = shared.app.connect(job.installation, pull.repo)
    try:
        first, login = int(job.facts.get("comment", 0)), str(job.facts.get("sender", ""))
        about = read_our_comment(http, pull.repo, first, shared.app.bot_login()) if first else None
        if about is None or not login:
            return "not about a finding"
        snapshot = read_snapshot(http, pull)
        asked = ReviewJob(
            job.guid, job.installation, pull, commit_sha(job.head_sha), job.reason, Wish.REFRESH
        )
        policy = shared.policy_reader.read(http, asked, snapshot).policy
        role = role_of(http, pull.repo, login, int(job.facts.get("sender_id", 0)))
        if role is None or not role.allows(Permission(policy.commands.who.reopen)):
            return "left as it is, the role is not enough"
        taken_back = shared.dismissals.revoke(pull, about.mark.fingerprint)
        fixed = change_told(about.body) in (Change.FIXED, Change.MOVED)
        if fixed and not taken_back and about.mark.source.startswith("rule:"):
            return "the rule does not fire there"
        clear_status(http, pull, about, may_write)
        return "taken up again"
    finally:
        http.close()
