"""The options that all of `reviewer agent` share, and how one of its commands is run."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from reviewer.config import MAX_FILE_KB

if TYPE_CHECKING:
    from reviewer.edges.local_model import LocalModel
    from reviewer.edges.progress import Ticker

R = TypeVar("R")

NEEDS_MODEL = (
    "this needs a model: set ANTHROPIC_API_KEY, or REVIEWER_MODEL_URL for a gateway; "
    "--plan shows what would be asked without one"
)

Command = Callable[..., Any]
Option = Callable[[Any], Any]
PATH = click.argument("path", type=click.Path(path_type=Path, exists=True, file_okay=False))
QUESTION = click.argument("question")
FINDING = click.option(
    "--finding",
    metavar="WHICH",
    default="",
    help="A finding: its fingerprint, the first digits of it, or path:line.",
)
REPORT = click.option(
    "--report",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Take the finding from this output of `reviewer review --format json`, with the commits "
    "that it compared. Left out, the rules are asked; the model's own findings need it.",
)
ITEM = click.option(
    "--item",
    metavar="NAME",
    default="",
    help="An item, changed or not: src/book.rs::Book::apply, or Book::apply.",
)
_COMMON: tuple[Option, ...] = (
    click.option("--base", help="Commit or branch that the change goes into."),
    click.option("--head", help="Commit or branch to read. Left out, HEAD."),
    click.option("--plan", is_flag=True, help="Print what would be asked, and ask nobody."),
    click.option(
        "--transcript",
        type=click.Path(path_type=Path, file_okay=False),
        help="Keep every question and answer in this directory, and ask none of them twice.",
    ),
    click.option(
        "--budget",
        type=click.FloatRange(min=0),
        help="US dollars that it may cost. Left out, REVIEWER_BUDGET_PUSH_USD.",
    ),
    click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json", "markdown"]),
        default="text",
        show_default=True,
        help="What to print; markdown is the comment that the App would post.",
    ),
    click.option("--json", "as_json", is_flag=True, help="The same as --format json."),
    click.option(
        "--max-file-kb",
        type=click.IntRange(min=1),
        default=MAX_FILE_KB,
        show_default=True,
        envvar="REVIEWER_MAX_FILE_KB",
        help="Rust files above this size are not read.",
    ),
)


def takes(*options: Option) -> Option:
    """The repository's path, these options, and those that all commands have."""

    def given(command: Command) -> Command:
        for option in reversed((PATH, *options, *_COMMON)):
            command = option(command)
        return command

    return given


def with_model(
    run: Callable[[LocalModel, Ticker], R],
    *,
    plan: bool,
    transcript: Path | None,
    budget: float | None,
) -> R:
    """What the command comes back with. Ends the process with 2 where nothing was asked."""
    # A plan and `--help` need not wait for what is imported here.
    from reviewer.edges.local_model import ModelOptions, local_model
    from reviewer.edges.local_repository import NotReviewed
    from reviewer.edges.progress import Ticker
    from reviewer.errors import Misconfigured

    ticker = Ticker(sys.stderr)
    try:
        model = local_model(os.environ, ModelOptions(plan, transcript, budget))
        if model is None:
            raise NotReviewed(NEEDS_MODEL)
        return run(model, ticker)
    except (NotReviewed, Misconfigured) as error:
        ticker.end()
        click.echo(f"reviewer: {error}", err=True)
        sys.exit(2)
    finally:
        ticker.end()
