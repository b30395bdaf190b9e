"""A report as markdown: the review and its comments, as the App would post them, on one sheet."""

from __future__ import annotations

from reviewer.publish.defang import code
from reviewer.publish.markdown import comment_body
from reviewer.publish.plan import Entry
from reviewer.publish.report import Report
from reviewer.publish.summary import review_body
from reviewer.publish.verdict_text import check_summary


def report_markdown(report: Report) -> str:
    """The body of the review, then each comment under its place."""
    plan = report.plan
    if not plan.entries:
        reasons = {file.path: file.reason for file in report.scope.files if file.in_scope}
        return check_summary(plan, reasons) + "\n"
    parts = [review_body(plan, report.head), *(_comment(entry) for entry in plan.entries)]
    return "\n\n---\n\n".join(parts) + "\n"


def _comment(entry: Entry) -> str:
    finding = entry.placed.finding
    return f"{code(f'{finding.path}:{finding.line}')}\n\n{comment_body(entry)}"
