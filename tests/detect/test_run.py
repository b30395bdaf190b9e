"""Rules over a change: only what it added, nothing from tests, repeats told once."""

from __future__ import annotations

from difflib import unified_diff

import pytest

from reviewer.detect.registry import RULES
from reviewer.detect.rule import Rule
from reviewer.detect.run import detect
from reviewer.finding import Category, Finding, Severity, VerdictKind
from reviewer.pull.diff import FileDiff, Side
from reviewer.pull.parse import parse_diff
from reviewer.rust.file import RustFile
from reviewer.scope.rooms import FileScope, Room, Scope

NOWHERE = Scope(())


def change(before: str, after: str, path: str = "src/a.rs") -> tuple[FileDiff, RustFile]:
    lines = unified_diff(before.splitlines(), after.splitlines(), lineterm="")
    body = "\n".join(list(lines)[2:])
    text = f"diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n{body}\n"
    return parse_diff(text).files[0], RustFile.parse(path, after)


def found(before: str, after: str, path: str = "src/a.rs", scope: Scope = NOWHERE) -> list[Finding]:
    return detect([change(before, after, path)], scope)


OLD = """\
impl Book {
    fn on_trade(&mut self, msg: &Trade) {
        let old_price = msg.price.parse().unwrap_or(0.0);
        self.last = old_price;
    }
}
"""
NEW = OLD.replace(
    "        self.last",
    "        let qty = msg.qty.parse().unwrap_or(0.0);\n"
    "        self.volume += qty;\n"
    "        self.last",
)


def test_only_what_the_change_added_is_reported() -> None:
    (finding,) = found(OLD, NEW)
    assert finding.line == 4
    assert finding.side is Side.RIGHT
    assert finding.quote == "        let qty = msg.qty.parse().unwrap_or(0.0);"
    assert finding.title == "`qty` becomes 0 when it does not parse"
    assert "`qty`" in finding.scenario
    assert finding.source == "rule:A16"
    assert finding.scope_path == "impl Book::on_trade"
    assert finding.category is Category.MONEY_ARITHMETIC
    assert finding.verdict is VerdictKind.CONFIRMED


def test_a_change_that_only_removes_lines_reports_nothing() -> None:
    assert found(NEW, OLD) == []


def test_the_room_of_the_file_raises_the_severity() -> None:
    scope = Scope((FileScope("src/a.rs", (Room.ORDER_BOOK,), "path"),))
    assert found(OLD, NEW)[0].severity is Severity.IMPORTANT
    assert found(OLD, NEW, scope=scope)[0].severity is Severity.CRITICAL


def test_test_code_is_left_out_by_attribute_and_by_path() -> None:
    tests = "#[cfg(test)]\n/// Checks.\n#[allow(unused)]\nmod tests {\n" + NEW + "}\n"
    assert found("", tests) == []
    for path in ("tests/feed.rs", "crates/book/benches/match.rs", "examples/bot.rs"):
        assert found(OLD, NEW, path) == []


def test_each_place_is_a_finding_of_its_own() -> None:
    lines = "".join(f"    let price_{n} = m.p{n}.parse().unwrap_or(0.0);\n" for n in range(1, 15))
    findings = found("", f"fn on_row(m: &Row) {{\n{lines}}}\n")
    assert [finding.line for finding in findings] == list(range(2, 16))
    assert len({finding.title for finding in findings}) == 14


def test_an_old_await_under_a_new_lock_is_reported_on_the_lock() -> None:
    before = "async fn send(&self) {\n    self.venue.ping().await;\n}\n"
    after = before.replace(
        "    self.venue", "    let open = self.open.lock().unwrap();\n    self.venue"
    )
    (finding,) = found(before, after)
    assert finding.source == "rule:C2"
    assert finding.line == 2
    assert finding.quote == "    let open = self.open.lock().unwrap();"
    assert [proof.line for proof in finding.evidence] == [3]


