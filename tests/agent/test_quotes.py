from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reviewer.agent.quotes import find_quote, normal, quoted_line

LINES = ["fn a() {", "    x += 1;", "}", "fn b() {", "    x += 1;", "    y();", "}"]


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
    assert find_quote("a", 50, lines) == 62
    assert find_quote("a", 30, lines) is None
    assert find_quote("b", 30, [*lines, "b"]) == 63


def test_a_quote_of_nothing_proves_nothing() -> None:
    assert find_quote("  \n ", 2, LINES) is None
    assert find_quote("z();", 6, LINES) is None


def test_a_gutter_that_was_copied_along_is_no_part_of_the_quote() -> None:
    assert quoted_line("R142 +     x += 1;") == "x += 1;"
    assert quoted_line("L13 - x += 1;") == "x += 1;"
    assert quoted_line("R7   }") == "}"


def test_of_several_lines_the_last_one_counts() -> None:
    assert find_quote("fn b() {\n    x += 1;\n", 5, LINES) == 5


code = st.lists(st.sampled_from(["a();", "b();", "  a();", "", "}", "c += 1;"]), max_size=80)


@given(code, st.integers(-5, 100), st.sampled_from(["a();", "}", "c  += 1;", "", "d"]))
def test_whatever_is_found_reads_like_the_quote(lines: list[str], claimed: int, quote: str) -> None:
    found = find_quote(quote, claimed, lines)
    if found is not None:
        assert normal(lines[found - 1]) == normal(quote)


@given(code, st.data())
def test_a_true_number_is_never_moved(lines: list[str], data: st.DataObject) -> None:
    told = [n for n, line in enumerate(lines, start=1) if line.strip()]
    if told:
        number = data.draw(st.sampled_from(told))
        assert find_quote(lines[number - 1], number, lines) == number
