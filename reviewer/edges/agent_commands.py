"""`reviewer agent`: what the agent answers when it is asked one thing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from reviewer.edges.agent_options import FINDING, ITEM, QUESTION, REPORT, takes, with_model
from reviewer.edges.printing import in_colour, print_text, width
from reviewer.edges.recheck_commands import recheck, reply


@click.group()
def agent() -> None:
    """Ask the agent one thing about a repository on this machine.

    Needs a model: its key (ANTHROPIC_API_KEY) or address (REVIEWER_MODEL_URL,
    ANTHROPIC_BASE_URL). Git objects are read, nothing of the repository is run or changed.
    Exits with 0 when there is an answer, 1 when the model gave none, 2 when nothing was asked.
    """


agent.add_command(recheck)
agent.add_command(reply)


@agent.command()
@takes(FINDING, REPORT)
def explain(**given: Any) -> None:
    """Explain a finding step by step.

    \b
    reviewer agent explain . --base main --head HEAD --finding src/book.rs:68
    """
    _run("explain", **given)


@agent.command()
@takes(QUESTION, ITEM, FINDING, REPORT)
def ask(**given: Any) -> None:
    """Answer a QUESTION about the change, an item or a finding.

    \b
    reviewer agent ask . "why is this signed?" --base main --head HEAD
    """
    _run("ask", **given)


@agent.command()
@takes(FINDING, REPORT)
def fix(**given: Any) -> None:
    """Propose the change that repairs a finding. Nothing is written.

    \b
    reviewer agent fix . --report review.json --finding 3f9c21aa
    """
    _run("fix", **given)


@agent.command()
@takes(ITEM, FINDING, REPORT)
def test(**given: Any) -> None:
    """Write unit and property tests.

    \b
    reviewer agent test . --item src/book.rs::Book::apply
    """
    _run("test", **given)


@agent.command()
@takes(ITEM, FINDING, REPORT)
def optimize(**given: Any) -> None:
    """Make an item faster, with a benchmark.

    \b
    reviewer agent optimize . --item src/book.rs::Book::apply
    """
    _run("optimize", **given)


@agent.command()
@takes(QUESTION, ITEM, FINDING, REPORT)
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
    from reviewer.edges.local_case import Asked
    from reviewer.edges.local_tasks import run_local_task
    from reviewer.publish.forecast_text import forecast_json, forecast_text
    from reviewer.publish.task_json import task_json
    from reviewer.publish.task_markdown import task_markdown
    from reviewer.publish.task_text import task_text

    if name in ("explain", "fix") and not asked["finding"]:
        raise click.UsageError(f"{name} needs --finding: a fingerprint, or path:line.")
    form = "json" if as_json else form
    report = with_model(
        lambda model, ticker: run_local_task(
            TASKS[name], Asked(**asked), model, say=ticker.say, told=ticker.line
        ),
        plan=plan,
        transcript=transcript,
        budget=budget,
    )
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
