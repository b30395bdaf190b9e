"""The App's identity on GitHub: its JWT, and installation tokens limited to one repository."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from github import Auth

from reviewer.config import Config
from reviewer.edges.github_http import UNAUTHORIZED, GitHubHttp
from reviewer.errors import Misconfigured, Refused, Transient
from reviewer.refs import InstallationId, RepoName

TOKEN_PERMISSIONS = {
    "checks": "write",
    "contents": "read",
    "metadata": "read",
    "pull_requests": "write",
}
"""All that a review needs; app.yml asks for the same, and a test holds them equal."""

EVENT_PERMISSIONS = {"merge_queues": "read"}
"""Beside those: what GitHub wants before it tells of an event."""

_RENEW_SECONDS = 300
_MOST_PAGES = 100
_TokenKey = tuple[InstallationId, RepoName, tuple[tuple[str, str], ...]]


class GitHubApp:
    """Hands out tokens and connections. Shared by all threads of a process."""

    def __init__(self, config: Config) -> None:
        self._base_url = config.github_url
        try:
            self._auth = Auth.AppAuth(_app_id(config.app_id), config.private_key)
            self._auth.create_jwt()
        except Exception as error:
            raise Misconfigured(
                "REVIEWER_PRIVATE_KEY is not an RSA private key in PEM form"
            ) from error
        self._tokens: dict[_TokenKey, tuple[str, float]] = {}
        self._lock = threading.Lock()
        self._bot_login: str | None = None

    def token(
        self,
        installation: InstallationId,
        repo: RepoName,
        permissions: Mapping[str, str] = TOKEN_PERMISSIONS,
    ) -> str:
        """A token for this repository alone, good for at least five minutes.

        Raises Refused for permissions that the installation does not grant.
        """
        key = _key(installation, repo, permissions)
        with self._lock:
            token, expires = self._tokens.get(key, ("", 0.0))
        if expires - _RENEW_SECONDS > time.time():
            return token
        asked = {"repositories": [repo.name], "permissions": dict(permissions)}
        try:
            with self.as_itself() as http:
                answer = http.write(
                    "POST", f"/app/installations/{installation}/access_tokens", asked
                ).json()
        except Refused as error:
            if error.status == UNAUTHORIZED:
                # A wrong key or clock is the operator's to mend, and no reason to drop a review.
                raise Transient(f"GitHub does not accept the App: {error}") from error
            raise
        token = str(answer["token"])
        expires = datetime.fromisoformat(answer["expires_at"]).timestamp()
        with self._lock:
            self._tokens[key] = (token, expires)
        return token

    def connect(
        self,
        installation: InstallationId,
        repo: RepoName,
        permissions: Mapping[str, str] = TOKEN_PERMISSIONS,
    ) -> GitHubHttp:
        """A connection that may do this much in this repository, however long it is used."""

        def credential() -> Auth.Auth:
            return Auth.Token(self.token(installation, repo, permissions))

        def renew() -> Auth.Auth:
            with self._lock:
                self._tokens.pop(_key(installation, repo, permissions), None)
            return credential()

        return GitHubHttp(self._base_url, credential(), renew=renew)

    @contextmanager
    def as_itself(self, *, hurried: bool = False) -> Iterator[GitHubHttp]:
        """A connection of the App itself, for what is not an installation's.

        `hurried`: one try of five seconds, for a probe that somebody waits for.
        """
        http = (
            GitHubHttp(self._base_url, self._auth, timeout=5, tries=1)
            if hurried
            else GitHubHttp(self._base_url, self._auth)
        )
        try:
            yield http
        finally:
            http.close()

    def name_now(self, installation: InstallationId, repo: RepoName) -> RepoName | None:
        """What the repository of this name is called now; None where it is not given to us.

        GitHub gives no token for a former name alone, so this one is for the installation, and
        may do no more than read names.
        """
        asked = {"permissions": {"metadata": "read"}}
        with self.as_itself() as app:
            path = f"/app/installations/{installation}/access_tokens"
            token = str(app.write("POST", path, asked).json()["token"])
        http = GitHubHttp(self._base_url, Auth.Token(token))
        try:
            answer = http.get(f"/repos/{repo}", passing=(404,))
        finally:
            http.close()
        return None if answer.status == 404 else RepoName.parse(str(answer.json()["full_name"]))

    def installation_of(self, repo: RepoName) -> InstallationId | None:
        """The installation that reaches a repository, also by a former name; None for none."""
        with self.as_itself() as http:
            answer = http.get(f"/repos/{repo}/installation", passing=(404,))
        return None if answer.status == 404 else InstallationId(int(answer.json()["id"]))

    def covers(self, repo: RepoName) -> bool:
        """Whether an installation reaches this repository, also one that is suspended.

        False is what GitHub said twice; whatever else it says raises.
        """
        with self.as_itself() as http:
            if http.get(f"/repos/{repo}/installation", passing=(404,)).status != 404:
                return True
            return any(
                one["suspended_at"] and str(one["account"]["login"]).lower() == repo.owner.lower()
                for one in self._installations(http)
            )

    @staticmethod
    def _installations(http: GitHubHttp) -> Iterator[dict[str, Any]]:
        for page in range(1, _MOST_PAGES + 1):
            answer = http.get(f"/app/installations?per_page=100&page={page}")
            yield from answer.json()
            if 'rel="next"' not in answer.headers.get("link", ""):
                return
        raise Refused("the App has more installations than can be looked through")

    def bot_login(self) -> str:
        """The name under which this App writes; asked of GitHub once."""
        return self._bot_login or _bot_of(self.identity())

    def identity(self, *, hurried: bool = False) -> dict[str, Any]:
        """`GET /app`: raises Refused when the App's id and key do not fit."""
        with self.as_itself(hurried=hurried) as http:
            answer: dict[str, Any] = http.get("/app").json()
        self._bot_login = _bot_of(answer)
        return answer


def _key(installation: InstallationId, repo: RepoName, permissions: Mapping[str, str]) -> _TokenKey:
    return installation, repo, tuple(sorted(permissions.items()))


def _bot_of(app: dict[str, Any]) -> str:
    return f"{app['slug']}[bot]"


def _app_id(text: str) -> int | str:
    return int(text) if text.isdigit() else text
