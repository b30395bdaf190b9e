"""What stands on a pull request where GitHub's GraphQL API does not answer: REST has the comments
and their marks, and does not tell which threads are resolved."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from reviewer.edges.github_http import GitHubHttp
from reviewer.edges.github_read import read_comments
from reviewer.edges.jobs import may_come_back
from reviewer.edges.threads import OwnThreads, read_threads
from reviewer.errors import Moved, Refused, Suspended, Transient
from reviewer.publish.fingerprint import read_mark
from reviewer.publish.standing import OwnComment, Standing, State, Thread
from reviewer.pull.diff import Side
from reviewer.refs import PullRef

UNKNOWN = (
    "GitHub did not let the threads be read this time: what people resolved there counts as open, "
    "and no comment was moved to another line."
)

log = logging.getLogger(__name__)


def read_own(http: GitHubHttp, pull: PullRef, bot_login: str) -> OwnThreads:
    """The threads that this App began; by REST where GraphQL refuses or stays away.

    What may pass is left to the job's next tries at first. Raises Refused, Transient.
    """
    try:
        return read_threads(http, pull, bot_login)
    except (Moved, Suspended):
        raise
    except Transient as error:
        if may_come_back():
            raise
        why: Exception = error
    except Refused as error:
        why = error
    log.warning("the threads of %s are not known, going on from REST: %s", pull, why)
    return _by_rest(read_comments(http, pull), bot_login)


def without_threads(standing: Iterable[Standing]) -> tuple[Standing, ...]:
    """What stands, so that nothing is done that takes the state of a thread: one that looks
    outdated may be resolved, and its comment is not made again."""
    return tuple(
        replace(one, thread_id=None, state=State.OPEN if one.state is State.OUTDATED else one.state)
        for one in standing
    )


def _by_rest(comments: list[dict[str, Any]], bot_login: str) -> OwnThreads:
    """Each comment of ours as a thread of its own; the names of threads are made up."""
    ours = [
        _own(comment)
        for comment in comments
        if (comment["user"] or {}).get("login") == bot_login
        and comment.get("in_reply_to_id") is None
        and read_mark(str(comment["body"] or "")) is not None
    ]
    disliked = {
        int(comment["id"])
        for comment in comments
        if int((comment.get("reactions") or {}).get("-1", 0))
    }
    return OwnThreads(
        comments=tuple(ours),
        threads={str(one.thread_id): Thread(str(one.thread_id)) for one in ours},
        disliked=frozenset(disliked & {one.comment_id for one in ours}),
        known=False,
    )


def _own(comment: dict[str, Any]) -> OwnComment:
    line, original = comment.get("line"), comment.get("original_line")
    return OwnComment(
        comment_id=int(comment["id"]),
        body=str(comment["body"] or ""),
        path=str(comment["path"]),
        side=Side(comment.get("side") or "RIGHT"),
        line=None if line is None else int(line),
        original_line=None if original is None else int(original),
        thread_id=f"of comment {comment['id']}",
        on_file=comment.get("subject_type") == "file",
    )
