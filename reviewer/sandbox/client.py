"""The client of the stand-in for GitHub: for the demo, the command line and the tests."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

from reviewer.sandbox.app_key import AppKey

__all__ = ["PERMISSIONS", "AppKey", "Sandbox", "SandboxRefused"]

PERMISSIONS = {
    "checks": "write",
    "contents": "read",
    "issues": "write",
    "metadata": "read",
    "pull_requests": "write",
}
"""What an App is registered with when the caller says nothing else. It is more than the reviewer's
App asks for: that is `reviewer.edges.github_app.TOKEN_PERMISSIONS`."""

_SECONDS = 60


class SandboxRefused(Exception):
    """The stand-in said no; `message` has its reason in words."""

    def __init__(self, status: int, body: str) -> None:
        self.status = status
        self.message = _in_words(body)
        super().__init__(f"the stand-in for GitHub answered {status}: {self.message}")


class Sandbox:
    """Talks to the stand-in at `url`. Every method raises SandboxRefused when it says no."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    @property
    def api_url(self) -> str:
        """The REST API's address, as the reviewer's configuration wants it."""
        return f"{self.url}/api/v3"

    def call(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        actor: str | None = None,
    ) -> Any:
        """Send one request and return the JSON of the answer; `actor` is the person who acts."""
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.url}{path}", data, method=method)  # noqa: S310 - always http
        request.add_header("Content-Type", "application/json")
        if actor:
            request.add_header("X-Sandbox-Actor", actor)
        try:
            with urlopen(request, timeout=_SECONDS) as response:  # noqa: S310
                raw = response.read()
        except HTTPError as error:
            raise SandboxRefused(error.code, error.read().decode("utf-8", "replace")) from error
        return json.loads(raw) if raw else None

    def _control(self, path: str, /, **body: Any) -> Any:
        return self.call("POST", f"/_sandbox{path}", body)

    # what there is

    def import_repo(self, source: Path, full_name: str) -> str:
        """Copy a local git repository in as `owner/name`; returns its default branch."""
        body = self._control("/repositories", source=str(source), full_name=full_name)
        return str(body["default_branch"])

    def fork(self, repo: str, owner: str) -> None:
        """Copy a repository to another account."""
        self._control(f"/repositories/{repo}/fork", owner=owner)

    def register_app(
        self,
        public_key: str,
        *,
        webhook_url: str = "",
        webhook_secret: str = "",
        slug: str = "trading-reviewer",
        permissions: dict[str, str] | None = None,
        events: list[str] | None = None,
    ) -> int:
        """Register an App and return its id; without `events` it subscribes to all."""
        body: dict[str, Any] = {
            "public_key": public_key,
            "webhook_url": webhook_url,
            "webhook_secret": webhook_secret,
            "slug": slug,
            "permissions": permissions or PERMISSIONS,
        }
        if events is not None:
            body["events"] = events
        return int(self._control("/apps", **body)["id"])

    def apps_on(self, repo: str) -> list[str]:
        """The names of the Apps that are installed on a repository."""
        return list(self.call("GET", f"/_sandbox/repositories/{repo}/apps"))

    def set_webhook(self, app_id: int, url: str) -> None:
        """Change where the App's deliveries go."""
        self.call("PATCH", f"/_sandbox/apps/{app_id}", {"webhook_url": url})

    def install(
        self,
        app_id: int,
        account: str,
        repositories: list[str] | None = None,
        permissions: dict[str, str] | None = None,
    ) -> int:
        """Install an App on an account, for the repositories named or all; returns the id."""
        body = self._control(
            "/installations",
            app_id=app_id,
            account=account,
            repositories=repositories,
            permissions=permissions,
        )
        return int(body["id"])

    def ping(self, app_id: int) -> None:
        """Send the App a ping."""
        self._control(f"/apps/{app_id}/ping")

    def expire_tokens(self) -> None:
        """Let every installation token given out so far expire."""
        self._control("/tokens/expire")

    def set_role(self, repo: str, login: str, role: str, **more: str) -> None:
        """Give a person a role: none, read, triage, write, maintain, admin.

        `more`: name (of a role of one's own, with that level), association, kind (User, Bot).
        """
        self._control(f"/repositories/{repo}/roles", login=login, role=role, **more)

    # what people do

    def open_pull(
        self,
        repo: str,
        base_sha: str,
        head_sha: str,
        title: str,
        body: str | None = None,
        *,
        source: Path | None = None,
        **more: Any,
    ) -> int:
        """Open a pull request from two commits and return its number.

        `source` is the local repository to take them from. `more`: user, draft, base_ref, head_ref,
        head_owner (of a fork).
        """
        opened = self._control(
            f"/repositories/{repo}/pulls",
            base_sha=base_sha,
            head_sha=head_sha,
            title=title,
            body=body,
            source=str(source) if source else None,
            **more,
        )
        return int(opened["number"])

    def push(
        self, repo: str, number: int, sha: str, *, source: Path | None = None, **more: str
    ) -> None:
        """Push a commit to a pull request's branch, forced or not. `more`: user."""
        where = str(source) if source else None
        self._control(f"/repositories/{repo}/pulls/{number}/push", sha=sha, source=where, **more)

    def set_branch(self, repo: str, name: str, sha: str, *, source: Path | None = None) -> None:
        """Let a branch point at a commit."""
        where = str(source) if source else None
        self._control(f"/repositories/{repo}/branches", name=name, sha=sha, source=where)

    def set_draft(self, repo: str, number: int, *, draft: bool) -> None:
        """Make a pull request a draft, or ready for review."""
        self._control(f"/repositories/{repo}/pulls/{number}/draft", draft=draft)

    def comment(self, repo: str, number: int, body: str, *, actor: str) -> dict[str, Any]:
        """Comment in the conversation as a person, who needs a role in the repository."""
        path = f"/repos/{repo}/issues/{number}/comments"
        return dict(self.call("POST", path, {"body": body}, actor=actor))

    def set_state(self, repo: str, number: int, state: str, *, actor: str) -> None:
        """Close or reopen a pull request as a person: `closed`, `open`."""
        self.call("PATCH", f"/repos/{repo}/pulls/{number}", {"state": state}, actor=actor)

    # what is to be seen

    def pull(self, repo: str, number: int) -> dict[str, Any]:
        """The pull request."""
        return dict(self.call("GET", f"/repos/{repo}/pulls/{number}", actor=_owner(repo)))

    def reviews(self, repo: str, number: int) -> list[dict[str, Any]]:
        """The reviews that were submitted, oldest first."""
        return self._all(repo, f"/repos/{repo}/pulls/{number}/reviews")

    def comments(self, repo: str, number: int) -> list[dict[str, Any]]:
        """The comments on the diff, oldest first."""
        return self._all(repo, f"/repos/{repo}/pulls/{number}/comments")

    def issue_comments(self, repo: str, number: int) -> list[dict[str, Any]]:
        """The comments of the conversation, oldest first."""
        return self._all(repo, f"/repos/{repo}/issues/{number}/comments")

    def check_runs(self, repo: str, ref: str) -> list[dict[str, Any]]:
        """The newest check run of each name on a commit."""
        path = f"/repos/{repo}/commits/{quote(ref)}/check-runs"
        return self._all(repo, path, "check_runs")

    def annotations(self, repo: str, run_id: int) -> list[dict[str, Any]]:
        """The annotations of a check run."""
        return self._all(repo, f"/repos/{repo}/check-runs/{run_id}/annotations")

    def _all(self, repo: str, path: str, member: str | None = None) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        page = 1
        while True:
            body = self.call("GET", f"{path}?per_page=100&page={page}", actor=_owner(repo))
            items = body[member] if member else body
            found += items
            if len(items) < 100:
                return found
            page += 1

    def requests(self, kind: str | None = None) -> list[dict[str, Any]]:
        """The requests so far; `api` and `git` are the App's, `person` and `page` are not."""
        listed: list[dict[str, Any]] = self.call("GET", "/_sandbox/requests")
        return [entry for entry in listed if kind in (None, entry["kind"])]

    def forget_requests(self) -> None:
        """Begin the log of requests anew."""
        self.call("DELETE", "/_sandbox/requests")

    def deliveries(self, event: str | None = None) -> list[dict[str, Any]]:
        """Every attempt at a delivery, oldest first; `status_code` 0 is still under way."""
        listed: list[dict[str, Any]] = self.call("GET", "/_sandbox/deliveries")
        return [delivery for delivery in listed if event in (None, delivery["event"])]

    def delivered(self, seconds: float = 15.0) -> list[dict[str, Any]]:
        """Wait until no delivery is under way and return all. Raises TimeoutError."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = self.deliveries()
            if all(delivery["status_code"] for delivery in found):
                return found
            time.sleep(0.02)
        raise TimeoutError(f"deliveries are still under way after {seconds} s")

    def redeliver(self, delivery_id: int) -> None:
        """Send a delivery again, under the same GUID."""
        self._control(f"/deliveries/{delivery_id}/redeliver")

    # what goes wrong

    def fault(self, kind: str, *, method: str = "", path: str = "", **more: Any) -> None:
        """Let the next requests of this method whose path matches the pattern go wrong.

        `kind`: status, applied, hang, reset, headers; for webhooks drop, duplicate (`path`: event).
        `more`: count (default 1), status (502), seconds, headers, message, body.
        """
        self._control("/faults", kind=kind, method=method, path=path, **more)

    def reset(self) -> None:
        """Forget everything, as if the stand-in had just been started."""
        self._control("/reset")

    def clear_faults(self) -> None:
        """Let all go well again."""
        self.call("DELETE", "/_sandbox/faults")

    def limits(self, *, per_hour: int = 5000, content_per_minute: int | None = None) -> None:
        """Set the requests an hour, and the writes a minute (None: no such limit)."""
        self._control("/limits", per_hour=per_hour, content_per_minute=content_per_minute)


def _in_words(body: str) -> str:
    try:
        told = json.loads(body)
        errors = [e["message"] if isinstance(e, dict) else e for e in told.get("errors", ())]
        return ": ".join([told["message"], *errors])
    except (ValueError, KeyError, TypeError, AttributeError):
        return body[:500]


def _owner(repo: str) -> str:
    return repo.partition("/")[0]
