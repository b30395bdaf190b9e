"""Posting one review with its inline comments: GitHub takes all of them, or none."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from reviewer.edges import github_read
from reviewer.edges.github_http import Answer, GitHubHttp
from reviewer.errors import Refused
from reviewer.publish import markdown
from reviewer.publish.fingerprint import read_review_mark
from reviewer.publish.placement import Inline
from reviewer.publish.plan import Entry, PublicationPlan
from reviewer.publish.said import in_summary
from reviewer.pull.diff import Side
from reviewer.refs import CommitSha, PullRef

UNPROCESSABLE = 422
log = logging.getLogger(__name__)


class Write(Protocol):
    """One write to GitHub, by somebody who may."""

    def __call__(
        self, verb: str, path: str, body: dict[str, Any], *, passing: tuple[int, ...] = ()
    ) -> Answer:
        """Statuses in `passing` are answers, not errors."""


@dataclass(frozen=True, slots=True)
class ReviewPosting:
    """Posts reviews of one head, and finds one that an earlier try posted."""

    http: GitHubHttp
    pull: PullRef
    head: CommitSha
    bot_login: str
    round: int
    write: Write

    def standing(self, plan: PublicationPlan, summary_id: int | None) -> int | None:
        """The review that says this plan; the summary bears the newest round's mark, whose it need
        not be, and a refresh posts a second review in its round."""
        for review in github_read.read_reviews(self.http, self.pull):
            ours = (review["user"] or {}).get("login") == self.bot_login
            mark = read_review_mark(review["body"] or "") if ours else None
            if mark is None or review["id"] == summary_id or review["state"] == "PENDING":
                continue
            same = mark.head == self.head and mark.round in (0, plan.round)
            if same and mark.says in ("", plan.says):
                return int(review["id"])
        return None

    def create(
        self, plan: PublicationPlan, opening: Callable[[PublicationPlan], str]
    ) -> tuple[int, PublicationPlan]:
        """The new review's id, and the plan as it could be said; `opening` is the body of a plan.

        Raises Refused where GitHub takes not even the words.
        """
        answer = self._try(opening(plan), _inline(plan))
        if answer is None and self._drop_drafts():
            answer = self._try(opening(plan), _inline(plan))
        if answer is None:
            # GitHub does not name the anchor that it refuses, so each is tried by bisection.
            refused = self._refused_anchors(_inline(plan))
            log.error("GitHub refused %d anchors on %s", len(refused), self.pull)
            plan = in_summary(plan, (entry.fingerprint for entry in refused))
            answer = self._try(opening(plan), _inline(plan))
        if answer is None:
            raise Refused(f"GitHub refuses the review of {self.pull} even without comments")
        return int(answer["id"]), plan

    def _drop_drafts(self) -> int:
        """Delete drafts of our own: one that a killed try left refuses every other review."""
        drafts = [
            review
            for review in github_read.read_reviews(self.http, self.pull)
            if review["state"] == "PENDING"
            and (review["user"] or {}).get("login") == self.bot_login
        ]
        for draft in drafts:
            self.write("DELETE", f"{self._path}/reviews/{draft['id']}", {})
        return len(drafts)

    def _try(
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
        answer = self.write("POST", f"{self._path}/reviews", request, passing=(UNPROCESSABLE,))
        return None if answer.status == UNPROCESSABLE else dict(answer.json())

    def _refused_anchors(self, inline: list[Entry]) -> list[Entry]:
        """Which entries GitHub does not take, by drafts that are deleted again."""
        if not inline:
            return []
        draft = self._try("anchor check", inline, event=None)
        if draft is not None:
            self.write("DELETE", f"{self._path}/reviews/{draft['id']}", {})
            return []
        if len(inline) == 1:
            return inline
        half = len(inline) // 2
        return self._refused_anchors(inline[:half]) + self._refused_anchors(inline[half:])

    @property
    def _path(self) -> str:
        return f"/repos/{self.pull.repo}/pulls/{self.pull.number}"

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


def _inline(plan: PublicationPlan) -> list[Entry]:
    return [entry for entry in plan.entries if isinstance(entry.placed.place, Inline)]
