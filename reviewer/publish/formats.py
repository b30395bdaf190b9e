"""The forms in which a report can be printed."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from reviewer.publish.report import Report
from reviewer.publish.report_json import report_json
from reviewer.publish.sarif import report_sarif
from reviewer.publish.sheet import report_markdown
from reviewer.publish.terminal import report_text


def printed(report: Report, form: str, *, colour: bool, width: int) -> str:
    """The report as `text`, `json`, `sarif` or `markdown`; colour and width are for text."""
    if form == "json":
        return report_json(report)
    if form == "sarif":
        return report_sarif(report, _version())
    if form == "markdown":
        return report_markdown(report).rstrip("\n")
    return report_text(report, colour=colour, width=width)


def _version() -> str:
    try:
        return version("trading-reviewer")
    except PackageNotFoundError:
        return "0.0.0"
