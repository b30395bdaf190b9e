"""What becomes of comments that are said: told in each of them, and its thread resolved or opened.

A thread that cannot be changed, for it was deleted or GitHub does not let us, is logged.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from reviewer.edges import github_read
from reviewer.edges.github_http import GitHubHttp
from reviewer.edges.review_posting import UNPROCESSABLE, Write
from reviewer.edges.said_together import say_together
from reviewer.edges.threads import Resolving
from reviewer.errors import Refused, ReviewerError
from reviewer.looks import log_missed
from reviewer.publish.comment_status import said_again, with_places, with_status
from reviewer.publish.fingerprint import marked_finding
from reviewer.publish.rounds import ThreadChange
from reviewer.publish.status_line import Change
from reviewer.pull.diff import Side
from reviewer.refs import CommitSha, PullRef

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ThreadChanges:
    """Changes the threads of one pull request, as the App's bot."""

    http: GitHubHttp
    pull: PullRef
    head: CommitSha
    bot_login: str
    round: int
    resolving: Resolving
    may_write: Callable[[], None]
    """Asked before a thread is turned; raises when another worker may be writing."""
    write: Write
    """Asks the same by itself."""

    def make(self, changes: Iterable[ThreadChange], *, look_first: bool) -> dict[int, int]:
        """Tell in each comment what became of it, and resolve or open its thread; by the ids of
        comments that were made again the ids of the new ones."""
        changes = tuple(changes)
        # A second try looks for each of them, however the first one said it.
        said = {} if look_first else self._said_together(changes)
        together, look_first = said or {}, look_first or said is None
        moved: dict[int, int] = {}
        for change in changes:
            try:
                again = self._change(change, together, look_first=look_first)
            except Refused as error:
                log.warning("a thread of %s is as it was: %s", self.pull, error)
            except ReviewerError:
                raise
            except Exception as error:  # noqa: BLE001 - logged; one comment stops no other
                log_missed(f"the thread of comment {change.comment_id}", change.path, error)
            else:
                if again is not None:
                    moved[change.comment_id] = again
        return moved

    def _said_together(self, changes: Iterable[ThreadChange]) -> dict[str, int] | None:
        """By fingerprint the comments that were made again in one review; empty for a single one,
        None where GitHub does not tell whether it has them."""
        moves = [change for change in changes if change.change is Change.MOVED]
        if len(moves) < 2:
            return {}
        try:
            asked = [self._again(change, self._body(change)) for change in moves]
            return say_together(self.http, self.write, self.pull, self.head, asked)
        except Refused as error:
            log.warning("what moved on %s is said one by one: %s", self.pull, error)
            return None

    def _body(self, change: ThreadChange) -> str:
        path = f"/repos/{self.pull.repo}/pulls/comments/{change.comment_id}"
        return str(self.http.get(path).json()["body"] or "")

    def _again(self, change: ThreadChange, body: str) -> dict[str, Any]:
        return {
            "path": change.path,
            "line": change.line,
            "side": Side(change.side).value,
            "body": said_again(body, self.head, self.round, change.quote_key, change.scope_key),
        }

    def _change(
        self, change: ThreadChange, together: Mapping[str, int], *, look_first: bool
    ) -> int | None:
        """The comment that took the place of this one, where one did."""
        path = f"/repos/{self.pull.repo}/pulls/comments/{change.comment_id}"
        body = self._body(change)
        again: int | None = None
        if change.change is Change.MOVED:
            again = together.get(marked_finding(body) or "")
            again = again or self._say_again(change, body, look_first)
            if again is None:
                return None
        if change.change is Change.PLACES:
            told = with_places(body, dict(change.places))
        else:
            told = with_status(body, change.change, change.words)
        if told != body:
            self.write("PATCH", path, {"body": told})
        if change.thread_id is not None and change.change is not Change.PLACES:
            self.may_write()
            self.resolving.turn(change.thread_id, resolved=change.change is not Change.BACK)
        return again

    def _say_again(self, change: ThreadChange, body: str, look_first: bool) -> int | None:
        """The comment on its new line; None where GitHub takes none."""
        fingerprint = marked_finding(body)
        for comment in github_read.read_comments(self.http, self.pull) if look_first else ():
            if (
                comment["id"] != change.comment_id
                and comment["line"] is not None
                and marked_finding(comment["body"] or "") == fingerprint
                and (comment["user"] or {}).get("login") == self.bot_login
            ):
                return int(comment["id"])
        asked = {"commit_id": self.head, **self._again(change, body)}
        path = f"/repos/{self.pull.repo}/pulls/{self.pull.number}/comments"
        answer = self.write("POST", path, asked, passing=(UNPROCESSABLE,))
        return None if answer.status == UNPROCESSABLE else int(answer.json()["id"])
