"""Resolving a thread of ours at a person's word, and opening it again."""

from __future__ import annotations

import logging
from collections.abc import Callable

from reviewer.edges.github_http import GitHubHttp
from reviewer.edges.jobs import may_come_back
from reviewer.edges.threads import Resolving, read_threads
from reviewer.errors import Refused, Transient
from reviewer.refs import PullRef

log = logging.getLogger(__name__)


def set_resolved(
    http: GitHubHttp,
    wider: Callable[[], GitHubHttp],
    pull: PullRef,
    bot_login: str,
    first_comment: int,
    *,
    resolved: bool,
) -> bool:
    """Resolve the thread of a comment, or open it again; False where GitHub does not let us.

    `wider` connects with `MAY_RESOLVE`, or raises Refused.
    """
    try:
        mine = read_threads(http, pull, bot_login)
    except (Refused, Transient) as error:
        if isinstance(error, Transient) and may_come_back():
            raise
        log.info("a thread of %s stays as it is: %s", pull, error)
        return False
    of_comment = {comment.comment_id: comment.thread_id for comment in mine.comments}
    thread = mine.threads.get(of_comment.get(first_comment) or "")
    if thread is None:
        return False
    if thread.resolved is resolved:
        return True
    return Resolving(http, wider).turn(thread.thread_id, resolved=resolved)
