"""Every rule finds exactly the marked lines of its fixtures and keeps its documents' word."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewer.detect.registry import RULES
from reviewer.detect.rule import TITLE_LIMIT, Hit, Rule
from reviewer.finding import Severity
from reviewer.rust.file import RustFile
from reviewer.scope.rooms import Room

FIXTURES = Path(__file__).parent / "fixtures"
MARK = "//~ hit"
BY_ID = {rule.id: rule for rule in RULES}
NAMES = sorted(p.name for p in FIXTURES.glob("*.rs") if p.name.partition(".")[0] in BY_ID)


def hits(rule: Rule, text: str) -> list[Hit]:
    return sorted(rule.hits(RustFile.parse("src/a.rs", text)), key=lambda hit: hit.line)


def marked(text: str) -> list[int]:
    return [number for number, line in enumerate(text.split("\n"), 1) if MARK in line]


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_finds_the_marked_lines_and_no_other(name: str) -> None:
    text = (FIXTURES / name).read_text()
    rule = BY_ID[name.partition(".")[0]]
    assert sorted({hit.line for hit in hits(rule, text)}) == marked(text)


@pytest.mark.parametrize("name", NAMES)
def test_line_ends_and_a_byte_order_mark_change_nothing(name: str) -> None:
    text = (FIXTURES / name).read_text()
    rule = BY_ID[name.partition(".")[0]]
    windows = "\ufeff" + text.replace("\n", "\r\n")
    assert sorted({hit.line for hit in hits(rule, windows)}) == marked(text)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_has_a_fixture_with_hits_and_with_more_lines_that_are_none(rule: Rule) -> None:
    text = (FIXTURES / f"{rule.id}.rs").read_text()
    assert marked(text)
    assert len(text.splitlines()) > 2 * len(marked(text))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_example_hits_and_the_counter_example_does_not(rule: Rule) -> None:
    assert hits(rule, rule.example)
    assert not hits(rule, rule.counter_example)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_reads_like_a_colleague(rule: Rule) -> None:
    found = hits(rule, (FIXTURES / f"{rule.id}.rs").read_text())
    for title in (rule.title, *(hit.title for hit in found)):
        assert 0 < len(title) <= TITLE_LIMIT
        assert not title.endswith(".")
    assert len({hit.title for hit in found}) > 1, "a title names what is at hand"
    for hit in found:
        assert hit.scenario.endswith(".")
        assert len(hit.scenario) > len(hit.title)
    assert rule.why.endswith(".")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_hit_quotes_its_line_exactly(rule: Rule) -> None:
    text = (FIXTURES / f"{rule.id}.rs").read_text().replace("\n", "\r\n")
    lines = text.split("\n")
    for hit in hits(rule, text):
        assert hit.quote == lines[hit.line - 1]
        assert hit.start_line is None or hit.start_line < hit.line


def test_no_two_rules_share_a_name() -> None:
    assert len(BY_ID) == len(RULES)
    assert len({rule.title for rule in RULES}) == len(RULES)


def test_a_room_can_only_make_a_rule_more_severe() -> None:
    for rule in RULES:
        for room in Room:
            assert rule.severity_in((room,)).rank <= rule.severity.rank
    assert BY_ID["B2"].severity_in((Room.RISK,)) is Severity.CRITICAL
    assert BY_ID["B2"].severity_in(()) is Severity.IMPORTANT


def test_the_other_end_of_the_book_is_offered_where_one_word_does_it() -> None:
    text = (FIXTURES / "D5.rs").read_text()
    offered = {hit.line: hit.replacement for hit in hits(BY_ID["D5"], text)}
    for line, replacement in offered.items():
        assert replacement is None or len(replacement) == 1
        if replacement:
            fixed = text.split("\n")
            fixed[line - 1] = replacement[0]
            assert line not in {hit.line for hit in hits(BY_ID["D5"], "\n".join(fixed))}
    assert any(offered.values())
    wrong_side = next(
        n for n, line in enumerate(text.split("\n"), 1) if "best_ask = self.bids" in line
    )
    assert offered[wrong_side] is None, "the wrong map cannot be mended by its other end"


@pytest.mark.parametrize(
    ("call", "mended"),
    [
        ("self.asks.keys().last().copied()", "self.asks.keys().next().copied()"),
        ("self.asks.iter().last()", "self.asks.iter().next()"),
        ("self.asks.values().last()", "self.asks.values().next()"),
        ("self.asks.keys().copied().last()", "self.asks.keys().copied().next()"),
        ("self.asks.keys().max()", "self.asks.keys().min()"),
        ("self.asks.last_key_value()", "self.asks.first_key_value()"),
        ("self.asks.pop_last()", "self.asks.pop_first()"),
        ("self.bids.iter().next()", "self.bids.iter().next_back()"),
        ("self.bids.first()", "self.bids.last()"),
    ],
)
def test_the_other_end_is_a_method_that_there_is(call: str, mended: str) -> None:
    """A `Keys` has no `first`: what is offered was compiled."""
    side = "ask" if "asks" in call else "bid"
    book = "struct Book { bids: BTreeSet<i64>, asks: BTreeMap<i64, f64> }"
    body = f"let best_{side} = {call};"
    (hit,) = hits(BY_ID["D5"], f"{book}\nimpl Book {{ fn look(&self) {{\n{body}\n}} }}\n")
    assert hit.replacement == (f"let best_{side} = {mended};",)


def test_what_can_only_be_wrong_elsewhere_is_important_at_most() -> None:
    text = (FIXTURES / "A6.rs").read_text()
    worst = {text.split("\n")[hit.line - 1].strip(): hit for hit in hits(BY_ID["A6"], text)}
    getter = worst["order.qty - order.filled_qty //~ hit"]
    spread = worst["let spread = best_ask - best_bid; //~ hit"]
    assert getter.at_most is spread.at_most is Severity.IMPORTANT
    assert "Nothing in this file keeps `filled_qty` at or below `qty`" in getter.scenario
    assert "crossed book" in spread.scenario
    assert worst["order.qty -= fill_qty; //~ hit"].at_most is Severity.CRITICAL
    fee = worst["let free = balance - fee; //~ hit"]
    assert "fill" not in fee.scenario, "nothing is said that the names do not say"


def test_a_kill_switch_that_ignores_its_failure_is_told_as_one() -> None:
    stop = "async fn emergency_stop(&self) {\n    let _ = self.gateway.%s(1).await;\n}\n"
    (switch,) = hits(BY_ID["B4"], stop % "cancel_all_orders")
    assert "`emergency_stop` ends as if it had" in switch.scenario
    (single,) = hits(BY_ID["B4"], stop % "cancel_order")
    assert "as if the order were placed or cancelled" in single.scenario


@pytest.mark.parametrize(
    ("cast", "worst"),
    [
        ("(price / tick_size) as i64", Severity.CRITICAL),
        ("(price * 100.0) as i64", Severity.CRITICAL),
        ("(price * 10f64.powi(8)) as i64", Severity.CRITICAL),
        ("(qty / lot_size) as i64", Severity.CRITICAL),
        ("qty as i64", Severity.CRITICAL),
        ("(qty * 1e6) as i64", Severity.SUGGESTION),
        ("(price * qty) as i64", Severity.SUGGESTION),
        ("(price * qty).min(1e9 * qty) as i64", Severity.SUGGESTION),
        ("(price * qty * 1.01) as i64", Severity.SUGGESTION),
        ("(qty * PRICE_PRECISION as f64) as i64", Severity.SUGGESTION),
    ],
)
def test_a_price_a_unit_off_is_another_and_an_amount_only_a_unit_less(
    cast: str, worst: Severity
) -> None:
    text = f"fn f(price: f64, qty: f64, tick_size: f64, lot_size: f64) -> i64 {{\n    {cast}\n}}\n"
    (hit,) = hits(BY_ID["A10"], text)
    assert hit.at_most is worst


def test_a_book_of_this_process_that_does_not_cancel_is_a_suggestion() -> None:
    text = "fn f(book: &mut Book, venue: &Venue) {\n    let _ = book.cancel_order(1);\n"
    own, at_venue = hits(BY_ID["B4"], text + "    let _ = venue.cancel_order(1);\n}\n")
    assert (own.at_most, at_venue.at_most) == (Severity.SUGGESTION, Severity.CRITICAL)


def test_what_a_command_prints_and_a_chart_cuts_is_meant() -> None:
    for rule in ("D2b", "A10"):
        path = {"D2b": "client-cli/src/group.rs", "A10": "src/chart/scale.rs"}[rule]
        assert hits(BY_ID[rule], BY_ID[rule].example)
        assert not list(BY_ID[rule].hits(RustFile.parse(path, BY_ID[rule].example)))


def test_a_decimal_that_only_nan_harms_is_a_suggestion_and_one_with_noise_is_not() -> None:
    text = "fn f(price: f64) -> Decimal {\n    Decimal::from_f64%s(price).unwrap()\n}\n"
    (noisy,) = hits(BY_ID["A11"], text % "_retain")
    (finite,) = hits(BY_ID["A11"], text % "")
    assert (noisy.at_most, finite.at_most) == (Severity.CRITICAL, Severity.SUGGESTION)


def test_what_the_desk_sets_itself_is_not_said_of_the_venue() -> None:
    catch_all = hits(BY_ID["B5s"], (FIXTURES / "B5s.rs").read_text())
    parsed = hits(BY_ID["A16"], (FIXTURES / "A16.rs").read_text())
    set_here = [hit for hit in (*catch_all, *parsed) if "settings" in hit.scenario]
    assert [hit.title for hit in set_here] == [
        "Whatever else is set becomes `Side::Buy`",
        "Whatever else is set becomes `Side::Buy`",
        "Whatever else is set becomes `Side::Long`",
        "`max_notional` becomes 0 when it does not parse",
        "`max_price` becomes 0 when it does not parse",
        "`min_qty` becomes 0 when it does not parse",
    ]
    assert not any("venue" in hit.scenario for hit in set_here)
    assert [hit.at_most for hit in set_here] == [Severity.SUGGESTION] * 3 + [Severity.IMPORTANT] * 3
    others = [hit for hit in (*catch_all, *parsed) if hit not in set_here]
    assert all(hit.at_most is Severity.CRITICAL and "venue" in hit.scenario for hit in others)


@pytest.mark.parametrize("rule", ["D2b", "B2p"])
@pytest.mark.parametrize(
    ("path", "is_said"),
    [
        ("src/engine.rs", True),
        ("src/backtest/engine.rs", False),
        ("backtester/src/engine.rs", False),
        ("backtester/src/live/bot.rs", True),
        ("backtester/src/live_feed/bot.rs", True),
        ("backtester/src/delivery.rs", False),
    ],
)
def test_what_trades_with_nobody_may_print_and_panic(rule: str, path: str, is_said: bool) -> None:
    found = list(BY_ID[rule].hits(RustFile.parse(path, BY_ID[rule].example)))
    assert bool(found) is is_said


def test_a_number_that_is_printed_and_read_back_never_came_from_a_venue() -> None:
    code = "fn a() { let qty = order.qty.round().to_string().parse::<u32>().unwrap_or(0); }"
    (hit,) = hits(BY_ID["A16"], code)
    assert hit.title == "`qty` becomes 0 when `u32` cannot hold it"
    assert "venue" not in hit.scenario
    (text,) = hits(BY_ID["A16"], code.replace("order.qty.round()", 'row["qty"]'))
    assert text.title == "`qty` becomes 0 when it does not parse"
