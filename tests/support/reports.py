"""Reports for tests of how they are printed."""

from __future__ import annotations

from reviewer.finding import Finding
from reviewer.looks import Missed
from reviewer.publish.coverage import Coverage
from reviewer.publish.placement import Inline, Placed
from reviewer.publish.plan import make_plan
from reviewer.publish.report import Report
from reviewer.pull.diff import Side
from reviewer.refs import CommitSha
from reviewer.scope.rooms import FileScope, Room, Scope


def a_report(
    *findings: Finding,
    not_reviewed: tuple[tuple[str, str], ...] = (),
    missed: tuple[Missed, ...] = (),
    in_scope: int = 1,
) -> Report:
    """A report of these findings, each on its line."""
    coverage = Coverage(
        files_changed=3,
        rust_files=2,
        files_in_scope=in_scope,
        lines_added=40,
        model=None,
        not_reviewed=not_reviewed,
        missed=missed,
    )
    placed = [Placed(f, Inline(f.path, Side.RIGHT, f.line, f.start_line)) for f in findings]
    plan = make_plan(placed, coverage, gate=None)
    scope = Scope((FileScope("src/book.rs", (Room.ORDER_BOOK,), 'path has "book"'),))
    return Report(CommitSha("a" * 40), CommitSha("b" * 40), scope, plan)
