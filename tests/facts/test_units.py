"""Unlike units that meet, and products that leave their type, in changes out of real git."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewer.detect.hint import TEXT_LIMIT
from reviewer.detect.rule import Explained
from reviewer.facts.change import Profile
from reviewer.facts.fact import Fact, Table
from reviewer.facts.gather import gather_facts
from reviewer.facts.units import unit_of_name, unit_of_result
from reviewer.facts.units_look import look_at_units
from reviewer.facts.units_rules import RANGE_RULE, UNITS_RULE
from reviewer.finding import Finding, Severity
from tests.facts.changes import change

BEFORE = {
    "src/risk.rs": """\
pub struct UnixNanos(u64); pub struct PriceTicks(i64); pub struct New { price: PriceTicks }
pub struct Order { price: i64, price_ticks: i64, qty: i64, ts_ns: u64, at: UnixNanos, fee_bps: i64 }
const NANOS_PER_MILLI: u64 = 1_000_000;
fn expire_at(deadline_ms: u64, qty: i64) {}
""",
    "Cargo.toml": "[package]\nname = 'risk'\n",
}
PATH = "src/risk.rs"
LIMITS = Profile(max_price=100_000_000_000, max_quantity=1_000_000_000)


def look(tmp_path: Path, added: str, profile: Profile = Profile()) -> Fact | None:  # noqa: B008
    after = BEFORE | {PATH: BEFORE[PATH] + added}
    return look_at_units(change(tmp_path, BEFORE, after, profile=profile))


def line(tmp_path: Path, expression: str, profile: Profile = Profile()) -> Fact | None:  # noqa: B008
    return look(
        tmp_path,
        "fn check_limit(order: &Order, new: &New, now_ns: u64, max_age_ms: u64, fee_pct: i64,\n"
        f"    elapsed: Duration, max_fraction: f64) {{\n    {expression};\n}}\n",
        profile,
    )


def the_finding(fact: Fact | None) -> Finding:
    assert fact is not None
    (finding,) = fact.findings
    return finding


@pytest.mark.parametrize(
    ("code", "left", "right"),
    [
        ("now_ns - order.ts_ns > max_age_ms", "ns", "ms"),
        ("order.ts_ns + max_age_ms", "ns", "ms"),
        ("now_ns > max_age_ms", "ns", "ms"),
        ("now_ns > max_age_ms * 1_000", "ns", "us"),
        ("let deadline_ns = elapsed.as_millis() as u64", "ns", "ms"),
        ("let d = Duration::from_millis(now_ns)", "ns", "ms"),
        ("expire_at(now_ns, 1)", "ns", "ms"),
        ("order.at.0 > max_age_ms", "ns", "ms"),
        ("max_age_ms.min(now_ns)", "ms", "ns"),
        ("order.ts_ns -= max_age_ms", "ns", "ms"),
        ("let o = Order { ts_ns: max_age_ms, ..o }", "ns", "ms"),
        ("order.fee_bps > fee_pct", "basis points", "percent"),
    ],
)
def test_units_that_are_spelled_out_on_both_sides_are_told(
    tmp_path: Path, code: str, left: str, right: str
) -> None:
    fact = line(tmp_path, code)
    finding = the_finding(fact)
    assert (finding.path, finding.line, finding.source) == (PATH, 7, "rule:U1")
    assert finding.severity is Severity.CRITICAL
    assert finding.quote == f"    {code};"
    assert f"counts {left} and" in finding.scenario
    assert f"counts {right}." in finding.scenario
    assert fact is not None
    (table,) = fact.parts
    assert isinstance(table, Table)
    assert table.rows[0][2:] == (left, right)
    assert table.rows[0][0] == f"{PATH}:7"


@pytest.mark.parametrize(
    "code",
    [
        "now_ns - order.ts_ns > max_age_ms * 1_000_000",
        "now_ns > max_age_ms * NANOS_PER_MILLI",
        "now_ns / 1_000_000 > max_age_ms",
        "now_ns / NANOS_PER_MILLI > max_age_ms",
        "now_ns > to_ns(max_age_ms)",
        "let age_ns = Duration::from_millis(max_age_ms).as_nanos()",
        "let d = Duration::from_secs(max_age_ms / 1_000)",
        "let age_ms = (now_ns as f64 / 1e6) as u64",
        "expire_at(max_age_ms, order.qty)",
        "order.fee_bps > fee_pct * 100",
        "now_ns > max_age_ms * unknown_factor",
        "order.price > order.price + 1",
        "order.ts_ns == now_ns",
        "order.price > max_age_ms",
        # What is of a type of its own meets its own kind alone.
        "levels.iter().find(|level| level.price == new.price)",
        "level.price.max(new.price)",
        "let price = new.price",
    ],
)
def test_conversions_and_like_units_are_no_mixture(tmp_path: Path, code: str) -> None:
    assert line(tmp_path, code) is None


@pytest.mark.parametrize(
    "code",
    [
        "order.price + order.qty",
        "order.price >= order.price_ticks",
        "level.price == new.price.0",
        "expire_at(max_age_ms, order.price)",
        "let notional = order.qty",
    ],
)
def test_amounts_are_known_by_their_names_alone_and_only_hinted(tmp_path: Path, code: str) -> None:
    fact = line(tmp_path, code)
    assert fact is not None
    assert fact.findings == ()
    (hint,) = fact.hints
    assert (hint.path, hint.line, hint.source) == (PATH, 7, "fact:units")
    assert len(hint.text) <= TEXT_LIMIT
    assert fact.headline == "1 place mixes units"


def test_only_added_lines_outside_tests_count(tmp_path: Path) -> None:
    old = "fn a(now_ns: u64, max_age_ms: u64) -> bool {\n    now_ns > max_age_ms\n}\n"
    before = BEFORE | {PATH: BEFORE[PATH] + old}
    after = before | {
        PATH: before[PATH] + "fn more() {}\n#[cfg(test)]\nmod tests {\n" + old + "}\n",
        "tests/all.rs": old,
    }
    assert look_at_units(change(tmp_path, before, after)) is None


def test_a_product_beyond_its_type_is_told_with_the_numbers(tmp_path: Path) -> None:
    finding = the_finding(line(tmp_path, "let notional = order.price * order.qty", LIMITS))
    assert (finding.source, finding.line) == ("rule:U2", 7)
    assert finding.severity is Severity.CRITICAL
    assert "100,000,000,000 times" in finding.scenario
    assert "100,000,000,000,000,000,000, more than the 9,223,372,036,854,775,807" in (
        finding.scenario
    )


@pytest.mark.parametrize(
    ("checked", "outcome"),
    [(True, "panics here"), (False, "wraps silently"), (None, "release build does not check")],
)
def test_what_overflow_does_depends_on_the_build(
    tmp_path: Path, checked: bool | None, outcome: str
) -> None:
    profile = Profile(
        max_price=LIMITS.max_price, max_quantity=LIMITS.max_quantity, overflow_checks=checked
    )
    found = the_finding(line(tmp_path, "let notional = order.price * order.qty", profile))
    assert outcome in found.scenario


@pytest.mark.parametrize(
    "code",
    [
        "let notional = order.price as i128 * order.qty as i128",
        "let notional = order.price.checked_mul(order.qty)",
        "let twice = order.price * 2",
    ],
)
def test_a_wider_type_or_a_checked_product_is_fine(tmp_path: Path, code: str) -> None:
    assert line(tmp_path, code, LIMITS) is None


def test_maxima_that_fit_are_silent_and_unknown_ones_are_a_hint(tmp_path: Path) -> None:
    code = "let notional = order.price * order.qty"
    small = Profile(max_price=1_000_000, max_quantity=1_000_000)
    assert line(tmp_path / "a", code, small) is None
    fact = line(tmp_path / "b", code)
    assert fact is not None
    assert (fact.findings, fact.parts) == ((), ())
    assert "no largest price and quantity are configured" in fact.hints[0].text


def test_the_largest_notional_stands_in_for_a_maximum_that_is_not_known(tmp_path: Path) -> None:
    code = "let notional = order.price * order.qty"
    assert line(tmp_path / "fits", code, Profile(max_price=10**6, max_notional=10**12)) is None
    found = the_finding(line(tmp_path / "leaves", code, Profile(max_notional=10**20)))
    assert "The largest notional is 100,000,000,000,000,000,000, more than" in found.scenario
    # An order beyond the stated notional is multiplied before any check can refuse it.
    stated = Profile(max_price=10**11, max_quantity=10**9, max_notional=10**12)
    told = the_finding(line(tmp_path / "checked", code, stated)).scenario
    assert "largest price 100,000,000,000 times the largest quantity" in told


def test_the_fact_is_gathered(tmp_path: Path) -> None:
    after = BEFORE | {PATH: BEFORE[PATH] + "fn f(a_ns: u64, b_ms: u64) -> bool { a_ns > b_ms }\n"}
    assert "units" in {f.name for f in gather_facts(change(tmp_path, BEFORE, after))}


@pytest.mark.parametrize("rule", [UNITS_RULE, RANGE_RULE], ids=lambda rule: rule.id)
def test_the_example_is_told_and_the_counter_example_is_not(
    tmp_path: Path, rule: Explained
) -> None:
    wrong = look(tmp_path / "a", rule.example, LIMITS)
    assert the_finding(wrong).source == f"rule:{rule.id}"
    assert look(tmp_path / "b", rule.counter_example, LIMITS) is None


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("recv_ns", "ns"), ("TIMEOUT_MS", "ms"), ("timeout_s", "s"), ("UnixNanos", "ns"),
        ("fee_bps", "basis points"), ("best_bid_tick", "price ticks"), ("order_lots", "lots"),
        ("quote_qty", "notional"), ("limit_px", "price"), ("leaves_qty", "quantity"),
        ("tick_size", None), ("second", None), ("price_micros", None), ("NANOS_PER_MILLI", None),
        ("last_tick", None), ("price_ts", None), ("bandwidth_bps", None), ("", None),
    ],
)  # fmt: skip
def test_names_say_their_unit_or_nothing(name: str, unit: str | None) -> None:
    found = unit_of_name(name)
    assert (found.name if found else None) == unit


@pytest.mark.parametrize(
    ("name", "unit"),
    [("to_ns", "ns"), ("ms_to_ns", "ns"), ("now_ms", "ms"), ("ns_from_ms", "ns"),
     ("parse_ms", None), ("as_seconds", "s")],
)  # fmt: skip
def test_functions_give_the_unit_that_they_are_named_for(name: str, unit: str | None) -> None:
    found = unit_of_result(name)
    assert (found.name if found else None) == unit


def test_a_hostile_file_is_read_in_bounded_time(tmp_path: Path) -> None:
    chain = " + ".join(f"a{n}_ns" for n in range(400))
    calls = "\n".join(f"    expire_at(x_ns, {n});" for n in range(1_500))
    fact = look(tmp_path, f"fn sum() -> u64 {{\n    {chain}\n}}\nfn all() {{\n{calls}\n}}\n")
    assert fact is not None
    assert len(fact.findings) == 1_500
    assert len(fact.parts) == 1


def test_a_call_with_many_arguments_is_read_as_far_as_it_is_looked_at(tmp_path: Path) -> None:
    parameters = ", ".join(["deadline_ms: u64", *(f"p{n}: u64" for n in range(12))])
    given = ", ".join(["now_ns", *map(str, range(12))])
    code = f"fn place({parameters}) {{}}\nfn send(now_ns: u64) {{\n    place({given});\n}}\n"
    fact = look(tmp_path, code)
    assert fact is not None
    assert "deadline_ms" in str(fact)


@pytest.mark.parametrize(
    "code",
    [
        "order.qty > order_lots",
        "place(price_ticks, order_lots)",
        "let o = Order { price: price_ticks, qty: order_lots, ..o }",
    ],
)
def test_what_only_gets_another_name_may_be_counted_in_it(tmp_path: Path, code: str) -> None:
    before = {PATH: BEFORE[PATH] + "fn place(price: i64, qty: i64) {}\n"}
    body = f"fn check_limit(order: &Order, order_lots: i64, price_ticks: i64) {{ {code}; }}\n"
    assert look_at_units(change(tmp_path, before, {PATH: before[PATH] + body})) is None
