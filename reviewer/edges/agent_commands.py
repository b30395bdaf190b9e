"""`reviewer agent`: what the agent answers when it is asked one thing."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from reviewer.config import MAX_FILE_KB
from reviewer.edges.printing import in_colour, print_text, width

NEEDS_MODEL = (
    "this needs a model: set ANTHROPIC_API_KEY, or REVIEWER_MODEL_URL for a gateway; "
    "--plan shows what would be asked without one"
)

_Command = Callable[..., Any]
_Option = Callable[[Any], Any]
_PATH = click.argument("path", type=click.Path(path_type=Path, exists=True, file_okay=False))
_QUESTION = click.argument("question")
_FINDING = click.option(
    "--finding",
    metavar="WHICH",
    default="",
    help="A finding: its fingerprint, the first digits of it, or path:line.",
)
_REPORT = click.option(
    "--report",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Take the finding from this output of `reviewer review --format json`, with the commits "
    "that it compared. Left out, the rules are asked; the model's own findings need it.",
)
_ITEM = click.option(
    "--item",
    metavar="NAME",
    default="",
    help="An item, changed or not: src/book.rs::Book::apply, or Book::apply.",
)
_COMMON: tuple[_Option, ...] = (
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


def _takes(*options: _Option) -> _Option:
    def given(command: _Command) -> _Command:
        for option in reversed((_PATH, *options, *_COMMON)):
            command = option(command)
        return command

    return given


@click.group()
def agent() -> None:
    """Ask the agent one thing about a repository on this machine.

    Needs a model: its key (ANTHROPIC_API_KEY) or address (REVIEWER_MODEL_URL,
    ANTHROPIC_BASE_URL). Git objects are read, nothing of the repository is run or changed.
    Exits with 0 when there is an answer, 1 when the model gave none, 2 when nothing was asked.
    """


@agent.command()
@_takes(_FINDING, _REPORT)
def explain(**given: Any) -> None:
    """Explain a finding step by step.

    \b
    reviewer agent explain . --base main --head HEAD --finding src/book.rs:68
    """
    _run("explain", **given)


@agent.command()
@_takes(_QUESTION, _ITEM, _FINDING, _REPORT)
def ask(**given: Any) -> None:
    """Answer a QUESTION about the change, an item or a finding.

    \b
    reviewer agent ask . "why is this signed?" --base main --head HEAD
    """
    _run("ask", **given)


@agent.command()
@_takes(_FINDING, _REPORT)
def fix(**given: Any) -> None:
    """Propose the change that repairs a finding. Nothing is written.

    \b
    reviewer agent fix . --report review.json --finding 3f9c21aa
    """
    _run("fix", **given)


@agent.command()
@_takes(_ITEM, _FINDING, _REPORT)
def test(**given: Any) -> None:
    """Write unit and property tests.

    \b
    reviewer agent test . --item src/book.rs::Book::apply
    """
    _run("test", **given)


@agent.command()
@_takes(_ITEM, _FINDING, _REPORT)
def optimize(**given: Any) -> None:
    """Make an item faster, with a benchmark.

    \b
    reviewer agent optimize . --item src/book.rs::Book::apply
    """
    _run("optimize", **given)


@agent.command()
@_takes(_QUESTION, _ITEM, _FINDING, _REPORT)
def design(**given: Any) -> None:
    """Discuss a design QUESTION: parts, duties, data flow, a diagram.

    \b
    reviewer agent design . "how should the feed recover after a gap?"
    """
    _run("design", **given)


def _run(
    name: str,
    *,
    plan: bool,
    transcript: Path | None,
    budget: float | None,
    form: str,
    as_json: bool,
    **asked: Any,
) -> None:
    from reviewer.agent.forecast import Forecast
    from reviewer.agent.task import TASKS
    from reviewer.edges.local_model import ModelOptions, local_model
    from reviewer.edges.local_repository import NotReviewed
    from reviewer.edges.local_tasks import Asked, run_local_task
    from reviewer.edges.progress import Ticker
    from reviewer.errors import Misconfigured
    from reviewer.publish.forecast_text import forecast_json, forecast_text
    from reviewer.publish.task_json import task_json
    from reviewer.publish.task_markdown import task_markdown
    from reviewer.publish.task_text import task_text

    if name in ("explain", "fix") and not asked["finding"]:
        raise click.UsageError(f"{name} needs --finding: a fingerprint, or path:line.")
    form = "json" if as_json else form
    ticker = Ticker(sys.stderr)
    try:
        model = local_model(os.environ, ModelOptions(plan, transcript, budget))
        if model is None:
            raise NotReviewed(NEEDS_MODEL)
        report = run_local_task(
            TASKS[name], Asked(**asked), model, say=ticker.say, told=ticker.line
        )
    except (NotReviewed, Misconfigured) as error:
        ticker.end()
        click.echo(f"reviewer: {error}", err=True)
        sys.exit(2)
    ticker.end()
    if isinstance(report, Forecast):
        print_text(forecast_json(report) if form == "json" else forecast_text(report, "look-ups"))
        return
    if form == "json":
        print_text(task_json(report))
    elif form == "markdown":
        print_text(task_markdown(report))
    else:
        print_text(task_text(report, colour=in_colour(), width=width()))
    if report.answer is None:
        sys.exit(1)
