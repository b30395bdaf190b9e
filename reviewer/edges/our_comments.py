"""One review comment that this App wrote about a finding, as GitHub has it now."""

from __future__ import annotations

import logging
from typing import Any

from reviewer.edges.github_http import GitHubHttp
from reviewer.errors import Refused
from reviewer.publish.fingerprint import read_mark
from reviewer.publish.thread_words import OurComment
from reviewer.pull.diff import Side
from reviewer.refs import RepoName

_NOT_FOUND = 404
log = logging.getLogger(__name__)


def read_our_comment(
    http: GitHubHttp, repo: RepoName, comment_id: int, bot_login: str
) -> OurComment | None:
    """The comment; None when it is gone, somebody else's, or about no finding."""
    path = f"/repos/{repo}/pulls/comments/{comment_id}"
    answer = http.get(path, passing=(_NOT_FOUND,))
    return None if answer.status == _NOT_FOUND else _ours(answer.json(), bot_login)


def is_deleted(http: GitHubHttp, repo: RepoName, comment_id: int) -> bool:
    """Whether GitHub says that a comment we saw there is no more; of any other answer it is not
    known. Raises Transient."""
    path = f"/repos/{repo}/pulls/comments/{comment_id}"
    try:
        return http.get(path, passing=(_NOT_FOUND,)).status == _NOT_FOUND
    except Refused as error:
        log.warning("whether a comment is there is not known: %s", error)
        return False


def _ours(comment: dict[str, Any], bot_login: str) -> OurComment | None:
    """The comment when this App wrote it about a finding."""
    if (comment.get("user") or {}).get("login") != bot_login:
        return None
    body = str(comment.get("body") or "")
    mark = read_mark(body)
    if mark is None:
        return None
    last = str(comment.get("diff_hunk") or "").rpartition("\n")[2]
    return OurComment(
        comment_id=int(comment["id"]),
        mark=mark,
        body=body,
        path=str(comment["path"]),
        side=Side(comment.get("side") or Side.RIGHT),
        line=comment.get("line"),
        start_line=comment.get("start_line"),
        original_line=comment.get("original_line"),
        last_shown=last[1:],
    )
