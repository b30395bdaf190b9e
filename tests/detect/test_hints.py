"""Hints over a change: what it added, what no rule says already, bounded, the likeliest first."""

from __future__ import annotations

from reviewer.detect.hint import TEXT_LIMIT, Hint
from reviewer.detect.hints import MOST_IN_CHANGE, MOST_IN_FILE, hints
from reviewer.detect.registry import HINTS
from reviewer.detect.run import detect
from tests.detect.test_run import NOWHERE, change

STATUS = """\
fn on_status_{n}(&mut self, status: OrderStatus) {{
    match status {{
        OrderStatus::Filled => self.close(),
        _ => {{}}
    }}
}}
"""


def given(before: str, after: str, path: str = "src/a.rs") -> tuple[Hint, ...]:
    return hints([change(before, after, path)])[0]


def test_only_what_the_change_added_is_hinted() -> None:
    old, new = STATUS.format(n=1), STATUS.format(n=2)
    assert given("", old)
    (hint,) = given(old, old + new)
    assert (hint.path, hint.line, hint.source) == ("src/a.rs", 10, "hint:B5")
    assert "`OrderStatus`" in hint.text
    assert given(old + new, old) == ()


def test_test_code_is_left_out_by_attribute_and_by_path() -> None:
    body = STATUS.format(n=1)
    assert given("", f"#[cfg(test)]\nmod tests {{\n{body}}}\n") == ()
    for path in ("tests/feed.rs", "benches/match.rs", "examples/bot.rs"):
        assert given("", body, path) == ()


def test_a_place_that_a_rule_reports_is_not_hinted_again() -> None:
    text = (
        "fn on_fill(&mut self, fill: &Fill) {\n"
        "    self.orders.get(&fill.id).unwrap();\n"
        "    self.history.back().unwrap();\n}\n"
    )
    pair = change("", text)
    assert [finding.line for finding in detect([pair], NOWHERE)] == [2]
    assert [(hint.line, hint.source) for hint in hints([pair])[0]] == [(3, "hint:B1")]


def test_a_comment_that_allows_a_hint_silences_it() -> None:
    text = STATUS.format(n=1).replace("_ => {}", "_ => {} // reviewer: allow(B5) none matter here")
    assert given("", text) == ()


def test_policy_is_told_once_with_the_number_of_its_places() -> None:
    fields = "struct Fill {\n    price: f64,\n    qty: f64,\n    fee: f64,\n}\n"
    other = change("", "struct Level { price: f64 }\n", "src/b.rs")
    found, summary = hints([change("", fields), other])
    assert [(hint.path, hint.line, hint.source) for hint in found] == [("src/a.rs", 2, "hint:A1")]
    assert found[0].text.startswith("The first of 4: ")
    assert summary == ("4 new price or quantity fields of type float",)
    assert hints([change(fields, fields + "\n")]) == ((), ())


def test_no_rule_and_no_change_gives_more_than_the_agent_can_read() -> None:
    many = "".join(STATUS.format(n=n) for n in range(40))
    assert len(given("", many)) == MOST_IN_FILE
    files = [change("", many, f"src/f{n}.rs") for n in range(30)]
    assert len(hints(files)[0]) == MOST_IN_CHANGE


def test_a_loud_rule_takes_no_place_of_a_quiet_one() -> None:
    files = [
        change("", "".join(STATUS.format(n=n) for n in range(8)), f"src/f{n}.rs") for n in range(20)
    ]
    quiet = change("", "fn share(qty: u64, n: u64) -> u64 {\n    qty / n\n}\n", "src/z.rs")
    found, _ = hints([*files, quiet])
    assert [hint.source for hint in found[:MOST_IN_FILE]] == ["hint:B5"] * MOST_IN_FILE
    assert found[MOST_IN_FILE].source == "hint:A18"
    assert len(found) == MOST_IN_CHANGE


def test_the_likeliest_come_first_and_within_a_rule_hot_functions() -> None:
    cold = "fn setup(&self, status: OrderStatus) {\n    match status {\n"
    cold += "        OrderStatus::New => 1,\n        _ => 2,\n    }\n}\n"
    text = (
        "fn share(qty: u64, n: u64) -> u64 {\n    qty / n\n}\n"
        + cold
        + STATUS.format(n=1).replace("on_status_1", "on_order_update")
    )
    found = given("", text)
    assert [(hint.source, hint.line) for hint in found] == [
        ("hint:B5", 13),
        ("hint:B5", 7),
        ("hint:A18", 2),
    ]
    chances = {f"hint:{rule.id}": rule.chance for rule in HINTS}
    assert chances["hint:B5"] > chances["hint:A18"]


def test_names_made_to_hurt_stay_one_short_line() -> None:
    name = "qty_" + "x" * 150
    text = f"fn f({name}: u64, price: u64) -> u64 {{\n    {name}\n\n        * price\n}}\n"
    (hint,) = given("", text)
    assert len(hint.text) <= TEXT_LIMIT
    assert "\n" not in hint.text


def test_the_same_change_gives_the_same_hints() -> None:
    files = [change("", STATUS.format(n=1), f"src/f{n}.rs") for n in range(3)]
    assert hints(files) == hints(files)
    assert hints([]) == ((), ())