def test_a_range_that_begins_outside_its_hunk_is_cut_to_its_last_line() -> None:
    chain = ["fn on_row(m: &Row) {", "    let price = m.p"]
    before = "\n".join([*chain, *["        // why" for _ in range(12)], "        ;", "}", ""])
    after = before.replace("        ;", "        .parse().unwrap_or(0.0);")
    (finding,) = found(before, after)
    assert finding.line == 15
    assert finding.start_line is None


def test_findings_come_in_the_order_of_files_and_lines() -> None:
    body = (
        "fn on_fill(f: &Fill) {\n    f.id.unwrap();\n"
        "    let px = f.p.parse().unwrap_or(0.0);\n    todo!()\n}\n"
    )
    changes = [change("", body, "b.rs"), change("", body, "a.rs")]
    places = [(f.path, f.line, f.source) for f in detect(changes, NOWHERE)]
    assert places == [
        ("b.rs", 2, "rule:B1h"),
        ("b.rs", 3, "rule:A16"),
        ("b.rs", 4, "rule:B2"),
        ("a.rs", 2, "rule:B1h"),
        ("a.rs", 3, "rule:A16"),
        ("a.rs", 4, "rule:B2"),
    ]
    assert detect(changes, NOWHERE) == detect(changes, NOWHERE)


def test_a_long_name_gives_way_to_the_title_of_the_rule() -> None:
    name = "settlement_price_of_the_last_auction_before_the_official_close_of_the_venue"
    (finding,) = found("", f"fn f() {{\n    let {name} = t.parse().unwrap_or(0.0);\n}}\n")
    assert finding.title == "A value that does not parse becomes 0"
    assert name in finding.scenario


def test_a_place_can_be_milder_than_its_room() -> None:
    order = "struct Order { qty: u64, filled_qty: u64 }\nimpl Order {\n%s}\n"
    getter = order % "    fn open(&self) -> u64 {\n        self.qty - self.filled_qty\n    }\n"
    fill = (
        order % "    fn on_fill(&mut self, fill_qty: u64) {\n        self.qty -= fill_qty;\n    }\n"
    )
    risk = Scope((FileScope("src/a.rs", (Room.RISK,), "path"),))
    assert [f.severity for f in found("", getter, scope=risk)] == [Severity.IMPORTANT]
    assert [f.severity for f in found("", fill, scope=risk)] == [Severity.CRITICAL]
    assert [f.severity for f in found("", fill)] == [Severity.IMPORTANT]


@pytest.mark.parametrize(
    "room", [*Room, None], ids=lambda room: room.value if room else "elsewhere"
)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_what_the_page_prints_is_what_a_change_is_told(rule: Rule, room: Room | None) -> None:
    """The example as a new file of that room, at the severity that the table shows."""
    path = "src/engine.rs"
    rooms = Scope((FileScope(path, (room,), "path"),)) if room else NOWHERE
    told = [f for f in found("", rule.example, path, rooms) if f.source == f"rule:{rule.id}"]
    assert told
    severities = {f.severity for f in told}
    assert min(severities, key=lambda one: one.rank) == rule.severity_in((room,) if room else ())
    assert rule.lowered or len(severities) == 1
    assert rule.id not in {f.source.removeprefix("rule:") for f in found("", rule.counter_example)}


def test_a_channel_that_is_full_is_worse_than_one_that_is_closed() -> None:
    (rule,) = (rule for rule in RULES if rule.id == "B1x")
    full = rule.example.replace(".send(event)", ".try_send(event)")
    scope = Scope((FileScope("src/engine.rs", (Room.MARKET_DATA,), "path"),))

    def severity(text: str) -> Severity:
        (sent,) = (f for f in found("", text, "src/engine.rs", scope) if "send" in f.quote)
        return sent.severity

    assert severity(rule.example) is Severity.SUGGESTION
    assert severity(full) is Severity.IMPORTANT


@pytest.mark.parametrize("line", ["serde_json::from_str(&text).unwrap()", "send(event).unwrap()"])
def test_the_example_of_a_stream_shows_both_of_its_ends(line: str) -> None:
    (rule,) = (rule for rule in RULES if rule.id == "B1x")
    assert any(line in finding.quote for finding in found("", rule.example))
