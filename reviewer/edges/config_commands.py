"""The commands that read a repository's configuration: `reviewer config`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reviewer.edges.printing import print_text

if TYPE_CHECKING:
    from reviewer.policy.policy import Policy
    from reviewer.policy.problem import Problem

PROBLEMS = 1
UNREADABLE = 2

_file = click.argument("file", type=click.Path(path_type=Path))


@click.group("config")
def config() -> None:
    """Check and show a repository's `.github/trading-reviewer.yml`."""


@config.command("check")
@_file
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def check(file: Path, *, as_json: bool) -> None:
    """Say what is wrong in FILE. Exits with 0: nothing; 1: something; 2: it cannot be read."""
    problems = _problems(_parsed(file))
    if as_json:
        found = [{"line": p.line, "column": p.column, "message": p.message} for p in problems]
        click.echo(json.dumps({"file": str(file), "ok": not found, "problems": found}, indent=2))
    elif problems:
        _tell(file, problems, err=False)
    else:
        print_text(f"{file}: no problems")
    sys.exit(PROBLEMS if problems else 0)


@config.command("show")
@_file
@click.option(
    "--organisation",
    type=click.Path(path_type=Path),
    help="The file of the owner's `.github` repository, which holds where FILE says nothing.",
)
def show(file: Path, organisation: Path | None) -> None:
    """Print what holds with FILE, defaults included. What the host limits is not known here."""
    from reviewer.policy.merge import overlaid
    from reviewer.policy.show import as_yaml

    policy = _usable(file)
    if organisation is not None:
        policy = overlaid(_usable(organisation), policy)
    print_text(as_yaml(policy).removesuffix("\n"))


@config.command("schema")
def schema() -> None:
    """Print the JSON Schema of the file, for editors."""
    from reviewer.policy.schema import policy_schema

    click.echo(json.dumps(policy_schema(), indent=2))


@config.command("keys")
def keys() -> None:
    """Print the table of keys, as docs/configuration.md shows it."""
    from reviewer.policy.keys_table import keys_table

    click.echo(keys_table())


def _usable(file: Path) -> Policy:
    from reviewer.policy.policy import Policy

    parsed = _parsed(file)
    if not isinstance(parsed, Policy):
        _tell(file, parsed, err=True)
        sys.exit(PROBLEMS)
    return parsed


def _parsed(file: Path) -> Policy | tuple[Problem, ...]:
    from reviewer.policy.parse import parse_policy
    from reviewer.policy.tree import MAX_BYTES

    try:
        with file.open("rb") as stream:
            return parse_policy(stream.read(MAX_BYTES + 1))
    except OSError as error:
        click.echo(f"reviewer: {file} cannot be read: {error.strerror}", err=True)
        sys.exit(UNREADABLE)


def _problems(parsed: Policy | tuple[Problem, ...]) -> tuple[Problem, ...]:
    return parsed if isinstance(parsed, tuple) else ()


def _tell(file: Path, problems: tuple[Problem, ...], *, err: bool) -> None:
    for problem in problems:
        line = f"{file}:{problem.line}:{problem.column}: {problem.message}"
        if err:
            click.echo(line, err=True)
        else:
            print_text(line)
