"""The `reviewer` command."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reviewer.config import Config
from reviewer.edges.agent_commands import agent as agent_commands
from reviewer.edges.config_commands import config as config_commands
from reviewer.edges.dismissal_commands import dismissals as dismissal_commands
from reviewer.edges.printing import review, rules
from reviewer.errors import Misconfigured, Transient
from reviewer.exit_codes import MISCONFIGURED, UNAVAILABLE
from reviewer.loading import starting

if TYPE_CHECKING:
    from reviewer.sandbox.opening import Opened

port_file_option = click.option(
    "--port-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the port to this file once it listens.",
)
path_argument = click.argument(
    "path", type=click.Path(path_type=Path, exists=True, file_okay=False)
)
url_option = click.option(
    "--url", default="http://127.0.0.1:3000", show_default=True, help="The stand-in."
)
repo_option = click.option(
    "--repo", default="", help="Its owner/name there; else acme/<directory>."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="trading-reviewer")
def main() -> None:
    """Review pull requests on trading systems written in Rust."""


main.add_command(review)
main.add_command(rules)
main.add_command(agent_commands)
main.add_command(config_commands)
main.add_command(dismissal_commands)


@main.command()
@port_file_option
def serve(port_file: Path | None) -> None:
    """Receive deliveries and review, in one process. Nothing else to install."""
    with starting():
        from reviewer.edges.server import serve as run

        config = _ready(listens=True)
    run(config, with_worker=True, port_file=port_file)


@main.command()
@port_file_option
def web(port_file: Path | None) -> None:
    """Receive deliveries only; `reviewer worker` reviews. Needs REVIEWER_DATABASE_URL."""
    with starting():
        from reviewer.edges.server import serve as run

        config = _ready(listens=True, shared_store=True)
    run(config, with_worker=False, port_file=port_file)


@main.command()
def worker() -> None:
    """Review what `reviewer web` received. As many as wanted, on any host."""
    with starting():
        config = _ready(listens=False, shared_store=True)
        from reviewer.edges.github_app import GitHubApp
        from reviewer.edges.process import Worker

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    running = Worker(config, GitHubApp(config))
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


@main.command()
def settings() -> None:
    """List the environment variables that configure it, as the README shows them."""
    from reviewer.settings_table import settings_table

    click.echo(settings_table())


@main.command()
def commands() -> None:
    """List the commands that people give in comments, as docs/commands.md shows them."""
    from reviewer.intake.commands_table import commands_table

    click.echo(commands_table())


@main.command()
@click.option("--once", is_flag=True, help="End when the review is printed.")
@click.option("--json", "as_json", is_flag=True, help="Print the review as JSON.")
def demo(*, once: bool, as_json: bool) -> None:
    """Show a review from webhook to comment, on this machine alone."""
    from reviewer.sandbox.demo import run_demo
    from reviewer.sandbox.processes import DidNotHappen

    try:
        run_demo(once=once, as_json=as_json, say=click.echo, aside=partial(click.echo, err=True))
    except DidNotHappen as error:
        click.echo(f"reviewer: {error}", err=True)
        sys.exit(1)


@main.group(invoke_without_command=True)
@click.option(
    "--root",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("sandbox"),
    show_default=True,
    help="Directory of its repositories.",
)
@click.option("--port", type=int, default=3000, show_default=True, help="0 takes a free one.")
@click.pass_context
def sandbox(context: click.Context, root: Path, port: int) -> None:
    """Start the stand-in for GitHub alone, on loopback."""
    if context.invoked_subcommand is None:
        from reviewer.sandbox.github_server import serve as run

        run(root, port=port)


@sandbox.command("open")
@path_argument
@click.option("--base", required=True, help="Commit that the change starts from.")
@click.option("--head", required=True, help="Commit to review.")
@url_option
@repo_option
@click.option("--title", default="", help="Title of the pull request.")
def sandbox_open(path: Path, base: str, head: str, url: str, repo: str, title: str) -> None:
    """Open a pull request in the stand-in from two commits of the git repository at PATH."""
    from reviewer.sandbox.opening import open_local

    _show_opened(lambda: open_local(path, base, head, url=url, repo=repo, title=title))


@sandbox.command("push")
@path_argument
@click.option("--pull", "number", type=int, required=True, help="Number of the pull request.")
@click.option("--head", required=True, help="Commit to review.")
@url_option
@repo_option
def sandbox_push(path: Path, number: int, head: str, url: str, repo: str) -> None:
    """Push a commit of the git repository at PATH to a pull request in the stand-in."""
    from reviewer.sandbox.opening import push_local

    _show_opened(lambda: push_local(path, number, head, url=url, repo=repo))


@sandbox.command("register")
@click.option("--webhook-url", required=True, help="Where the App listens: http://…/webhook.")
@url_option
@click.option("--account", default="acme", show_default=True, help="Account to install it on.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("sandbox-app"),
    show_default=True,
    help="Directory for the private key and the webhook secret.",
)
def sandbox_register(webhook_url: str, url: str, account: str, out: Path) -> None:
    """Register the App in the stand-in; print the settings it needs, as lines for a shell."""
    from reviewer.sandbox.registering import register

    with _explained():
        click.echo(register(webhook_url, url=url, account=account, out=out))


def _show_opened(open_it: Callable[[], Opened]) -> None:
    with _explained():
        opened = open_it()
        click.echo(opened.address)
        if not opened.apps:
            click.echo(
                "reviewer: nobody will review it: no App is installed there. Register one with "
                "`reviewer sandbox register`, start it with `reviewer serve`, and open or push "
                "again (docs/try-it.md).",
                err=True,
            )


@contextmanager
def _explained() -> Iterator[None]:
    from reviewer.sandbox.asking import NotDone

    try:
        yield
    except NotDone as error:
        click.echo(f"reviewer: {error}", err=True)
        sys.exit(1)


def _ready(*, listens: bool, shared_store: bool = False) -> Config:
    """The configuration, once everything in it was found usable; else the end of the program."""
    from reviewer.edges.logs import start_logging
    from reviewer.edges.preflight import preflight

    try:
        config = Config.from_env(os.environ)
        if shared_store and not config.database_url:
            raise Misconfigured(
                "REVIEWER_DATABASE_URL is missing: `web` and `worker` share a PostgreSQL. "
                "For one machine without one there is `reviewer serve`."
            )
        start_logging(config)
        preflight(config, listens=listens)
    except Misconfigured as error:
        click.echo(f"reviewer: {error}", err=True)
        sys.exit(MISCONFIGURED)
    except Transient as error:
        click.echo(f"reviewer: {error}", err=True)
        sys.exit(UNAVAILABLE)
    return config
