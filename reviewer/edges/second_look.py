"""Earlier findings for a second look, in the words of our own comments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reviewer.agent.earlier import Earlier
from reviewer.edges.github_http import GitHubHttp
from reviewer.edges.our_comments import read_our_comment
from reviewer.publish.standing import Standing
from reviewer.refs import CommitSha, PullRef

MOST_READ = 20
"""Comments that are read for one push; the second look takes no more."""


def read_earlier(
    http: GitHubHttp,
    pull: PullRef,
    bot_login: str,
    gone: Iterable[tuple[Standing, str]],
    head: CommitSha,
) -> Sequence[Earlier]:
    """The findings with their paths now; one whose comment was deleted is left out."""
    found = []
    worst = sorted(gone, key=lambda pair: pair[0].severity.rank if pair[0].severity else 9)
    for standing, path in worst[:MOST_READ]:
        if standing.comment_id is None:
            continue
        comment = read_our_comment(http, pull.repo, standing.comment_id, bot_login)
        if comment is None:
            continue
        found.append(
            Earlier(
                fingerprint=standing.fingerprint,
                path=path,
                line=standing.original_line or standing.line or 1,
                head_sha=standing.head_sha or head,
                title=comment.title,
                scenario=comment.scenario,
                severity=standing.severity,
                category=standing.category,
                quote=comment.last_shown,
            )
        )
    return found
