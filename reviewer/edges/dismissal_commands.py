"""What people let go, for the operator: `reviewer dismissals`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from reviewer.edges.printing import print_text
from reviewer.exit_codes import MISCONFIGURED, UNAVAILABLE

if TYPE_CHECKING:
    from reviewer.edges.dismissal_records import DismissalRecords, Record, Wanted

NO_SUCH = 1
_HOW = {"command": "dismissed by", "reaction": "thumb down by", "conceded": "conceded to"}
_WORDS = 400
"""Characters of a title or a reason that the list shows."""


@click.group()
def dismissals() -> None:
    """List, export and revoke what people let go.

    Reads the store that the App's own settings name; the App may run meanwhile. Exits with 0,
    with 1 when there is no such dismissal, with 78 for a mistake in the settings, with 69 when
    the store is away.
    """


def _which(command: Any) -> Any:
    for option in reversed(
        (
            click.option("--repo", metavar="OWNER/NAME", help="Of this repository only."),
            click.option(
                "--since",
                type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]),
                help="Let go at this time (UTC) or later.",
            ),
            click.option("--by", metavar="LOGIN", default="", help="Let go or agreed by them."),
            click.option("--revoked", is_flag=True, help="Those that were taken back as well."),
        )
    ):
        command = option(command)
    return command


@dismissals.command("list")
@_which
@click.option("--json", "as_json", is_flag=True, help="Print them as one JSON array.")
def list_(*, as_json: bool, **which: Any) -> None:
    """List them, oldest first."""
    wanted = _wanted(**which)
    with _records() as records:
        found = records.all(wanted)
    if as_json:
        print_text(json.dumps([_fields(one) for one in found], indent=2))
    elif found:
        print_text("\n\n".join(_told(one) for one in found))
    else:
        click.echo("reviewer: nothing was let go", err=True)


@dismissals.command("export")
@_which
def export(**which: Any) -> None:
    """Print them as JSON Lines, one object a line, oldest first."""
    wanted = _wanted(**which)
    with _records() as records:
        found = records.all(wanted)
    for one in found:
        print_text(json.dumps(_fields(one)))


@dismissals.command("revoke")
@click.argument("number", metavar="ID", type=click.IntRange(min=1, max=2**63 - 1))
@click.option("--reason", default="", help="Why; kept with it.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def revoke(number: int, reason: str, *, as_json: bool) -> None:
    """Take one back, so that the finding is raised again.

    The thread on GitHub stays as it is; the command `/reopen` there does both.
    """
    with _records() as records:
        taken = records.revoke(number, reason)
    if taken is None:
        click.echo(f"reviewer: there is no dismissal {number} that holds", err=True)
        sys.exit(NO_SUCH)
    print_text(json.dumps(_fields(taken), indent=2) if as_json else _told(taken))


def _wanted(repo: str | None, since: datetime | None, by: str, *, revoked: bool) -> Wanted:
    from reviewer.edges.dismissal_records import Wanted
    from reviewer.refs import RepoName

    try:
        named = RepoName.parse(repo) if repo is not None else None
    except ValueError as error:
        raise click.BadParameter(f"{error}.", param_hint="--repo") from error
    begin = since.replace(tzinfo=UTC).timestamp() if since is not None else 0.0
    return Wanted(named, begin, by.removeprefix("@"), revoked)


@contextmanager
def _records() -> Iterator[DismissalRecords]:
    from reviewer.config import Config
    from reviewer.edges.dismissal_records import opened_records
    from reviewer.errors import Misconfigured, Transient

    try:
        with opened_records(Config.from_env(os.environ)) as records:
            yield records
    except Misconfigured as error:
        click.echo(f"reviewer: {error}", err=True)
        sys.exit(MISCONFIGURED)
    except Transient as error:
        click.echo(f"reviewer: {error}", err=True)
        sys.exit(UNAVAILABLE)


def _fields(one: Record) -> dict[str, Any]:
    said = one.dismissal.said
    return {
        "id": one.dismissal.id,
        "repo": str(said.pull.repo),
        "pull": said.pull.number,
        "path": said.path,
        "fingerprint": said.fingerprint,
        "severity": said.severity.value,
        "category": said.category.value,
        "title": said.title,
        "how": said.how,
        "person": said.person,
        "reason": said.reason,
        "needs_second": said.needs_second,
        "agreed_by": one.dismissal.agreed_by or None,
        "holds": one.dismissal.holds and one.revoked_at is None,
        "dismissed_at": _time(one.dismissal.dismissed_at),
        "revoked_at": _time(one.revoked_at) if one.revoked_at is not None else None,
        "revoked_because": one.revoked_because or None,
    }


def _told(one: Record) -> str:
    said, second = one.dismissal.said, ""
    if one.dismissal.agreed_by:
        second = f", agreed by {one.dismissal.agreed_by}"
    elif said.needs_second:
        second = ", waits for a second person"
    how = _HOW.get(said.how, said.how)
    rows = [
        f"{one.dismissal.id}  {said.pull}  {_shown(said.path)}: {said.severity}: "
        f"{_shown(said.title)}",
        f"    {how} {said.person}{second}, {_time(one.dismissal.dismissed_at)}",
    ]
    if said.reason:
        rows.append(f"    {_shown(said.reason)}")
    if one.revoked_at is not None:
        why = f": {_shown(one.revoked_because)}" if one.revoked_because else ""
        rows.append(f"    revoked {_time(one.revoked_at)}{why}")
    return "\n".join(rows)


def _shown(text: str) -> str:
    """What a stranger wrote, on one line and with nothing hidden in it."""
    from reviewer.publish.defang import visible

    flat = " ".join(visible(text).split())
    return flat if len(flat) <= _WORDS else f"{flat[: _WORDS - 1]}…"


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
