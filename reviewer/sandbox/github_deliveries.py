"""Webhook deliveries: signed, sent once by a background thread, kept in a log."""

from __future__ import annotations

import http.client
import itertools
import json
import queue
import threading
import time
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlsplit

from flask import current_app

from reviewer.intake.signature import HEADER, sign
from reviewer.sandbox.github_faults import Faults
from reviewer.sandbox.github_state import App, now

ANSWER_SECONDS = 10.0
_SENDERS = 16
_KEPT_ANSWER = 65_536


@dataclass(slots=True, eq=False)
class Delivery:
    """One attempt to deliver an event. `status_code` is 0 until it has ended."""

    id: int
    guid: str
    app: App
    event: str
    action: str | None
    body: bytes
    installation_id: int | None
    repository_id: int | None
    redelivery: bool = False
    delivered_at: datetime = field(default_factory=now)
    duration: float = 0.0
    status: str = "pending"
    status_code: int = 0
    answer_headers: dict[str, str] = field(default_factory=dict)
    answer_text: str = ""

    def headers(self) -> dict[str, str]:
        """The request headers, signature and all."""
        headers = {
            "Accept": "*/*",
            "Content-Type": "application/json",
            "User-Agent": "GitHub-Hookshot/5ad0bee",
            "X-GitHub-Delivery": self.guid,
            "X-GitHub-Event": self.event,
            "X-GitHub-Hook-ID": str(self.app.hook_id),
            "X-GitHub-Hook-Installation-Target-ID": str(self.app.id),
            "X-GitHub-Hook-Installation-Target-Type": "integration",
        }
        if self.app.webhook_secret:
            headers[HEADER] = sign(self.app.webhook_secret.encode(), self.body)
        return headers


class PostOffice:
    """Sends deliveries in the background and remembers every attempt, newest last."""

    def __init__(self, faults: Faults) -> None:
        self.log: list[Delivery] = []
        self._faults = faults
        self._ids = itertools.count(70_000_001)
        self._waiting: queue.SimpleQueue[Delivery] = queue.SimpleQueue()
        self._started = False
        self._lock = threading.Lock()

    def send(
        self,
        app: App,
        event: str,
        payload: dict[str, Any],
        *,
        installation_id: int | None = None,
        repository_id: int | None = None,
    ) -> None:
        """Queue a new event for an App; one without a webhook address is told nothing."""
        if not app.webhook_url:
            return
        delivery = Delivery(
            id=next(self._ids),
            guid=str(uuid.uuid4()),
            app=app,
            event=event,
            action=payload.get("action"),
            body=json.dumps(payload, separators=(",", ":")).encode(),
            installation_id=installation_id,
            repository_id=repository_id,
        )
        fault = self._faults.on_delivery(event)
        if fault == "drop":
            self.log.append(delivery)
            delivery.status, delivery.status_code = "failed to connect to host", 502
            return
        self._queue(delivery)
        if fault == "duplicate":
            self.again(delivery)

    def again(self, delivery: Delivery) -> Delivery:
        """Queue another attempt at a delivery; its GUID stays."""
        attempt = Delivery(
            id=next(self._ids),
            guid=delivery.guid,
            app=delivery.app,
            event=delivery.event,
            action=delivery.action,
            body=delivery.body,
            installation_id=delivery.installation_id,
            repository_id=delivery.repository_id,
            redelivery=True,
        )
        self._queue(attempt)
        return attempt

    def find(self, number: int) -> Delivery | None:
        """The attempt of this id, or None."""
        return next((d for d in list(self.log) if d.id == number), None)

    def _queue(self, delivery: Delivery) -> None:
        with self._lock:
            self.log.append(delivery)
            if not self._started:
                self._started = True
                for number in range(_SENDERS):
                    threading.Thread(
                        target=self._work, name=f"hookshot-{number}", daemon=True
                    ).start()
        self._waiting.put(delivery)

    def _work(self) -> None:
        while True:
            delivery = self._waiting.get()
            started = time.monotonic()
            code, status = _post(delivery)
            delivery.duration = round(time.monotonic() - started, 3)
            delivery.status = status
            # last, because it is what says that the attempt has ended
            delivery.status_code = code


def _post(delivery: Delivery) -> tuple[int, str]:
    """Send one attempt; returns the status code and GitHub's word for the outcome."""
    where = urlsplit(delivery.app.webhook_url)
    kind = http.client.HTTPSConnection if where.scheme == "https" else http.client.HTTPConnection
    connection = kind(where.netloc, timeout=ANSWER_SECONDS)
    target = (where.path or "/") + (f"?{where.query}" if where.query else "")
    try:
        connection.request("POST", target, delivery.body, delivery.headers())
        response = connection.getresponse()
        delivery.answer_headers = dict(response.getheaders())
        delivery.answer_text = response.read(_KEPT_ANSWER).decode("utf-8", "replace")
    except TimeoutError:
        return 504, "timed out"
    except (OSError, http.client.HTTPException):
        return 502, "failed to connect to host"
    finally:
        connection.close()
    fine = 200 <= response.status < 300
    return response.status, "OK" if fine else f"Invalid HTTP Response: {response.status}"


def post_office() -> PostOffice:
    """The sender of the running application."""
    return cast(PostOffice, current_app.extensions["post_office"])
