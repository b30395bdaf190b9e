"""What runs only in tests is known by its attributes and by its path."""

from __future__ import annotations

import pytest

from reviewer.rust.file import RustFile


def marked_lines_in_test(text: str, path: str = "src/book.rs") -> tuple[list[int], list[int]]:
    file = RustFile.parse(path, text)
    lines = list(enumerate(text.split("\n"), 1))
    wanted = [number for number, line in lines if "// T" in line]
    return wanted, [number for number, line in lines if line.strip() and file.in_test(number)]


CASES = {
    "module": """
fn live() {}
#[cfg(test)] // T
mod tests { // T
    fn helper() {} // T
} // T
fn after() {}
""",
    "behind comments and attributes": """
#[cfg(test)] // T
/// Checks. // T
#[allow(dead_code)] // T
mod checks { // T
} // T
fn live() {}
""",
    "in another file": """
#[allow(dead_code)] // T
#[cfg(test)] // T
mod checks; // T
mod book;
""",
    "impl of a feature": """
#[cfg(all(test, feature = "sim"))] // T
impl Book { // T
    fn fake() {} // T
} // T
""",
    "function": """
#[test] // T
fn fills() { // T
    run(); // T
} // T
fn live() {}
""",
    "async function": """
#[tokio::test(flavor = "multi_thread")] // T
async fn fills() { // T
} // T
""",
    "cases": """
/// Doc. // T
#[rstest] // T
#[case(1)] // T
fn fills() {} // T
fn live() {}
""",
    "inner attribute of a module": """
mod tests { // T
    #![cfg(test)] // T
    fn a() {} // T
} // T
fn live() {}
""",
    "inner attribute of the file": """
#![cfg(test)] // T
use super::*; // T
fn helper() {} // T
""",
    "import": """
#[cfg(test)] // T
use crate::sim::Venue; // T
use crate::Book;
""",
    "constant": """
impl Book {
    #[cfg(test)] // T
    const SEED: u64 = 1; // T
    const LIVE: u64 = 2;
}
""",
    "statement": """
fn live() {
    #[cfg(test)] // T
    let px = fake(); // T
    let qty = real();
}
""",
    "the opposite": """
#[cfg(not(test))]
fn live() {}
""",
    "only a derive": """
#[cfg_attr(test, derive(Debug))]
struct Live;
""",
    "a feature beside it, which can ship": """
#[cfg(any(test, feature = "sim"))]
impl Book {
    fn fake() {}
}
#[cfg(all(unix, any(test, feature = "sim")))]
fn live() {}
""",
    "a feature that only tests turn on": """
#[cfg(any(test, feature = "test-utils"))] // T
impl Book { // T
    fn fake() {} // T
} // T
#[cfg(all(any(test, fuzzing), not(feature = "sim")))] // T
fn other() {} // T
""",
    "a predicate without an end": """
#[cfg(any(any(any(any(test, feature = "sim"
fn live() {}
""",
    "a word that only begins like it": """
#[cfg(feature = "testnet")]
fn live() {}
""",
}


@pytest.mark.parametrize("text", CASES.values(), ids=CASES)
def test_by_attribute(text: str) -> None:
    wanted, found = marked_lines_in_test(text)
    assert found == wanted


@pytest.mark.parametrize(
    ("path", "is_test"),
    [
        ("tests/fills.rs", True),
        ("crates/book/tests/it/main.rs", True),
        ("benches/matching.rs", True),
        ("examples/bot.rs", True),
        ("src/book/tests.rs", True),
        ("src/book_test.rs", True),
        ("src/test_utils.rs", True),
        ("integration-tests/src/generator.rs", True),
        ("crates/e2e/src/main.rs", True),
        ("load_test/src/main.rs", True),
        ("back-test/src/main.rs", False),
        ("src/stress/book.rs", False),
        ("src/book.rs", False),
        ("src/latest.rs", False),
        ("src/testnet.rs", False),
        ("src/contest/book.rs", False),
    ],
)
def test_by_path(path: str, is_test: bool) -> None:
    assert RustFile.parse(path, "fn a() {}\n").in_test(1) is is_test
