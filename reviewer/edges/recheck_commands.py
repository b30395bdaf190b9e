"""`reviewer agent recheck` and `reviewer agent reply`: what happens in threads, without GitHub."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from reviewer.edges.agent_options import FINDING, REPORT, takes, with_model
from reviewer.edges.printing import in_colour, print_text, width

_FINDINGS = click.option(
    "--finding",
    "findings",
    metavar="WHICH",
    multiple=True,
    help="A finding of the report, as elsewhere; may be given several times. Left out, all.",
)
_SAID = click.option("--said", metavar="TEXT", required=True, help="What the person says.")
_AUTHOR = click.option(
    "--author", metavar="NAME", default="someone", show_default=True, help="Who says it."
)
_EARLIER = click.option(
    "--earlier",
    metavar="NAME:TEXT",
    multiple=True,
    help="What was said in the thread before, oldest first; the App's own name is `reviewer`.",
)


@click.command()
@takes(_FINDINGS, REPORT)
def recheck(
    *,
    findings: tuple[str, ...],
    plan: bool,
    transcript: Path | None,
    budget: float | None,
    form: str,
    as_json: bool,
    **asked: Any,
) -> None:
    """Look at findings of an earlier report again: repaired, still there, or unsure.

    \b
    reviewer agent recheck . --head HEAD --report review.json --finding 3f9c21aa
    """
    from reviewer.agent.forecast import Forecast
    from reviewer.edges.local_case import Asked
    from reviewer.edges.local_recheck import recheck_local
    from reviewer.publish.recheck_json import recheck_json
    from reviewer.publish.recheck_terminal import recheck_text
    from reviewer.publish.recheck_text import recheck_markdown

    if asked["report"] is None:
        raise click.UsageError("recheck needs --report: what was said about an earlier head.")
    form = "json" if as_json else form
    looked = with_model(
        lambda model, ticker: recheck_local(
            Asked(**asked), findings, model, say=ticker.say, told=ticker.line
        ),
        plan=plan,
        transcript=transcript,
        budget=budget,
    )
    if isinstance(looked, Forecast):
        _print_plan(looked, form)
        return
    report = looked.report
    if form == "json":
        print_text(recheck_json(report))
    elif form == "markdown":
        print_text(recheck_markdown(report, looked.head))
    else:
        print_text(recheck_text(report, colour=in_colour(), width=width()))
    if report.absence:
        sys.exit(1)


@click.command()
@takes(_SAID, _AUTHOR, _EARLIER, FINDING, REPORT)
def reply(
    *,
    said: str,
    author: str,
    earlier: tuple[str, ...],
    plan: bool,
    transcript: Path | None,
    budget: float | None,
    form: str,
    as_json: bool,
    **asked: Any,
) -> None:
    """Answer what a person says in the thread of a finding, or say nothing.

    \b
    reviewer agent reply . --report review.json --finding 3f9c21aa --said "the caller checks it"
    """
    from reviewer.agent.forecast import Forecast
    from reviewer.edges.local_case import Asked
    from reviewer.edges.local_recheck import Talked, reply_local
    from reviewer.publish.recheck_json import reply_json
    from reviewer.publish.recheck_terminal import reply_text
    from reviewer.publish.recheck_text import reply_markdown

    if not asked["finding"]:
        raise click.UsageError("reply needs --finding: a fingerprint, or path:line.")
    form = "json" if as_json else form
    talked = Talked(said, author, earlier)
    report = with_model(
        lambda model, ticker: reply_local(
            Asked(**asked), talked, model, say=ticker.say, told=ticker.line
        ),
        plan=plan,
        transcript=transcript,
        budget=budget,
    )
    if isinstance(report, Forecast):
        _print_plan(report, form)
        return
    if form == "json":
        print_text(reply_json(report))
    elif form == "markdown":
        print_text(reply_markdown(report))
    else:
        print_text(reply_text(report, colour=in_colour(), width=width()))
    if report.answer is None:
        sys.exit(1)


def _print_plan(forecast: Any, form: str) -> None:
    from reviewer.publish.forecast_text import forecast_json, forecast_text

    print_text(forecast_json(forecast) if form == "json" else forecast_text(forecast, "look-ups"))
