"""Resolving a thread of ours at a person's word, and opening it again.

GitHub lets an App do that only with `contents: write`, which this App does not ask for; where its
operator has granted it, a token with it is taken for that one call.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from reviewer.edges.github_http import GitHubHttp
from reviewer.edges.threads import read_threads, resolve, unresolve
from reviewer.errors import Refused
from reviewer.refs import PullRef

MAY_RESOLVE = {"contents": "write", "metadata": "read", "pull_requests": "write"}

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
    change = resolve if resolved else unresolve
    try:
        mine = read_threads(http, pull, bot_login)
        of_comment = {comment.comment_id: comment.thread_id for comment in mine.comments}
        thread = mine.threads.get(of_comment.get(first_comment) or "")
        if thread is None:
            return False
        if thread.resolved is resolved:
            return True
        try:
            change(http, thread.thread_id)
        except Refused:
            allowed = wider()
            try:
                change(allowed, thread.thread_id)
            finally:
                allowed.close()
    except Refused as error:
        log.info("a thread of %s stays as it is: %s", pull, error)
        return False
    return True
