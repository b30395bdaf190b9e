"""The commands that print and end: `reviewer review` and `reviewer rules`."""

from __future__ import annotations

import io
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reviewer.agent.reading import Depth
from reviewer.config import MAX_FILE_KB
from reviewer.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviewer.detect.ci_report import CiResult
    from reviewer.looks import Missed


@click.command()
@click.argument("path", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--base", required=True, help="Commit or branch that the change goes into.")
@click.option("--head", required=True, help="Commit or branch to review.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif", "markdown"]),
    default="text",
    show_default=True,
    help="What to print.",
)
@click.option(
    "--fail-on",
    type=click.Choice([severity.value for severity in Severity]),
    help="Exit with 1 when something so bad, or worse, is found. Left out, findings exit with 0.",
)
@click.option(
    "--max-file-kb",
    type=click.IntRange(min=1),
    default=MAX_FILE_KB,
    show_default=True,
    envvar="REVIEWER_MAX_FILE_KB",
    help="Rust files above this size are not read, and named so.",
)
@click.option("--no-model", is_flag=True, help="Ask no model, whatever the environment names.")
@click.option("--plan", is_flag=True, help="Print what the model would be asked, and ask nobody.")
@click.option(
    "--transcript",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep every question and answer in this directory, and ask none of them twice.",
)
@click.option(
    "--budget",
    type=click.FloatRange(min=0),
    help="US dollars that the model may cost. Left out, REVIEWER_BUDGET_PUSH_USD.",
)
@click.option(
    "--depth",
    type=click.Choice(["economy", "standard", "thorough"]),
    default="standard",
    show_default=True,
    help="How often the change is read, and how many claims share a second reader.",
)
@click.option(
    "--concurrency",
    type=click.IntRange(min=1),
    help="Model calls at a time. Left out, REVIEWER_MODEL_CONCURRENCY.",
)
@click.option(
    "--sarif",
    "ci_reports",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    help="What your CI found: SARIF, or the lines of cargo's --message-format=json. What lies on "
    "added lines is listed on standard error. May be given again.",
)
def review(
    path: Path,
    base: str,
    head: str,
    form: str,
    fail_on: str | None,
    max_file_kb: int,
    ci_reports: tuple[Path, ...],
    *,
    no_model: bool,
    plan: bool,
    transcript: Path | None,
    budget: float | None,
    depth: Depth,
    concurrency: int | None,
) -> None:
    """Print what is found between two commits of the git repository at PATH.

    As on GitHub, it is what HEAD added since it left BASE. Git objects are read, not the work
    tree, so that only what is committed counts. A model is asked when the environment names its
    key (ANTHROPIC_API_KEY) or address (REVIEWER_MODEL_URL, ANTHROPIC_BASE_URL); without one no
    network is used.
    """
    from reviewer.agent.forecast import Forecast
    from reviewer.agent.untrusted import visible_name
    from reviewer.edges.local import review_local
    from reviewer.edges.local_model import ModelOptions, local_model
    from reviewer.edges.local_repository import NotReviewed
    from reviewer.edges.progress import Ticker
    from reviewer.errors import Misconfigured
    from reviewer.publish.forecast_text import forecast_json, forecast_text
    from reviewer.publish.formats import printed

    if plan and no_model:
        raise click.UsageError("--plan says what a model would be asked; --no-model asks none.")
    options = ModelOptions(plan, transcript, budget, depth, concurrency)

    ticker = Ticker(sys.stderr)
    try:
        model = None if no_model else local_model(os.environ, options)
        report, hints = review_local(
            path,
            base,
            head,
            max_file_kb=max_file_kb,
            say=ticker.say,
            ci=tuple(result for one in ci_reports for result in _ci_results(one)),
            model=model,
            told=ticker.line,
        )
    except (NotReviewed, Misconfigured) as error:
        ticker.end()
        click.echo(f"reviewer: {error}", err=True)
        sys.exit(2)
    ticker.end()
    if isinstance(report, Forecast):
        print_text(forecast_json(report) if form == "json" else forecast_text(report))
        return
    print_text(printed(report, form, colour=in_colour(), width=width()))
    say_missed(report.plan.coverage.missed)
    for hint in hints:
        click.echo(f"{visible_name(hint.path)}:{hint.line}: {hint.source}: {hint.text}", err=True)
    if fail_on and report.reaches(Severity(fail_on)):
        sys.exit(1)


def say_missed(missed: Iterable[Missed]) -> None:
    """Say on standard error, whatever the format, what could not be looked at."""
    from reviewer.agent.untrusted import visible_name

    for one in missed:
        click.echo(f"reviewer: {one.told(visible_name(one.path))} ({one.error})", err=True)


def _ci_results(path: Path) -> tuple[CiResult, ...]:
    from reviewer.detect.ci_report import MAX_BYTES, parse_report

    if path.stat().st_size > MAX_BYTES:
        raise click.UsageError(f"{path} is larger than {MAX_BYTES // 1_000_000} MB.")
    results = parse_report(path.read_bytes())
    if not results:
        click.echo(f"reviewer: no result of SARIF 2.1.0 or cargo's JSON in {path}", err=True)
    return results


@click.command()
@click.argument("rule", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.option("--markdown", "as_markdown", is_flag=True, help="Print docs/rules.md.")
def rules(*, rule: str | None, as_json: bool, as_markdown: bool) -> None:
    """List the rules, or explain RULE."""
    from reviewer.detect.catalogue import nearest, rule_named
    from reviewer.publish import rule_pages

    if as_markdown and (rule or as_json):
        raise click.UsageError("--markdown prints the whole page and goes with nothing else.")
    if rule is None:
        if as_markdown:
            click.echo(rule_pages.rules_page(), nl=False)
        else:
            print_text(
                rule_pages.rules_json() if as_json else rule_pages.rules_list(colour=in_colour())
            )
        return
    named = rule_named(rule)
    if named is None:
        raise click.UsageError(
            f"There is no rule {rule}. Did you mean {nearest(rule).id}? "
            "`reviewer rules` lists them all."
        )
    print_text(
        rule_pages.rule_json(named)
        if as_json
        else rule_pages.explained(named, colour=in_colour(), width=width())
    )


def print_text(text: str) -> None:
    """Print it, in whatever letters the terminal has."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A line of code may hold letters that an old terminal has not.
        sys.stdout.reconfigure(errors="backslashreplace")
    click.echo(text)


def in_colour() -> bool:
    """Colour is for a terminal, and not for who asks for none (no-color.org)."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and not plain


def width() -> int:
    """Columns of the terminal; 100 where the output goes elsewhere."""
    return shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 100
