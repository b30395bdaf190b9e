"""The only code that writes to GitHub: one review a head, its check run, nothing twice.

Every write carries a marker. A first try writes; a second one (the step runs again after a crash
or an error) looks for what the first one left before it writes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from reviewer.edges import github_read
from reviewer.edges.github_http import Answer, GitHubHttp
from reviewer.errors import Refused
from reviewer.publish import markdown
from reviewer.publish.fingerprint import check_marker, marked_finding, marked_review
from reviewer.publish.placement import Inline, OnFile
from reviewer.publish.plan import Conclusion, Entry, PublicationPlan
from reviewer.pull.diff import Side
from reviewer.refs import CommitSha, PullRef

UNPROCESSABLE = 422

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Check:
    """What a check run says. `failed`: that there is no review."""

    conclusion: Conclusion
    title: str
    summary: str
    failed: bool = False


@dataclass(frozen=True, slots=True)
class GitHubWriter:
    """Writes about one head of one pull request, as the App's bot."""

    http: GitHubHttp
    pull: PullRef
    head: CommitSha
    bot_login: str
    may_write: Callable[[], None]
    """Asked before each write; raises when another worker may be writing."""

    def post_review(self, plan: PublicationPlan) -> int:
        """The id of the review for this head: the one that stands, else a new one."""
        review_id = self._standing_review()
        return self._create_review(plan) if review_id is None else review_id

    def link_comments(self, plan: PublicationPlan, review_id: int) -> None:
        """Write the review's body again with links to its comments, now that they have ids.

        The review stands without them, so a refusal is only noted.
        """
        try:
            comments = github_read.read_review_comments(self.http, self.pull, review_id)
            links = {
                fingerprint: str(comment["html_url"])
                for comment in comments
                if (fingerprint := marked_finding(comment["body"] or "")) is not None
            }
            links |= self._post_file_comments(plan)
            if links:
                body = markdown.review_body(plan, self.head, links)
                self._write("PUT", f"{self._path}/reviews/{review_id}", {"body": body})
        except Refused as error:
            log.warning("the review of %s has no links to its comments: %s", self.pull, error)

    def post_check(self, check: Check, *, look_first: bool) -> int:
        """The id of the completed check run on this head."""
        name = markdown.CHECK_NAME
        mark = check_marker(self.head, self.pull.number, failed=check.failed)
        if look_first:
            marks = (mark, check_marker(self.head, failed=check.failed))
            found = github_read.find_check_run(self.http, self.pull, self.head, name, marks)
            if found is not None:
                return found
        created = self._write(
            "POST",
            f"/repos/{self.pull.repo}/check-runs",
            {
                "name": name,
                "head_sha": self.head,
                "external_id": mark,
                "status": "completed",
                "conclusion": check.conclusion.value,
                "output": {"title": check.title[:255], "summary": check.summary},
            },
        )
        return int(created.json()["id"])

    def _write(
        self, verb: str, path: str, body: dict[str, Any], *, passing: tuple[int, ...] = ()
    ) -> Answer:
        self.may_write()
        return self.http.write(verb, path, body, passing=passing)

    @property
    def _path(self) -> str:
        return f"/repos/{self.pull.repo}/pulls/{self.pull.number}"

    def _standing_review(self) -> int | None:
        for review in github_read.read_reviews(self.http, self.pull):
            ours = (review["user"] or {}).get("login") == self.bot_login
            if ours and marked_review(review["body"] or "") == self.head:
                return int(review["id"])
        return None

    def _create_review(self, plan: PublicationPlan) -> int:
        inline = [entry for entry in plan.entries if isinstance(entry.placed.place, Inline)]
        body = markdown.review_body(plan, self.head)
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
            "comments": [_comment(entry) for entry in inline],
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
                        "body": markdown.comment_body(entry),
                    },
                ).json()
                links[entry.fingerprint] = str(posted["html_url"])
        wanted = {entry.fingerprint for entry in entries}
        return {fingerprint: url for fingerprint, url in links.items() if fingerprint in wanted}


def _comment(entry: Entry) -> dict[str, Any]:
    place = entry.placed.place
    if not isinstance(place, Inline):
        raise TypeError(f"{place} has no line")
    comment: dict[str, Any] = {
        "path": place.path,
        "line": place.line,
        "side": Side(place.side).value,
        "body": markdown.comment_body(entry),
    }
    if place.start_line is not None:
        comment |= {"start_line": place.start_line, "start_side": Side(place.side).value}
    return comment
