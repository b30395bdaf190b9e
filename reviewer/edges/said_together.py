"""Several comments that are made again in one round, as one review: one mail, not one each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from reviewer.edges import github_read
from reviewer.edges.github_http import Answer, GitHubHttp
from reviewer.publish.fingerprint import marked_finding
from reviewer.refs import CommitSha, PullRef

UNPROCESSABLE = 422


def say_together(
    http: GitHubHttp,
    write: Callable[..., Answer],
    pull: PullRef,
    head: CommitSha,
    comments: Sequence[Mapping[str, Any]],
) -> dict[str, int]:
    """By fingerprint the ids of the new comments; none where GitHub refuses one of them.

    `comments` have `path`, `line`, `side` and `body`, as GitHub takes them in a review.
    """
    path = f"/repos/{pull.repo}/pulls/{pull.number}/reviews"
    asked = {
        "commit_id": head,
        "event": "COMMENT",
        "body": f"{len(comments)} comments moved with their code in `{head[:12]}`.",
        "comments": list(comments),
    }
    answer = write("POST", path, asked, passing=(UNPROCESSABLE,))
    if answer.status == UNPROCESSABLE:
        return {}
    posted = github_read.read_review_comments(http, pull, int(answer.json()["id"]))
    return {
        fingerprint: int(comment["id"])
        for comment in posted
        if (fingerprint := marked_finding(comment["body"] or "")) is not None
    }
