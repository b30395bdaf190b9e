"""A comment stands where GitHub takes it, and never in another item."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reviewer.finding import Category, Finding, Severity
from reviewer.publish.placement import Inline, InSummary, OnFile, place
from reviewer.pull.diff import Diff, FileDiff, FileStatus, Hunk, Line, LineKind, Side


def hunk(old_start: int, new_start: int, kinds: list[LineKind]) -> Hunk:
    old, new = old_start, new_start
    lines = []
    for kind in kinds:
        on_old, on_new = kind is not LineKind.ADDED, kind is not LineKind.REMOVED
        lines.append(Line(kind, old if on_old else None, new if on_new else None, f"{old}:{new}"))
        old += on_old
        new += on_new
    return Hunk(old_start, old - old_start, new_start, new - new_start, tuple(lines))


@st.composite
def diffs(draw: st.DrawFn) -> Diff:
    hunks = []
    old = new = 1
    for _ in range(draw(st.integers(1, 4))):
        gap = draw(st.integers(0, 30))
        old, new = old + gap, new + gap
        made = hunk(old, new, draw(st.lists(st.sampled_from(list(LineKind)), min_size=1)))
        hunks.append(made)
        old, new = old + made.old_count + 1, new + made.new_count + 1
    file = FileDiff("src/book.rs", "src/book.rs", FileStatus.MODIFIED, tuple(hunks))
    return Diff((file,))


def finding(line: int, start: int | None = None, side: Side = Side.RIGHT) -> Finding:
    return Finding(
        path="src/book.rs",
        side=side,
        line=line,
        start_line=start,
        quote="x",
        category=Category.BOOK_INTEGRITY,
        severity=Severity.CRITICAL,
        title="t",
        scenario="s",
        source="model",
    )


def no_item(_path: str, _line: int) -> None:
    return None


@given(
    diff=diffs(),
    line=st.integers(1, 200),
    start=st.none() | st.integers(1, 200),
    side=st.sampled_from(Side),
    item=st.none() | st.tuples(st.integers(1, 200), st.integers(1, 200)),
)
def test_every_anchor_is_one_that_github_takes(
    diff: Diff, line: int, start: int | None, side: Side, item: tuple[int, int] | None
) -> None:
    placed = place(finding(line, start, side), diff, lambda _path, _line: item)
    where = placed.place
    if not isinstance(where, Inline):
        assert diff.files[0].hunk_at(side, line) is None
        return
    shown = [set(h.numbers(where.side)) for h in diff.files[0].hunks]
    (holding,) = [numbers for numbers in shown if where.line in numbers]
    if where.start_line is not None:
        assert where.start_line < where.line
        assert where.start_line in holding
    if where.about_line is not None:
        assert item is not None
        assert item[0] <= where.line <= item[1]
    else:
        assert (where.line, where.side) == (line, side)


CONTEXT = [LineKind.CONTEXT] * 3
TWO_HUNKS = Diff(
    (
        FileDiff(
            "src/book.rs",
            "src/book.rs",
            FileStatus.MODIFIED,
            (hunk(10, 10, CONTEXT), hunk(40, 40, CONTEXT)),
        ),
    )
)


def test_a_range_over_two_hunks_keeps_its_last_line_only() -> None:
    placed = place(finding(41, start=11), TWO_HUNKS, no_item)
    assert placed.place == Inline("src/book.rs", Side.RIGHT, 41)


def test_a_line_that_is_not_shown_moves_within_its_item_only() -> None:
    inside = place(finding(20), TWO_HUNKS, lambda _path, _line: (12, 30))
    assert inside.place == Inline("src/book.rs", Side.RIGHT, 12, None, about_line=20)
    outside = place(finding(20), TWO_HUNKS, lambda _path, _line: (15, 30))
    assert outside.place == OnFile("src/book.rs", 20)


def test_a_file_outside_the_change_is_told_in_the_summary() -> None:
    placed = place(finding(11), Diff(()), no_item)
    assert isinstance(placed.place, InSummary)
