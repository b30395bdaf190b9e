"""Answering a comment: reactions to it, and one reply to each of its commands.

Each reply carries a marker and is looked for before it is written.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from reviewer.edges.github_http import GitHubHttp
from reviewer.edges.github_read import pages
from reviewer.errors import Refused
from reviewer.intake.job import CommentJob
from reviewer.publish.command_words import is_answer

EYES, ROCKET, CONFUSED = "eyes", "rocket", "confused"
LOOK_BACK_SECONDS = 3 * 24 * 3600.0
"""For so long GitHub sends a delivery again when it is asked to."""
_NOT_FOUND = 404

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CommentWriter:
    """Writes about one comment, as the App's bot."""

    http: GitHubHttp
    job: CommentJob
    bot_login: str
    may_write: Callable[[], None]
    """Asked before each write; raises when another worker may be writing."""

    def react(self, content: str) -> int | None:
        """The id of our reaction; None where GitHub takes none (the comment was deleted).

        The same reaction twice is one.
        """
        try:
            self.may_write()
            answer = self.http.write("POST", self._reactions, {"content": content})
        except Refused as error:
            log.warning("no %s on a comment of %s: %s", content, self.job.pull, error)
            return None
        return int(answer.json()["id"])

    def take_back(self, reaction: int) -> None:
        """Remove a reaction of ours."""
        try:
            self.may_write()
            path = f"{self._reactions}/{reaction}"
            self.http.write("DELETE", path, {}, passing=(_NOT_FOUND,))
        except Refused as error:
            log.warning("a reaction stays on a comment of %s: %s", self.job.pull, error)

    def answer(self, use: str, body: str) -> int:
        """The id of the reply with the mark of this use: the one that stands, or a new one."""
        found = self._standing(use)
        if found is not None:
            return found
        self.may_write()
        return int(self.http.write("POST", self._replies, {"body": body}).json()["id"])

    def _standing(self, use: str) -> int | None:
        since = datetime.fromtimestamp(time.time() - LOOK_BACK_SECONDS, UTC)
        path = f"{self._listed}?since={since.strftime('%Y-%m-%dT%H:%M:%SZ')}"
        for comment in pages(self.http, path):
            ours = (comment["user"] or {}).get("login") == self.bot_login
            if ours and is_answer(comment["body"] or "", use):
                return int(comment["id"])
        return None

    @property
    def _reactions(self) -> str:
        kind = "pulls" if self.job.in_thread else "issues"
        return f"/repos/{self.job.repo}/{kind}/comments/{self.job.comment_id}/reactions"

    @property
    def _listed(self) -> str:
        kind = "pulls" if self.job.in_thread else "issues"
        return f"/repos/{self.job.repo}/{kind}/{self.job.number}/comments"

    @property
    def _replies(self) -> str:
        if not self.job.in_thread:
            return self._listed
        first = self.job.reply_to or self.job.comment_id
        return f"{self._listed}/{first}/replies"
