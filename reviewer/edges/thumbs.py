"""Thumbs down under a comment of ours: a dismissal without words, where its giver may dismiss."""

from __future__ import annotations

from collections.abc import Callable

from reviewer.edges.dismissals import BY_REACTION, Dismissals, LetGo
from reviewer.edges.github_http import GitHubHttp
from reviewer.edges.github_read import pages
from reviewer.edges.our_comments import read_our_comment
from reviewer.edges.roles import role_of
from reviewer.edges.threads import OwnThreads
from reviewer.finding import Category, Severity
from reviewer.intake.commands import Permission
from reviewer.policy.policy import Policy
from reviewer.publish.fingerprint import read_mark
from reviewer.publish.thread_words import OurComment
from reviewer.refs import PullRef

MOST_ASKED = 10
"""Comments, and people of each, that are asked about in one round."""


def take_thumbs(
    http: GitHubHttp,
    pull: PullRef,
    bot_login: str,
    policy: Policy,
    dismissals: Dismissals,
    mine: OwnThreads,
    digest_of: Callable[[OurComment], str],
) -> int:
    """Write down the thumbs that are new under our comments, each by the first who may dismiss;
    how many there are.

    A critical finding that takes two people is let go by words alone.
    """
    least = Permission(policy.commands.who.dismiss)
    taken = 0
    for comment_id in sorted(_fresh(pull, dismissals, mine))[:MOST_ASKED]:
        about = read_our_comment(http, pull.repo, comment_id, bot_login)
        if about is None:
            continue
        critical = about.mark.severity in (None, Severity.CRITICAL)
        if critical and policy.needs_second_person(about.path):
            continue
        path = f"/repos/{pull.repo}/pulls/comments/{comment_id}/reactions?content=-1"
        for reaction in pages(http, path)[:MOST_ASKED]:
            person = reaction["user"] or {}
            login = str(person.get("login", ""))
            if not login or person.get("type") == "Bot":
                continue
            role = role_of(http, pull.repo, login, int(person["id"]))
            if role is None or not role.allows(least):
                continue
            dismissals.add(_let_go(pull, about, login, digest_of(about)))
            taken += 1
            break
    return taken


def _fresh(pull: PullRef, dismissals: Dismissals, mine: OwnThreads) -> set[int]:
    """The comments with a thumb down whose findings nobody let go before."""
    if not mine.disliked:
        return set()
    known = dismissals.known_on(pull)
    marks = {
        c.comment_id: read_mark(c.body) for c in mine.comments if c.comment_id in mine.disliked
    }
    return {at for at, mark in marks.items() if mark is not None and mark.fingerprint not in known}


def _let_go(pull: PullRef, about: OurComment, login: str, digest: str) -> LetGo:
    return LetGo(
        pull=pull,
        fingerprint=about.mark.fingerprint,
        path=about.path,
        scope_key=about.mark.scope_key,
        category=about.mark.category or Category.OTHER,
        severity=about.mark.severity or Severity.CRITICAL,
        item_digest=digest,
        how=BY_REACTION,
        person=login,
        title=about.title,
        reason="a thumb down",
    )
