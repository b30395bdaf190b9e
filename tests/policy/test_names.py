"""Globs for items fit what the syntax tree calls them."""

from __future__ import annotations

import pytest

from reviewer.policy.globs import BadGlob
from reviewer.policy.names import name_fits, name_glob
from reviewer.rust.file import RustFile

CODE = """\
mod depth {
    impl<P: Venue> fmt::Display for Book<P, fn(u8) -> u8> {
        fn apply_delta(&mut self) {}
    }
    impl Depth for Ladder { fn best(&self) {} }
    impl<'a> Gateway<'a> { fn send_order(&self) {} }
}
fn r#match() {}
"""
PATHS = {
    item.name_path.rpartition("::")[2]: item.name_path
    for item in RustFile.parse("src/book.rs", CODE).items
    if item.kind == "fn"
}


@pytest.mark.parametrize(
    ("glob", "function", "fits"),
    [
        ("apply_delta", "apply_delta", True),
        ("apply_*", "apply_delta", True),
        ("Book::apply_*", "apply_delta", True),
        ("depth::Book::*", "apply_delta", True),
        ("depth::**", "apply_delta", True),
        ("Display::apply_*", "apply_delta", True),
        ("fmt::Display::*", "apply_delta", True),
        ("Ladder::apply_*", "apply_delta", False),
        ("book::apply_*", "apply_delta", False),
        ("apply", "apply_delta", False),
        ("Book", "apply_delta", False),
        ("Ladder::best", "best", True),
        ("crate::book::depth::Depth::best", "best", True),
        ("Gateway::send_?rder", "send_order", True),
        ("crate::depth::Gateway::*", "send_order", False),
        ("crate::book::depth::Gateway::*", "send_order", True),
        ("crate::**", "send_order", True),
        ("crate::**::send_order", "send_order", True),
        ("match", "r#match", True),
        ("crate::book::match", "r#match", True),
    ],
)
def test_a_glob_fits_an_item(glob: str, function: str, fits: bool) -> None:
    assert name_fits(glob, PATHS[function], "crates/core/src/book.rs") is fits


def test_the_modules_are_those_of_the_file() -> None:
    for file, module in (
        ("src/lib.rs", ""),
        ("src/main.rs", ""),
        ("crates/a/src/feed/mod.rs", "feed::"),
        ("crates/a/src/feed/itch.rs", "feed::itch::"),
    ):
        assert name_fits(f"crate::{module}run", "run", file)
        assert not name_fits(f"crate::{module}x::run", "run", file)


@pytest.mark.parametrize(
    "glob", ["", "::a", "a::", "Book<P>::f", "a b", "crate", "a:b", "a/b", "-"]
)
def test_a_glob_that_names_nothing_is_refused_with_words(glob: str) -> None:
    with pytest.raises(BadGlob, match="; "):
        name_glob(glob)


def test_a_name_without_end_is_answered() -> None:
    assert not name_fits("*a" * 90 + "b", "a" * 100_000)
    assert not name_fits("a", "impl " * 20_000 + "<" * 20_000)
