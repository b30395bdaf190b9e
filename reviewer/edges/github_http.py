"""One call to GitHub's REST API through PyGithub, and what its answer means to us.

PyGithub brings the connection, the App's JWT and the token. Its own retry is off: it sends a POST
again after a 502 that may have been applied. Reads are tried again here; a write never is, its
step looks for the marker first.
"""

from __future__ import annotations

import json
import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import requests
from github import Auth, Github

from reviewer import __version__
from reviewer.errors import Moved, Refused, Suspended, Transient

JSON = "application/vnd.github+json"
TIMEOUT_SECONDS = 20
READ_TRIES = 3
UNAUTHORIZED = 401
LONGEST_WAIT_SECONDS = 60.0
_CHUNK = 64 * 1024
_MOVED = (301, 307, 308)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers with lower-case names, and body of an answer below 400, or a 404/406/422."""

    status: int
    headers: dict[str, str]
    text: str

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.text) if self.text else None


class GitHubHttp:
    """Calls with one credential. Not shared between threads.

    `renew` gives another one when GitHub no longer takes the first: a token can be revoked, or
    expire while a model reads.
    """

    def __init__(
        self,
        base_url: str,
        auth: Auth.Auth,
        *,
        renew: Callable[[], Auth.Auth] | None = None,
        timeout: int = TIMEOUT_SECONDS,
        tries: int = READ_TRIES,
    ) -> None:
        self._base_url = base_url
        self._renew = renew
        self._timeout = timeout
        self._tries = tries
        self._github = self._connect(auth)

    @property
    def graphql_url(self) -> str:
        """`/graphql` beside the REST API; on Enterprise Server `/api/graphql` for `/api/v3`."""
        return self._github.requester.graphql_url

    def get(self, path: str, *, accept: str = JSON, passing: tuple[int, ...] = ()) -> Answer:
        """GET, tried again on what may pass. Statuses in `passing` are answers, not errors."""
        attempt = 1
        while True:
            try:
                return self._call("GET", path, None, {"Accept": accept}, passing)
            except Transient as error:
                wait = error.retry_after
                if wait is None:
                    wait = random.uniform(0.2, 0.5) * 3 ** (attempt - 1)  # noqa: S311
                if attempt >= self._tries or wait > LONGEST_WAIT_SECONDS:
                    raise
                log.warning("GET %s failed (%s), again in %.1f s", path, error, wait)
                time.sleep(wait)
                attempt += 1

    def download(self, path: str, *, most: int) -> bytes:
        """The file that GitHub leads to, without our credentials; `most` bytes or ValueError."""
        location = self.get(path).headers.get("location", "")
        if not location.startswith(("https://", "http://")):
            raise ValueError(f"GET {path}: it leads nowhere")
        try:
            with requests.get(
                location, stream=True, timeout=self._timeout, allow_redirects=False
            ) as response:
                if response.status_code != 200:
                    raise ValueError(f"GET {path}: its store answers {response.status_code}")
                content = bytearray()
                for chunk in response.iter_content(_CHUNK):
                    content += chunk
                    if len(content) > most:
                        raise ValueError(f"GET {path}: larger than {most} bytes")
        except requests.RequestException as error:
            # The address is signed, so that no message may repeat it.
            raise Transient(f"GET {path}: its store: {type(error).__name__}") from None
        return bytes(content)

    def write(
        self, verb: str, path: str, body: dict[str, Any], *, passing: tuple[int, ...] = ()
    ) -> Answer:
        """POST, PUT or PATCH, once."""
        return self._call(verb, path, body, {"Accept": JSON}, passing)

    def close(self) -> None:
        """Close the connection."""
        self._github.close()

    def _connect(self, auth: Auth.Auth) -> Github:
        return Github(
            base_url=self._base_url,
            auth=auth,
            timeout=self._timeout,
            user_agent=f"trading-reviewer/{__version__}",
            retry=None,
            seconds_between_requests=None,
            seconds_between_writes=None,
            lazy=True,
        )

    def _call(
        self,
        verb: str,
        path: str,
        body: dict[str, Any] | None,
        headers: dict[str, str],
        passing: tuple[int, ...],
    ) -> Answer:
        answer = self._send(verb, path, body, headers)
        if answer.status == UNAUTHORIZED and self._renew is not None:
            # Not applied, so a write may be sent again too.
            self._github.close()
            self._github = self._connect(self._renew())
            answer = self._send(verb, path, body, headers)
        if answer.status in _MOVED:
            # A read was followed by PyGithub; a write is not.
            raise Moved(f"{verb} {path}: {answer.status}, it stands elsewhere now")
        if answer.status < 400 or answer.status in passing:
            return answer
        raise _error(verb, path, answer)

    def _send(
        self, verb: str, path: str, body: dict[str, Any] | None, headers: dict[str, str]
    ) -> Answer:
        try:
            status, received, text = self._github.requester.requestJson(
                verb, path, headers=dict(headers), input=body
            )
        except requests.RequestException as error:
            raise Transient(f"{verb} {path}: {type(error).__name__}") from error
        return Answer(status, {k.lower(): str(v) for k, v in received.items()}, text)


def _error(verb: str, path: str, answer: Answer) -> Refused | Transient:
    story = f"{verb} {path}: {answer.status} {_message(answer)}"
    limited = answer.status == 429 or (
        answer.status == 403
        and ("retry-after" in answer.headers or answer.headers.get("x-ratelimit-remaining") == "0")
    )
    if limited:
        return Transient(story, retry_after=seconds_to_wait(answer.headers), answered=True)
    if answer.status >= 500 or answer.status == 408:
        return Transient(story, answered=True)
    if answer.status == 403 and "suspended" in _message(answer):
        return Suspended(story, status=answer.status)
    return Refused(story, status=answer.status)


def _message(answer: Answer) -> str:
    try:
        data = json.loads(answer.text)
    except ValueError:
        return "(no JSON)"
    if not isinstance(data, dict):
        return "(no message)"
    errors = json.dumps(data["errors"])[:300] if data.get("errors") else ""
    return f"{str(data.get('message', ''))[:200]} {errors}".strip()


def seconds_to_wait(headers: dict[str, str]) -> float:
    """How long the headers of an answer ask us to wait."""
    try:
        if "retry-after" in headers:
            return max(0.0, float(headers["retry-after"]))
        return max(1.0, float(headers["x-ratelimit-reset"]) - time.time())
    except (KeyError, ValueError):
        return LONGEST_WAIT_SECONDS
