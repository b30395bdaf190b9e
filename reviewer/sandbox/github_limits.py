"""Both of GitHub's rate limits, and answers that have not changed since they were last given."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import deque
from dataclasses import dataclass, field

from flask import Blueprint, Response, current_app, g, request

from reviewer.sandbox.github_errors import ApiError
from reviewer.sandbox.github_http import answer

routes = Blueprint("limits", __name__)

WINDOW_SECONDS = 3600
_CONTENT_WINDOW = 60


def _writes() -> bool:
    if request.path == "/graphql":
        # a question is sent by POST as well
        return b"mutation" in request.get_data()
    return request.method in ("POST", "PATCH", "PUT")


@dataclass(slots=True)
class Window:
    """What one caller has used up of its hour."""

    reset: int
    used: int = 0
    created: deque[float] = field(default_factory=deque)


class Limits:
    """Counts requests per caller. The secondary limit is off until a test sets it."""

    def __init__(self) -> None:
        self.per_hour = 5000
        self.content_per_minute: int | None = None
        self._windows: dict[str, Window] = {}
        self._lock = threading.Lock()

    def window(self, who: str) -> Window:
        """The caller's current hour."""
        with self._lock:
            window = self._windows.get(who)
            if window is None or window.reset <= time.time():
                window = self._windows[who] = Window(int(time.time()) + WINDOW_SECONDS)
            return window

    def check(self, who: str) -> None:
        """Count a request in. Raises ApiError 403 above a limit, as GitHub does."""
        window = self.window(who)
        if window.used >= self.per_hour:
            raise ApiError(403, f"API rate limit exceeded for {who}.")
        window.used += 1
        if self.content_per_minute is None or not _writes():
            return
        moment = time.monotonic()
        while window.created and window.created[0] < moment - _CONTENT_WINDOW:
            window.created.popleft()
        if len(window.created) >= self.content_per_minute:
            raise ApiError(
                403,
                "You have exceeded a secondary rate limit and have been temporarily blocked "
                "from content creation. Please retry your request again later.",
                headers={"Retry-After": str(_CONTENT_WINDOW)},
            )
        window.created.append(moment)

    def headers(self, who: str) -> dict[str, str]:
        """The rate-limit headers that every answer of the API has."""
        told = {f"x-ratelimit-{name}": str(n) for name, n in self.overview(who).items()}
        return {**told, "x-ratelimit-resource": "core"}

    def overview(self, who: str) -> dict[str, int]:
        """The caller's current hour, as `/rate_limit` tells it."""
        window = self.window(who)
        left = max(0, self.per_hour - window.used)
        return {
            "limit": self.per_hour,
            "remaining": left,
            "reset": window.reset,
            "used": window.used,
        }

    def give_back(self, who: str) -> None:
        """Uncount a request: an unchanged answer costs nothing."""
        self.window(who).used -= 1


def tag(response: Response) -> bool:
    """Give a GET's answer its ETag; True when the caller has it already and is told 304."""
    if request.method != "GET" or response.status_code != 200 or response.is_streamed:
        return False
    digest = hashlib.sha256(response.get_data()).hexdigest()[:40]
    etag = f'W/"{digest}"'
    response.headers["ETag"] = etag
    if request.headers.get("If-None-Match") not in (etag, f'"{digest}"'):
        return False
    response.status_code = 304
    response.set_data(b"")
    del response.headers["Content-Type"]
    return True


def caller_name() -> str:
    """Whom the limits count for in the current request."""
    caller = g.get("caller")
    if caller is None:
        return "an address without credentials"
    if caller.token is not None:
        return f"installation ID {caller.token.installation.id}"
    return f"app ID {caller.app.id}" if caller.app else f"user ID {caller.user.id}"


@routes.get("/rate_limit")
def get_rate_limit() -> Response:
    """What is left of the hour; asking costs nothing."""
    limits: Limits = current_app.extensions["limits"]
    core = limits.overview(caller_name())
    # searching is not served here, so its minute is never used
    search = {"limit": 30, "remaining": 30, "reset": core["reset"], "used": 0}
    return answer({"resources": {"core": core, "search": search}, "rate": core})
