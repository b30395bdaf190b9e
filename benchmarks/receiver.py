"""The receiver alone, with its write or without: `python -m benchmarks.receiver [--no-write]`."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from flask import Flask

from reviewer.config import Config
from reviewer.edges.github_app import GitHubApp
from reviewer.edges.health import Readiness
from reviewer.edges.inbox import Inbox
from reviewer.edges.process import Receiver
from reviewer.edges.server import serve_app
from reviewer.edges.web import create_app
from reviewer.intake.job import Job


class NoWrite:
    """Says that a job is stored, and stores nothing."""

    def accept(self, _job: Job) -> bool:
        """At once."""
        return True


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--no-write", action="store_true")
    parser.add_argument("--port-file", type=Path, required=True)
    arguments = parser.parse_args()
    config = Config.from_env(os.environ)
    receivers: list[Receiver] = []

    def load() -> Flask:
        inbox: Inbox | NoWrite
        if arguments.no_write:
            inbox = NoWrite()
        else:
            receivers.append(Receiver(config, GitHubApp(config)))
            inbox = receivers[0].inbox
        return create_app(config.webhook_secret, inbox, lambda: Readiness("ok", "ok", "absent"))

    def stop() -> None:
        for receiver in receivers:
            receiver.stop()

    serve_app(config, load, stop, arguments.port_file)


if __name__ == "__main__":
    main()
