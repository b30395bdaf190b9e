"""Which named item a line belongs to, and what it is called."""

from __future__ import annotations

import pytest

from reviewer.rust.file import RustFile
from reviewer.rust.lookup import lookup

BOOK = """\
//! The book.

/// One side.
#[derive(Clone)]
pub struct Side<P: Ord> {
    levels: Vec<P>,
}

impl<P: Ord> Depth for Side<P>
where
    P: Copy,
{
    /// The best level.
    ///
    /// None if empty.
    #[inline]
    #[must_use]
    fn best(&self) -> Option<P> {
        fn first<T>(all: &[T]) -> Option<&T> {
            all.first()
        }
        first(&self.levels).copied()
    }

    fn clear(&mut self) { self.levels.clear() }
}

mod feed {
    pub trait Decode {
        fn decode(&self, raw: &[u8]) -> Message;
    }

    macro_rules! field {
        ($name:ident) => { self.$name };
    }

    enum Kind { Trade, Quote }
}
"""


def line_of(text: str, needle: str) -> int:
    return next(n for n, line in enumerate(text.split("\n"), 1) if needle in line)


@pytest.mark.parametrize(
    ("needle", "path"),
    [
        ("//! The book", ""),
        ("/// One side", "Side"),
        ("#[derive(Clone)]", "Side"),
        ("levels: Vec<P>", "Side"),
        ("impl<P: Ord>", "impl Depth for Side<P>"),
        ("P: Copy", "impl Depth for Side<P>"),
        ("/// The best", "impl Depth for Side<P>::best"),
        ("/// None if", "impl Depth for Side<P>::best"),
        ("#[must_use]", "impl Depth for Side<P>::best"),
        ("fn best", "impl Depth for Side<P>::best"),
        ("all.first()", "impl Depth for Side<P>::best::first"),
        ("copied()", "impl Depth for Side<P>::best"),
        ("fn clear", "impl Depth for Side<P>::clear"),
        ("mod feed", "feed"),
        ("fn decode", "feed::Decode::decode"),
        ("self.$name", "feed::field"),
        ("enum Kind", "feed::Kind"),
    ],
)
def test_a_line_belongs_to_the_innermost_named_item(needle: str, path: str) -> None:
    file = RustFile.parse("src/book.rs", BOOK)
    assert file.scope_path(line_of(BOOK, needle)) == path


def test_an_item_spans_its_attributes_and_comments_to_its_last_line() -> None:
    item = RustFile.parse("src/book.rs", BOOK).item_at(line_of(BOOK, "fn best"))
    assert item is not None
    assert (item.kind, item.name) == ("fn", "best")
    assert item.start == line_of(BOOK, "/// The best level")
    assert item.end == line_of(BOOK, "copied()") + 1


def test_two_items_on_one_line_leave_it_to_what_holds_both() -> None:
    file = RustFile.parse("src/a.rs", "mod units { struct Px; struct Qty; }\nfn a() {} fn b() {}\n")
    assert file.scope_path(1) == "units"
    assert file.item_at(2) is None


def test_the_items_around_a_line_come_outermost_first() -> None:
    file = RustFile.parse("src/book.rs", BOOK)
    kinds = [item.kind for item in file.items_around(line_of(BOOK, "all.first()"))]
    assert kinds == ["impl", "fn", "fn"]


def test_lines_beyond_the_file_and_an_empty_file_have_no_item() -> None:
    file = RustFile.parse("src/book.rs", BOOK)
    assert [file.item_at(line) for line in (0, -1, 10_000)] == [None, None, None]
    assert RustFile.parse("src/a.rs", "").item_at(1) is None


def test_a_comment_between_attribute_and_item_does_not_part_them() -> None:
    text = (
        "#[derive(Debug)]\n// levels, best first\n\n/* kept sorted */ struct Levels;\nfn f() {}\n"
    )
    file = RustFile.parse("src/a.rs", text)
    assert [file.scope_path(line) for line in (1, 2, 4, 5)] == ["Levels", "Levels", "Levels", "f"]


@pytest.mark.parametrize(
    "broken",
    [
        BOOK.replace("fn best(&self) -> Option<P> {", "fn best(&self) -> Option<P {"),
        BOOK.replace(
            "    fn clear(&mut self) { self.levels.clear() }\n}", "    fn clear(&mut self) {"
        ),
        BOOK + "\nfn last( {",
        "\x00" + BOOK,
        BOOK.replace("\n", "\r\n"),
        "\ufeff" + BOOK,
    ],
    ids=["generics", "open brace", "cut short", "nul", "crlf", "bom"],
)
def test_broken_text_still_names_the_struct(broken: str) -> None:
    file = RustFile.parse("src/book.rs", broken)
    assert file.problem == ""
    assert file.scope_path(line_of(broken, "levels: Vec<P>")) == "Side"


def test_lines_are_counted_and_quoted_as_the_diff_does() -> None:
    file = RustFile.parse(
        "src/a.rs", "\ufefffn a() {}\r\n// form\x0cfeed \u2028 inside\r\nfn b() {}"
    )
    assert file.lines == ("\ufefffn a() {}\r", "// form\x0cfeed \u2028 inside\r", "fn b() {}")
    assert file.line(3) == "fn b() {}"
    assert file.line(4) == ""
    assert file.scope_path(1) == "a"
    assert file.scope_path(3) == "b"


def test_lookup_finds_the_item_in_the_file_that_is_asked_for() -> None:
    at = lookup(
        {"a.rs": RustFile.parse("a.rs", "fn a() {}\n"), "b.rs": RustFile.parse("b.rs", "\n")}
    )
    item = at("a.rs", 1)
    assert item is not None
    assert item.name == "a"
    assert at("b.rs", 1) is None
    assert at("c.rs", 1) is None
