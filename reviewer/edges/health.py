"""Whether this process could do its work now: store, GitHub, model."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from reviewer.config import Config
from reviewer.edges.breaker import Breaker
from reviewer.edges.github_app import GitHubApp
from reviewer.edges.jobs import store_answers
from reviewer.errors import ReviewerError

CACHE_SECONDS = 30.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Readiness:
    """One word for each thing a review needs."""

    store: str
    github: str
    model: str

    @property
    def ready(self) -> bool:
        """The model may be absent; the other two may not fail."""
        return self.store == "ok" and self.github == "ok"

    def to_json(self) -> dict[str, Any]:
        """The answer of `/readyz`."""
        return {
            "status": "ready" if self.ready else "not ready",
            "store": self.store,
            "github": self.github,
            "model": self.model,
        }


class Health:
    """Asks the store each time, GitHub and the model at most every half minute."""

    def __init__(
        self,
        config: Config,
        engine: sa.Engine,
        app: GitHubApp,
        ask_model: Callable[[], str],
        breaker: Breaker | None = None,
    ) -> None:
        """`breaker` knows what the reviews of this process were told by the model."""
        self._config = config
        self._engine = engine
        self._app = app
        self._ask_model = ask_model
        self._breaker = breaker
        self._lock = threading.Lock()
        self._asked_at = float("-inf")
        self._github = self._model = "not asked yet"

    def readiness(self) -> Readiness:
        """How things stand."""
        store = "ok" if store_answers(self._engine) else "does not answer"
        old = time.monotonic() - self._asked_at > CACHE_SECONDS
        # One asks; the others get the last answer, so that probes never fill the receiver.
        if old and self._lock.acquire(blocking=False):
            try:
                self._github = self._ask_github()
                self._model = self._ask_model() if self._config.has_model else "absent"
                self._asked_at = time.monotonic()
            finally:
                self._lock.release()
        refused = self._breaker is not None and bool(self._breaker.no())
        model = "unusable: it refuses to answer, see the log" if refused else self._model
        return Readiness(store, self._github, model)

    def _ask_github(self) -> str:
        try:
            self._app.identity(hurried=True)
        except ReviewerError as error:
            log.warning("GitHub does not accept the App: %s", error)
            return f"unusable: {type(error).__name__}"
        return "ok"
