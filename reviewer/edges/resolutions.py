"""Whether those who resolved our threads may let a finding go: asked of GitHub, as for commands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from reviewer.edges.github_http import GitHubHttp
from reviewer.edges.roles import role_of
from reviewer.edges.threads import OwnThreads
from reviewer.finding import Severity
from reviewer.intake.commands import Permission
from reviewer.policy.policy import Policy
from reviewer.publish.fingerprint import read_mark
from reviewer.publish.standing import NotSettled, OwnComment, Thread
from reviewer.refs import PullRef

MOST_ASKED = 30
"""People who are asked about in one round; of those beyond it nothing is known, as of strangers."""


def weighed(
    http: GitHubHttp, pull: PullRef, policy: Policy, mine: OwnThreads, threads: Mapping[str, Thread]
) -> dict[str, Thread]:
    """The threads, with the reason where a person's resolution does not let the finding go."""
    people = _People(http, pull, Permission(policy.commands.who.dismiss))
    told = dict(threads)
    for comment in mine.comments:
        thread = told.get(comment.thread_id or "")
        if thread is None or not thread.resolved or thread.resolved_by_us or thread.dismissed:
            continue
        if not people.may_dismiss(thread):
            told[thread.thread_id] = replace(thread, not_settled=NotSettled.ROLE)
        elif _takes_two(comment, policy):
            told[thread.thread_id] = replace(thread, not_settled=NotSettled.SECOND_PERSON)
    return told


def _takes_two(comment: OwnComment, policy: Policy) -> bool:
    mark = read_mark(comment.body)
    severity = mark.severity if mark is not None else None
    critical = severity in (None, Severity.CRITICAL)
    return critical and policy.needs_second_person(comment.path)


class _People:
    """Each person is asked about once a round."""

    def __init__(self, http: GitHubHttp, pull: PullRef, least: Permission) -> None:
        self._http = http
        self._pull = pull
        self._least = least
        self._known: dict[str, bool] = {}

    def may_dismiss(self, thread: Thread) -> bool:
        login = thread.resolved_by
        if login and login not in self._known and len(self._known) < MOST_ASKED:
            role = role_of(self._http, self._pull.repo, login, thread.resolved_by_id)
            self._known[login] = role is not None and role.allows(self._least)
        return self._known.get(login, False)
