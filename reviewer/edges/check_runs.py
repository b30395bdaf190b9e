"""The check run of a head: begun when the work begins, completed with the verdict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from reviewer.edges import github_read
from reviewer.edges.github_http import GitHubHttp
from reviewer.edges.own_checks import own_checks
from reviewer.intake.routes import REVIEW_FULL
from reviewer.publish import markdown
from reviewer.publish.fingerprint import check_marker, held_marker, is_held
from reviewer.publish.plan import Conclusion
from reviewer.refs import CommitSha, PullRef

ACTIONS = (
    {
        "label": "Review in full",
        "description": "Read the whole change again",
        "identifier": REVIEW_FULL,
    },
)
"""Buttons of the check run."""

_LONGEST_TITLE = 255


@dataclass(frozen=True, slots=True)
class Check:
    """What a check run says. `failed`: that there is no review."""

    conclusion: Conclusion
    title: str
    summary: str
    failed: bool = False
    annotations: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class CheckRuns:
    """Writes the check runs of one head."""

    http: GitHubHttp
    pull: PullRef
    head: CommitSha
    may_write: Callable[[], None]
    """Asked before each write; raises when another worker may be writing."""

    def begin(self, *, look_first: bool) -> int:
        """The id of a check run of this head that tells that the work goes on."""
        mark = check_marker(self.head, self.pull.number)
        if look_first:
            found = self._find(failed=False, running=True)
            if found is not None:
                return found
        return self._create_check({"external_id": mark, "status": "in_progress"})

    def keep_open(self, check_run_id: int, title: str, summary: str) -> None:
        """Say how far it is on a check run that was begun."""
        output = {"title": title[:_LONGEST_TITLE], "summary": summary}
        path = f"/repos/{self.pull.repo}/check-runs/{check_run_id}"
        self._write("PATCH", path, {"status": "in_progress", "output": output})

    def end(self, check_run_id: int, check: Check, *, look_first: bool = False) -> None:
        """Complete a check run that was begun; of one that is complete the words are replaced.

        GitHub adds annotations to those that are there, so a second try must look for them.
        """
        path = f"/repos/{self.pull.repo}/check-runs/{check_run_id}"
        if look_first and check.annotations:
            there = self.http.get(path).json()["output"].get("annotations_count")
            check = replace(check, annotations=() if there else check.annotations)
        mark = check_marker(self.head, self.pull.number, failed=check.failed)
        self._write("PATCH", path, {"external_id": mark, **_completed(check)})

    def post(self, check: Check, *, look_first: bool) -> int:
        """The id of the completed check run on this head."""
        mark = check_marker(self.head, self.pull.number, failed=check.failed)
        if look_first:
            found = self._find(failed=check.failed)
            if found is not None:
                # It may be of the first try, or of an earlier review of a head that came back.
                self.end(found, check, look_first=True)
                return found
        return self._create_check({"external_id": mark, **_completed(check)})

    def hold(self, check: Check, bot_login: str, before: int | None) -> int | None:
        """The id of the check run that says why this head is not reviewed.

        None where a verdict stands on the commit, which may be another pull request's head too: it
        must not be hidden. `before` is the one that a review which was let go has left.
        """
        mark = held_marker(self.head, self.pull.number)
        runs = own_checks(self.http, self.pull.repo, self.head, bot_login)
        standing = next((r for r in runs if r["external_id"] == mark or r["id"] == before), None)
        if any(run is not standing and not is_held(run["external_id"] or "") for run in runs):
            return None
        said = {"external_id": mark, **_completed(check), "actions": []}
        if standing is None:
            return self._create_check(said)
        self._write("PATCH", f"/repos/{self.pull.repo}/check-runs/{standing['id']}", said)
        return int(standing["id"])

    def _find(self, *, failed: bool, running: bool = False) -> int | None:
        marks = (
            check_marker(self.head, self.pull.number, failed=failed),
            check_marker(self.head, failed=failed),  # as former versions wrote it
        )
        return github_read.find_check_run(
            self.http, self.pull, self.head, markdown.CHECK_NAME, marks, running=running
        )

    def _create_check(self, about: dict[str, Any]) -> int:
        asked = {"name": markdown.CHECK_NAME, "head_sha": self.head, **about}
        return int(self._write("POST", f"/repos/{self.pull.repo}/check-runs", asked).json()["id"])

    def _write(self, verb: str, path: str, body: dict[str, Any]) -> Any:
        self.may_write()
        return self.http.write(verb, path, body)


def _completed(check: Check) -> dict[str, Any]:
    output: dict[str, Any] = {"title": check.title[:_LONGEST_TITLE], "summary": check.summary}
    if check.annotations:
        output["annotations"] = list(check.annotations)
    return {
        "status": "completed",
        "conclusion": check.conclusion.value,
        "output": output,
        "actions": list(ACTIONS),
    }
