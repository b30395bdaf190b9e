"""The receiver: signature, delivery, durable job, 202. Nothing is promised before it is stored."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Protocol

from flask import Flask, Response, jsonify, request
from sqlalchemy.exc import SQLAlchemyError

from reviewer import __version__
from reviewer.edges.health import Readiness
from reviewer.edges.slow_clients import SlowClients
from reviewer.intake.delivery import MAX_BODY_BYTES, Malformed, read_delivery
from reviewer.intake.job import Job, partition_of
from reviewer.intake.routes import Ignored, decide
from reviewer.intake.signature import HEADER, is_authentic

log = logging.getLogger(__name__)


class Accepts(Protocol):
    """Stores jobs durably."""

    def accept(self, job: Job) -> bool:
        """Store the job; False if its GUID was stored before."""


def create_app(secret: bytes, inbox: Accepts, readiness: Callable[[], Readiness]) -> Flask:
    """The web application. `secret` is what GitHub signs with."""
    app = Flask("reviewer")
    slow_clients = SlowClients()
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES

    @app.post("/webhook")
    def webhook() -> tuple[Response, int]:
        length = request.content_length
        if length is None:
            return jsonify(status="refused", reason="the length of the body is not given"), 411
        if length > MAX_BODY_BYTES:
            return jsonify(status="refused", reason="the body is larger than 25 MB"), 413
        with slow_clients.reading_from(request.environ.get("gunicorn.socket")):
            body = request.get_data(cache=False)
        if len(body) != length:
            return jsonify(status="refused", reason="the body did not come whole in time"), 408
        if not is_authentic(secret, body, request.headers.get(HEADER)):
            log.warning("a delivery with a bad or missing signature from %s", request.remote_addr)
            return jsonify(status="refused", reason="bad or missing signature"), 401
        try:
            delivery = read_delivery(dict(request.headers), body)
            decision = decide(delivery)
        except Malformed as error:
            log.warning("an unreadable delivery: %s", error)
            return jsonify(status="refused", reason=str(error)), 400
        if isinstance(decision, Ignored):
            log.debug("delivery %s ignored: %s", delivery.guid, decision.reason)
            return jsonify(status="ignored", reason=decision.reason), 202
        return _store(inbox, decision)

    @app.get("/healthz")
    def healthz() -> tuple[Response, int]:
        return jsonify(status="alive", version=__version__), 200

    @app.get("/readyz")
    def readyz() -> tuple[Response, int]:
        report = readiness()
        return jsonify(report.to_json()), 200 if report.ready else 503

    return app


def _store(inbox: Accepts, job: Job) -> tuple[Response, int]:
    try:
        fresh = inbox.accept(job)
    except (SQLAlchemyError, FutureTimeout, OSError):
        # GitHub shows this delivery as failed, and it can be asked for again.
        log.exception("delivery %s could not be stored", job.guid)
        return jsonify(status="not stored", reason="the store does not answer"), 503
    log.info(
        "delivery %s for %s %s",
        job.guid,
        partition_of(job),
        "accepted" if fresh else "known already",
    )
    return jsonify(status="accepted" if fresh else "duplicate", job=job.guid), 202
