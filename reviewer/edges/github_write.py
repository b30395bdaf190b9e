"""Reviews, comments and threads on GitHub: one review a round, nothing twice.

Every write carries a marker. A first try writes; a second one (the step runs again after a crash
or an error) looks for what the first one left before it writes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from reviewer.edges import github_read
from reviewer.edges.github_http import Answer, GitHubHttp
from reviewer.edges.review_posting import ReviewPosting
from reviewer.edges.thread_changes import ThreadChanges
from reviewer.edges.threads import Resolving
from reviewer.errors import Refused
from reviewer.ports import Publication
from reviewer.publish import markdown
from reviewer.publish.fingerprint import marked_finding
from reviewer.publish.placement import Inline, OnFile
from reviewer.publish.plan import Entry, PublicationPlan
from reviewer.publish.rounds import ThreadChange
from reviewer.publish.said import in_summary
from reviewer.publish.summary import how_to_talk, later_body, review_body
from reviewer.refs import CommitSha, PullRef

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Posted:
    """A comment of ours that stands on GitHub."""

    id: int
    url: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """What stands on GitHub when a round has spoken."""

    review_id: int | None
    summary_id: int | None
    """The review whose body is the summary; None where there is none."""
    plan: PublicationPlan
    """As it was said: what GitHub took no comment for stands in the summary."""
    comments: dict[str, int]
    """By fingerprint the new comments that were seen there."""


@dataclass(frozen=True, slots=True)
class GitHubWriter:
    """Writes about one head of one pull request, as the App's bot."""

    http: GitHubHttp
    pull: PullRef
    head: CommitSha
    bot_login: str
    round: int
    resolving: Resolving
    may_write: Callable[[], None]
    """Asked before each write; raises when another worker may be writing."""

    def say(self, publication: Publication, *, look_first: bool) -> Spoken:
        """Say what is new, and tell all of it in the summary.

        The first review's body is the summary; every later round edits it, which mails nobody.
        """
        asked, summary_id = publication.plan, publication.summary_id
        plan, review_id, posting = asked, None, self._posting
        if asked.entries:
            review_id = posting.standing(asked, summary_id) if look_first else None
            found = review_id is not None
            if review_id is None:
                review_id, plan = posting.create(
                    asked, lambda said: self._opening(replace(publication, plan=said))
                )
            inline = self._inline_comments(review_id)
            if found and inline is not None:
                # The try that posted it knew what GitHub refused; what it took is there.
                plan = in_summary(plan, (f for f in _fingerprints(plan, Inline) if f not in inline))
            filed = self._post_file_comments(plan)
            plan = in_summary(plan, (f for f in _fingerprints(plan, OnFile) if f not in filed))
            comments = (inline or {}) | filed
        else:
            comments = {}
        summary_id = summary_id or review_id
        if summary_id is not None and (comments or plan != asked or summary_id != review_id):
            self._write_summary(replace(publication, plan=plan), comments, summary_id)
        ids = {fingerprint: comment.id for fingerprint, comment in comments.items()}
        return Spoken(review_id, summary_id, plan, ids)

    def change_threads(
        self, changes: Iterable[ThreadChange], *, look_first: bool
    ) -> dict[int, int]:
        """Tell in each comment what became of it, and resolve or open its thread; by the ids of
        comments that were made again the ids of the new ones."""
        where = self.http, self.pull, self.head, self.bot_login, self.round
        told = ThreadChanges(*where, self.resolving, self.may_write, self._write)
        return told.make(changes, look_first=look_first)

    def link_moved(
        self, publication: Publication, spoken: Spoken, moved: Mapping[int, int]
    ) -> None:
        """Let the summary lead to the comments that were made again, not to those they replace."""
        if not moved or spoken.summary_id is None:
            return
        page = publication.snapshot.url
        plan = replace(
            spoken.plan,
            open=tuple(
                replace(one, comment_id=moved.get(one.comment_id or 0, one.comment_id))
                for one in spoken.plan.open
            ),
        )
        there = {
            fingerprint: Posted(comment, f"{page}#discussion_r{comment}")
            for fingerprint, comment in spoken.comments.items()
        }
        self._write_summary(replace(publication, plan=plan), there, spoken.summary_id)

    def _opening(self, publication: Publication) -> str:
        plan, summary_id = publication.plan, publication.summary_id
        if summary_id is None:
            return self._summary(publication, {})
        page = publication.snapshot.url
        return later_body(plan, self.head, f"{page}#pullrequestreview-{summary_id}")

    def _summary(self, publication: Publication, links: dict[str, str]) -> str:
        talk = how_to_talk(publication.prefix)
        return review_body(
            publication.plan, self.head, links, page=publication.snapshot.url, talk=talk
        )

    def _write_summary(
        self, publication: Publication, comments: Mapping[str, Posted], summary_id: int
    ) -> None:
        """With links to the comments, now that they have ids.

        The comments stand without it, so a refusal is only noted.
        """
        links = {fingerprint: comment.url for fingerprint, comment in comments.items()}
        body = self._summary(publication, links)
        try:
            self._write("PUT", f"{self._path}/reviews/{summary_id}", {"body": body})
        except Refused as error:
            log.warning("the summary of %s is as it was: %s", self.pull, error)

    def _inline_comments(self, review_id: int) -> dict[str, Posted] | None:
        """By fingerprint the comments of a review; None where GitHub does not tell."""
        try:
            found = github_read.read_review_comments(self.http, self.pull, review_id)
        except Refused as error:
            log.warning("the comments of a review of %s are not known: %s", self.pull, error)
            return None
        return _by_fingerprint(found)

    def _post_file_comments(self, plan: PublicationPlan) -> dict[str, Posted]:
        """By fingerprint the comments on files, those that GitHub takes."""
        entries = [entry for entry in plan.entries if isinstance(entry.placed.place, OnFile)]
        there = self._own_comments() if entries else {}
        filed: dict[str, Posted] = {}
        for entry in entries:
            known = there.get(entry.fingerprint)
            try:
                filed[entry.fingerprint] = known or self._post_on_file(entry)
            except Refused as error:
                log.warning("a file of %s takes no comment: %s", self.pull, error)
        return filed

    def _post_on_file(self, entry: Entry) -> Posted:
        asked = {
            "commit_id": self.head,
            "path": entry.placed.finding.path,
            "subject_type": "file",
            "body": markdown.comment_body(entry, self.head, self.round),
        }
        posted = self._write("POST", f"{self._path}/comments", asked).json()
        return Posted(int(posted["id"]), str(posted["html_url"]))

    def _own_comments(self) -> dict[str, Posted]:
        found = github_read.read_comments(self.http, self.pull)
        ours = (c for c in found if (c["user"] or {}).get("login") == self.bot_login)
        return _by_fingerprint(ours)

    def _write(
        self, verb: str, path: str, body: dict[str, Any], *, passing: tuple[int, ...] = ()
    ) -> Answer:
        self.may_write()
        return self.http.write(verb, path, body, passing=passing)

    @property
    def _posting(self) -> ReviewPosting:
        where = self.http, self.pull, self.head, self.bot_login, self.round
        return ReviewPosting(*where, self._write)

    @property
    def _path(self) -> str:
        return f"/repos/{self.pull.repo}/pulls/{self.pull.number}"


def _by_fingerprint(comments: Iterable[dict[str, Any]]) -> dict[str, Posted]:
    return {
        fingerprint: Posted(int(comment["id"]), str(comment["html_url"]))
        for comment in comments
        if (fingerprint := marked_finding(comment["body"] or "")) is not None
    }


def _fingerprints(plan: PublicationPlan, kind: type[Inline | OnFile]) -> list[str]:
    return [e.fingerprint for e in plan.entries if isinstance(e.placed.place, kind)]
