"""A comment of ours is read back: its words, and the line that it is about now."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reviewer.finding import Evidence, Finding
from reviewer.publish.fingerprint import fingerprints, read_mark
from reviewer.publish.item_digest import item_digest
from reviewer.publish.markdown import comment_body
from reviewer.publish.placement import Inline, Placed
from reviewer.publish.plan import Entry
from reviewer.publish.thread_words import OurComment
from reviewer.pull.diff import Side
from reviewer.rust.file import RustFile
from tests.support.findings import a_finding

TEXT = """\
impl Book {
    fn best(&self) -> u64 {
        self.bids.keys().next()
    }

    fn worst(&self) -> u64 {
        self.bids.keys().next()
    }
}
"""
FILE = RustFile.parse("src/book.rs", TEXT)


def finding(line: int = 3, **changes: Any) -> Finding:
    made = a_finding(
        path=FILE.path, line=line, quote=FILE.line(line), scope_path=FILE.scope_path(line)
    )
    return replace(made, start_line=None, **changes)


def ours(said: Finding, line: int | None = 3, about: int | None = None) -> OurComment:
    place = Inline(said.path, Side.RIGHT, line or 1, None, about)
    body = comment_body(Entry(fingerprints([said])[0], Placed(said, place)))
    mark = read_mark(body)
    assert mark is not None
    return OurComment(1, mark, body, said.path, Side.RIGHT, line, None, 3, "")


def at(comment: OurComment, text: str = TEXT) -> Finding | None:
    file = RustFile.parse(FILE.path, text)
    return comment.finding_at(file.lines, file.scope_path)


def test_title_and_scenario_are_those_that_were_said() -> None:
    said = finding(
        title="The `best` bid is *wrong* <at 5%>",
        scenario="With 99 & 101 it gives `a_b`.\n\nAn @order goes #1 there.",
        evidence=(Evidence("src/book.rs", 3, "self.bids"),),
        replacement=("        self.bids.keys().next_back()",),
    )
    back = ours(said)
    assert back.title == said.title
    assert back.scenario == said.scenario


def test_the_words_of_a_comment_beside_its_line_are_its_scenario_alone() -> None:
    said = finding(7, scenario="It answers 99.")
    assert ours(said, line=6, about=7).scenario == "It answers 99."


def test_it_is_found_on_the_line_that_it_is_about() -> None:
    said = at(ours(finding()))
    assert said is not None
    assert (said.line, said.quote, said.scope_path) == (3, FILE.line(3), "impl Book::best")


def test_it_is_found_again_where_lines_were_added_above_it() -> None:
    moved = at(ours(finding(), line=None), "use x;\n\n" + TEXT)
    assert moved is not None
    assert moved.line == 5


def test_of_equal_lines_the_one_of_its_item_is_meant() -> None:
    said = at(ours(finding(7), line=None))
    assert said is not None
    assert said.line == 7


def test_a_comment_beside_its_line_is_about_the_line_that_it_names() -> None:
    said = at(ours(finding(7), line=6, about=7))
    assert said is not None
    assert said.line == 7


def test_what_is_gone_is_found_nowhere() -> None:
    assert at(ours(finding(), line=None), "fn other() {}\n") is None


@given(st.text(max_size=300))
def test_no_body_breaks_the_reader(body: str) -> None:
    comment = replace(ours(finding()), body=body)
    assert isinstance(comment.title + comment.scenario, str)


def test_an_item_keeps_its_digest_where_only_blanks_changed() -> None:
    moved = RustFile.parse(FILE.path, "\n\n" + TEXT.replace("    ", "\t"))
    other = RustFile.parse(FILE.path, TEXT.replace("next()", "next_back()"))
    assert item_digest(FILE, 3) == item_digest(moved, 5) != item_digest(other, 3)
    assert item_digest(FILE, 3) != item_digest(FILE, 7)
    assert item_digest(None, 3) == item_digest(RustFile.parse("a.rs", "// x\n"), 1) == ""
