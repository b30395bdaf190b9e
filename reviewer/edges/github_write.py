"""Reviews, comments and threads on GitHub: one review a round, nothing twice.

Every write carries a marker. A first try writes; a second one (the step runs again after a crash
or an error) looks for what the first one left before it writes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from reviewer.edges import github_read
from reviewer.edges.github_http import Answer, GitHubHttp
from reviewer.edges.threads import Resolving
from reviewer.errors import Refused
from reviewer.ports import Publication
from reviewer.publish import markdown
from reviewer.publish.comment_status import said_again, with_places, with_status
from reviewer.publish.fingerprint import marked_finding, read_review_mark
from reviewer.publish.placement import Inline, OnFile
from reviewer.publish.plan import Entry, PublicationPlan
from reviewer.publish.rounds import ThreadChange
from reviewer.publish.status_line import Change
from reviewer.publish.summary import how_to_talk, later_body, review_body
from reviewer.pull.diff import Side
from reviewer.refs import CommitSha, PullRef

UNPROCESSABLE = 422
log = logging.getLogger(__name__)


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

    def say(self, publication: Publication, *, look_first: bool) -> tuple[int | None, int | None]:
        """The ids of this round's review and of the summary; None for what there is none of.

        The first review's body is the summary; every later round edits it, which mails nobody.
        """
        plan, summary_id = publication.plan, publication.summary_id
        review_id: int | None = None
        if plan.entries:
            if look_first:
                review_id = self._standing_review(plan.round, summary_id)
            if review_id is None:
                review_id = self._create_review(plan, self._opening(publication))
        summary_id = summary_id or review_id
        if summary_id is not None:
            self._write_summary(publication, review_id, summary_id)
        return review_id, summary_id

    def change_threads(self, changes: Iterable[ThreadChange], *, look_first: bool) -> None:
        """Tell in each comment what became of it, and resolve or open its thread.

        A thread that cannot be changed, for it was deleted or GitHub does not let us, is logged.
        """
        for change in changes:
            try:
                self._change_thread(change, look_first=look_first)
            except Refused as error:
                log.warning("a thread of %s is as it was: %s", self.pull, error)

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
        self, publication: Publication, review_id: int | None, summary_id: int
    ) -> None:
        """With links to the comments, now that they have ids.

        The comments stand without it, so a refusal is only noted.
        """
        try:
            links = self._links(review_id) if review_id is not None else {}
            links |= self._post_file_comments(publication.plan)
            if links or summary_id != review_id:
                body = self._summary(publication, links)
                self._write("PUT", f"{self._path}/reviews/{summary_id}", {"body": body})
        except Refused as error:
            log.warning("the summary of %s is as it was: %s", self.pull, error)

    def _links(self, review_id: int) -> dict[str, str]:
        comments = github_read.read_review_comments(self.http, self.pull, review_id)
        return {
            fingerprint: str(comment["html_url"])
            for comment in comments
            if (fingerprint := marked_finding(comment["body"] or "")) is not None
        }

    def _change_thread(self, change: ThreadChange, *, look_first: bool) -> None:
        path = f"/repos/{self.pull.repo}/pulls/comments/{change.comment_id}"
        body = str(self.http.get(path).json()["body"] or "")
        if change.change is Change.MOVED and not self._say_again(change, body, look_first):
            return
        if change.change is Change.PLACES:
            told = with_places(body, dict(change.places))
        else:
            told = with_status(body, change.change, change.words)
        if told != body:
            self._write("PATCH", path, {"body": told})
        if change.thread_id is not None and change.change is not Change.PLACES:
            self.may_write()
            self.resolving.turn(change.thread_id, resolved=change.change is not Change.BACK)

    def _say_again(self, change: ThreadChange, body: str, look_first: bool) -> bool:
        """Whether the comment stands on its new line."""
        fingerprint = marked_finding(body)
        if look_first and any(
            comment["id"] != change.comment_id
            and comment["line"] is not None
            and marked_finding(comment["body"] or "") == fingerprint
            for comment in github_read.read_comments(self.http, self.pull)
            if (comment["user"] or {}).get("login") == self.bot_login
        ):
            return True
        asked = {
            "commit_id": self.head,
            "path": change.path,
            "line": change.line,
            "side": Side(change.side).value,
            "body": said_again(body, self.head, self.round, change.quote_key, change.scope_key),
        }
        answer = self._write("POST", f"{self._path}/comments", asked, passing=(UNPROCESSABLE,))
        return answer.status != UNPROCESSABLE

    def _write(
        self, verb: str, path: str, body: dict[str, Any], *, passing: tuple[int, ...] = ()
    ) -> Answer:
        self.may_write()
        return self.http.write(verb, path, body, passing=passing)

    @property
    def _path(self) -> str:
        return f"/repos/{self.pull.repo}/pulls/{self.pull.number}"

    def _standing_review(self, round_number: int, summary_id: int | None) -> int | None:
        """This round's review; the summary bears the newest round's mark, whose it need not be."""
        for review in github_read.read_reviews(self.http, self.pull):
            ours = (review["user"] or {}).get("login") == self.bot_login
            mark = read_review_mark(review["body"] or "") if ours else None
            if mark is None or review["id"] == summary_id or review["state"] == "PENDING":
                continue
            if mark.head == self.head and mark.round in (0, round_number):
                return int(review["id"])
        return None

    def _create_review(self, plan: PublicationPlan, body: str) -> int:
        inline = [entry for entry in plan.entries if isinstance(entry.placed.place, Inline)]
        answer = self._try_review(body, inline)
        if answer is None and self._drop_drafts():
            answer = self._try_review(body, inline)
        if answer is None:
            # GitHub does not name the anchor that it refuses, so each is tried by bisection; the
            # finding of a refused one still stands in the body.
            refused = self._refused_anchors(inline)
            log.error("GitHub refused %d anchors on %s", len(refused), self.pull)
            answer = self._try_review(body, [entry for entry in inline if entry not in refused])
        if answer is None:
            raise Refused(f"GitHub refuses the review of {self.pull} even without comments")
        return int(answer["id"])

    def _drop_drafts(self) -> int:
        """Delete drafts of our own: one that a killed try left refuses every other review."""
        drafts = [
            review
            for review in github_read.read_reviews(self.http, self.pull)
            if review["state"] == "PENDING"
            and (review["user"] or {}).get("login") == self.bot_login
        ]
        for draft in drafts:
            self._write("DELETE", f"{self._path}/reviews/{draft['id']}", {})
        return len(drafts)

    def _try_review(
        self, body: str, inline: list[Entry], event: str | None = "COMMENT"
    ) -> dict[str, Any] | None:
        """Post; None when GitHub refuses the content. Without an event it stays a draft."""
        request: dict[str, Any] = {
            "commit_id": self.head,
            "body": body,
            "comments": [self._comment(entry) for entry in inline],
        }
        if event is not None:
            request["event"] = event
        answer = self._write("POST", f"{self._path}/reviews", request, passing=(UNPROCESSABLE,))
        return None if answer.status == UNPROCESSABLE else dict(answer.json())

    def _refused_anchors(self, inline: list[Entry]) -> list[Entry]:
        """Which entries GitHub does not take, by drafts that are deleted again."""
        if not inline:
            return []
        draft = self._try_review("anchor check", inline, event=None)
        if draft is not None:
            self._write("DELETE", f"{self._path}/reviews/{draft['id']}", {})
            return []
        if len(inline) == 1:
            return inline
        half = len(inline) // 2
        return self._refused_anchors(inline[:half]) + self._refused_anchors(inline[half:])

    def _post_file_comments(self, plan: PublicationPlan) -> dict[str, str]:
        entries = [entry for entry in plan.entries if isinstance(entry.placed.place, OnFile)]
        if not entries:
            return {}
        links = {
            fingerprint: str(comment["html_url"])
            for comment in github_read.read_comments(self.http, self.pull)
            if (comment["user"] or {}).get("login") == self.bot_login
            and (fingerprint := marked_finding(comment["body"] or "")) is not None
        }
        for entry in entries:
            if entry.fingerprint not in links:
                posted = self._write(
                    "POST",
                    f"{self._path}/comments",
                    {
                        "commit_id": self.head,
                        "path": entry.placed.finding.path,
                        "subject_type": "file",
                        "body": markdown.comment_body(entry, self.head, self.round),
                    },
                ).json()
                links[entry.fingerprint] = str(posted["html_url"])
        wanted = {entry.fingerprint for entry in entries}
        return {fingerprint: url for fingerprint, url in links.items() if fingerprint in wanted}

    def _comment(self, entry: Entry) -> dict[str, Any]:
        place = entry.placed.place
        if not isinstance(place, Inline):
            raise TypeError(f"{place} has no line")
        comment: dict[str, Any] = {
            "path": place.path,
            "line": place.line,
            "side": Side(place.side).value,
            "body": markdown.comment_body(entry, self.head, self.round),
        }
        if place.start_line is not None:
            comment |= {"start_line": place.start_line, "start_side": Side(place.side).value}
        return comment
