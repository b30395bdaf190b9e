from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.agent.quotes import Lines, find_quote, normal

LINES = Lines(["fn a() {", "    x += 1;", "}", "fn b() {", "    x += 1;", "    y();", "}"])


def test_the_claimed_line_counts_when_it_reads_so() -> None:
    assert find_quote("x += 1;", 5, LINES) == 5
    assert find_quote("x  +=\t1; ", 2, LINES) == 2


def test_a_wrong_number_is_put_right_by_a_quote_that_stands_once() -> None:
    assert find_quote("y();", 2, LINES) == 6


def test_a_quote_that_stands_twice_near_by_is_settled_by_the_item() -> None:
    assert find_quote("x += 1;", 6, LINES) is None
    assert find_quote("x += 1;", 6, LINES, within=(4, 7)) == 5


def test_twenty_lines_near_before_all_the_file() -> None:
    lines = ["a"] + [""] * 60 + ["a"]
    assert find_quote("a", 50, Lines(lines)) == 62
    assert find_quote("a", 30, Lines(lines)) is None
    assert find_quote("b", 30, Lines([*lines, "b"])) == 63


def test_a_quote_of_nothing_proves_nothing() -> None:
    assert find_quote("  \n ", 2, LINES) is None
    assert find_quote("z();", 6, LINES) is None


CODE = [
    "impl Book {",
    "    fn apply(&mut self, price: u64, qty: u64) {",
    "        self.bids.insert(price, qty); // a zero stays",
    "        let size = self.bids.len() as u32;",
    "        self.notify(",
    "            size,",
    "        );",
    "    }",
    "}",
]


@pytest.mark.parametrize(
    "quote",
    [
        "self.bids.insert(price, qty);",
        "self.bids.insert(price, qty)",
        "`self.bids.insert(price, qty);`",
        "```rust\nself.bids.insert(price, qty); // a zero stays\n```",
        "self.bids.insert( price,qty );",
        "self.bids.insert(…, qty);",
        "self.bids.insert(price, ...",
        "3: self.bids.insert(price, qty); // a zero stays",
        "3 | self.bids.insert(price, qty);",
        "+ self.bids.insert(price, qty);",
        "+        self.bids.insert(price, qty); // a zero stays",
        "   R3 +         self.bids.insert(price, qty); // a zero stays",
        "`R3 + self.bids.insert(price, qty);`",
        "bids.insert(price, qty)",
    ],
)
@pytest.mark.parametrize("claimed", [2, 3, 5])
def test_code_that_stands_there_is_found_however_it_was_written_down(
    quote: str, claimed: int
) -> None:
    assert find_quote(quote, claimed, Lines(CODE), within=(2, 8)) == 3


@pytest.mark.parametrize(
    "quote",
    [
        "self.asks.insert(price, qty);",
        "self.bids.insert(price, qty.max(1));",
        "self.bids.insert(…, size);",
        "bids",
        "…",
        "...",
        "+",
        "``",
        "3:",
        "// self.bids.insert(price, qty);",
        "let size = self.bids.len() as u32 as u8;",
    ],
)
def test_code_that_does_not_stand_there_is_not_found(quote: str) -> None:
    assert find_quote(quote, 3, Lines(CODE), within=(2, 8)) is None


def test_a_part_of_a_line_proves_it_only_beside_the_claimed_one() -> None:
    lines = ["self.bids.insert(price, qty);", *[""] * 30]
    assert find_quote("bids.insert(price", 4, Lines(lines)) == 1
    assert find_quote("bids.insert(price", 5, Lines(lines)) is None


def test_of_lines_that_read_the_same_the_nearest_of_the_item_is_meant() -> None:
    lines = ["fn a() {", "    self.count += 1;", "}", "fn b() {"]
    lines += ["    self.count += 1;", "    f();", "    self.count += 1;", "}"]
    assert find_quote("self.count += 1;", 4, Lines(lines), within=(4, 8)) == 5
    assert find_quote("self.count += 1;", 8, Lines(lines), within=(4, 8)) == 7
    assert find_quote("self.count += 1;", 3, Lines(lines)) == 2


def test_of_several_lines_the_last_one_counts() -> None:
    assert find_quote("fn b() {\n    x += 1;\n", 5, LINES) == 5


code = st.lists(st.sampled_from(["a();", "b();", "  a();", "", "}", "c += 1;"]), max_size=80)


@given(code, st.integers(-5, 100), st.sampled_from(["a();", "}", "c  += 1;", "", "d"]))
def test_whatever_is_found_reads_like_the_quote(lines: list[str], claimed: int, quote: str) -> None:
    found = find_quote(quote, claimed, Lines(lines))
    if found is not None:
        assert normal(lines[found - 1]) == normal(quote)


@given(code, st.data())
def test_a_true_number_is_never_moved(lines: list[str], data: st.DataObject) -> None:
    told = [n for n, line in enumerate(lines, start=1) if line.strip()]
    if told:
        number = data.draw(st.sampled_from(told))
        assert find_quote(lines[number - 1], number, Lines(lines)) == number


def test_many_quotes_of_a_long_file_are_looked_up() -> None:
    lines = Lines(f"    let x{number} = apply(price, qty)?;" for number in range(60_000))
    item = (1, len(lines))
    for number in range(400):
        assert find_quote(f"let x{number} = nothing;", number, lines, within=item) is None
        assert find_quote(f"let x{number} = apply(price, qty)?;", 9, lines) == number + 1
