"""gunicorn around the receiver: one process, a few threads, for SQLite takes one writer best."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from reviewer.config import Config
from reviewer.edges.github_app import GitHubApp
from reviewer.edges.process import Receiver, Worker
from reviewer.edges.readers import breaker_of
from reviewer.edges.web import create_app

THREADS = 16
KEEP_ALIVE_SECONDS = 30


def serve(config: Config, *, with_worker: bool, port_file: Path | None = None) -> None:
    """Serve until a signal ends it; with a worker, reviews run in the same process."""
    parts: list[Receiver | Worker] = []

    def load() -> Flask:
        # One for both, so that what a probe learns of the App need not be asked again.
        app = GitHubApp(config)
        breaker = breaker_of(config)
        receiver = Receiver(config, app, breaker)
        parts.append(receiver)
        if with_worker:
            worker = Worker(config, app, breaker)
            worker.start()
            parts.append(worker)
        return create_app(config.webhook_secret, receiver.inbox, receiver.health.readiness)

    def stop() -> None:
        for part in reversed(parts):
            part.stop()

    serve_app(config, load, stop, port_file)


def serve_app(
    config: Config, load: Callable[[], Flask], stop: Callable[[], None], port_file: Path | None
) -> None:
    """Serve what `load` makes, in one gunicorn worker; `stop` is called in it at the end."""

    def when_ready(server: Any) -> None:
        host, port = server.LISTENERS[0].sock.getsockname()[:2]
        logging.getLogger(__name__).info("listening on http://%s:%s", host, port)
        if port_file is not None:
            # Written aside and renamed, so that nobody reads half a number.
            draft = port_file.with_name(f"{port_file.name}.draft")
            draft.write_text(str(port))
            draft.replace(port_file)

    def worker_exit(_server: Any, worker: Any) -> None:
        if not worker.booted:
            # gunicorn ends with an error of its own then, and must not take this for a restart.
            return
        stop()
        logging.shutdown()
        # A review that outlasts the drain sits in a thread that Python would wait for.
        os._exit(0)

    options = {
        "bind": f"{config.host}:{config.port}",
        "workers": 1,
        "worker_class": "gthread",
        "threads": THREADS,
        "keepalive": KEEP_ALIVE_SECONDS,
        "graceful_timeout": int(config.drain_seconds) + 15,
        "timeout": 60,
        "accesslog": None,
        "errorlog": "-",
        "loglevel": "warning",
        "control_socket_disable": True,
        "when_ready": when_ready,
        "worker_exit": worker_exit,
    }
    _Server(load, options).run()


class _Server(BaseApplication):  # type: ignore[misc]
    """gunicorn's way of being embedded."""

    def __init__(self, load: Callable[[], Flask], options: dict[str, Any]) -> None:
        self._load = load
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        """Hand our options over."""
        for name, value in self._options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application, made in the process that serves it."""
        return self._load()
