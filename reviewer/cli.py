"""The `reviewer` command."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

import click

from reviewer.config import Config
from reviewer.errors import Misconfigured

MISCONFIGURED = 78
"""Exit code of sysexits.h for a configuration error."""

port_file_option = click.option(
    "--port-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the port to this file once it listens.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="trading-reviewer")
def main() -> None:
    """Review pull requests on trading systems written in Rust."""


@main.command()
@port_file_option
def serve(port_file: Path | None) -> None:
    """Receive deliveries and review, in one process. Nothing else to install."""
    from reviewer.edges.server import serve as run

    run(_configured(), with_worker=True, port_file=port_file)


@main.command()
@port_file_option
def web(port_file: Path | None) -> None:
    """Receive deliveries only; `reviewer worker` reviews. Needs REVIEWER_DATABASE_URL."""
    from reviewer.edges.server import serve as run

    run(_configured(shared_store=True), with_worker=False, port_file=port_file)


@main.command()
def worker() -> None:
    """Review what `reviewer web` received. As many as wanted, on any host."""
    config = _configured(shared_store=True)
    from reviewer.edges.process import Worker

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    running = Worker(config)
    running.start()
    stop.wait()
    running.stop()
    sys.stderr.flush()
    # A review that outlasts the drain sits in a thread that Python would wait for.
    os._exit(0)


@main.command()
def key() -> None:
    """Print a new key for REVIEWER_ENCRYPTION_KEY."""
    from cryptography.fernet import Fernet

    click.echo(Fernet.generate_key().decode())


def _configured(*, shared_store: bool = False) -> Config:
    from reviewer.edges.logs import start_logging

    try:
        config = Config.from_env(os.environ)
        if shared_store and not config.database_url:
            raise Misconfigured(
                "REVIEWER_DATABASE_URL is missing: `web` and `worker` share a PostgreSQL. "
                "For one machine without one there is `reviewer serve`."
            )
    except Misconfigured as error:
        click.echo(f"reviewer: {error}", err=True)
        sys.exit(MISCONFIGURED)
    start_logging(config)
    return config
