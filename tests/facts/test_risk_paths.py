"""The ways to a send and the checks on them, told from two real commits."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewer.facts.change import Profile
from reviewer.facts.fact import Fact, Points, Table
from reviewer.facts.risk_paths import look_at_risk_paths
from reviewer.facts.risk_rules import BYPASS_RULE, LOST_CHECK_RULE
from reviewer.finding import Severity
from tests.facts.changes import change

GATEWAY = """\
pub struct Gateway { socket: Socket }
impl Gateway {
    pub fn send_order(&self, order: Order) -> Result<(), Refused> { self.socket.write(order) }
}
"""
DESK = """\
use crate::gateway::Gateway;
pub struct Desk { gateway: Gateway, max: i64 }
impl Desk {
    pub fn on_signal(&mut self, order: Order) -> Result<(), Refused> {
        self.check_limits(&order)?;
        self.gateway.send_order(order)
    }
    pub fn on_manual(&mut self, order: Order) -> Result<(), Refused> {
        self.check_limits(&order)?;
        self.gateway.send_order(order)
    }
    fn check_limits(&self, order: &Order) -> Result<(), Refused> { self.compare(order) }
    //+
}
"""
BEFORE = {"src/gateway.rs": GATEWAY, "src/desk.rs": DESK}
BARE = """\
    pub fn on_rebalance(&mut self, order: Order) -> Result<(), Refused> {
        self.gateway.send_order(order)
    }
"""


def look(
    tmp_path: Path,
    after: dict[str, str],
    before: dict[str, str] = BEFORE,
    profile: Profile = Profile(),  # noqa: B008
) -> Fact | None:
    return look_at_risk_paths(change(tmp_path, before, after, profile=profile))


def desk(old: str, new: str, count: int = -1) -> dict[str, str]:
    assert old in DESK
    return {**BEFORE, "src/desk.rs": DESK.replace(old, new, count)}


def rows(fact: Fact | None) -> list[tuple[str, ...]]:
    assert fact is not None
    table = fact.parts[0]
    assert isinstance(table, Table)
    return list(table.rows)


def test_a_new_way_past_the_checks_of_its_siblings_is_a_finding(tmp_path: Path) -> None:
    fact = look(tmp_path, desk("    //+\n", BARE))
    assert rows(fact) == [
        ("Desk::on_rebalance", "Gateway::send_order", "no such way", "none", "src/desk.rs:14")
    ]
    assert fact is not None
    assert fact.headline == "1 new way to send, 1 without the checks of its siblings"
    (finding,) = fact.findings
    assert (finding.source, finding.path, finding.line) == ("rule:R1", "src/desk.rs", 14)
    assert finding.quote == "        self.gateway.send_order(order)"
    assert finding.title == "`Desk::on_rebalance` sends without `check_limits`"
    assert "`Desk::on_signal` and `Desk::on_manual`" in finding.scenario
    assert finding.scope_path == "impl Desk::on_rebalance"
    assert fact.hints == ()


def test_it_is_critical_in_a_trading_room(tmp_path: Path) -> None:
    before = {"src/gateway.rs": GATEWAY, "src/risk/orders.rs": DESK}
    after = {**before, "src/risk/orders.rs": DESK.replace("    //+\n", BARE)}
    fact = look(tmp_path, after, before)
    assert fact is not None
    assert [finding.severity for finding in fact.findings] == [Severity.CRITICAL]


LOST = {
    "removed": "",
    "ignored": "let _ = self.check_limits(&order);",
    "made ok": "self.check_limits(&order).ok();",
    "dropped": "drop(self.check_limits(&order));",
    "after the send": "",
}


@pytest.mark.parametrize("how", LOST)
def test_a_way_that_loses_its_check_is_a_finding(tmp_path: Path, how: str) -> None:
    after = desk("self.check_limits(&order)?;", LOST[how], 1)
    if how == "after the send":
        text = after["src/desk.rs"]
        sent = "self.gateway.send_order(order)\n"
        after["src/desk.rs"] = text.replace(
            sent, "self.gateway.send_order(order)?;\n self.check_limits(&order)\n", 1
        )
    fact = look(tmp_path, after)
    assert rows(fact)[0][2:4] == ("check_limits", "none")
    assert fact is not None
    (finding,) = fact.findings
    assert finding.source == "rule:R2"
    assert finding.title == "`Desk::on_signal` no longer passes `check_limits`"
    assert finding.line == 6


CHECKED = {
    "itself": "self.check_limits(&order)?;",
    "in a helper": "self.prepare(&order)?;",
    "by a macro": 'ensure!(order.qty <= self.limit, "too large");',
    "by hand": "if order.notional > self.max_notional { return Err(Refused); }",
    "under another name": "self.risk.check(&order)?;",
    "in a match": "match self.limits.allows(&order) { true => {} false => return Err(Refused) }",
    "in a macro of its own": "check_order!(order);",
    "in a helper of another type": "self.guard.prepare(&order)?;",
    "only sometimes": "if order.is_new { self.check_limits(&order)?; }",
}


@pytest.mark.parametrize("how", CHECKED)
def test_a_new_way_that_asks_anything_of_risk_is_no_finding(tmp_path: Path, how: str) -> None:
    helper = (
        "    fn prepare(&self, order: &Order) -> Result<(), Refused> { self.check_limits(order) }\n"
    )
    new = BARE.replace("        self", f"        {CHECKED[how]}\n        self", 1) + helper
    fact = look(tmp_path, desk("    //+\n", new))
    assert rows(fact)[0][0] == "Desk::on_rebalance"
    assert fact is not None
    assert fact.findings == ()


def test_an_order_that_was_approved_elsewhere_is_no_finding(tmp_path: Path) -> None:
    fact = look(
        tmp_path, desk("    //+\n", BARE.replace("order: Order", "order: RiskApproved<Order>"))
    )
    assert fact is not None
    assert fact.findings == ()


def test_a_layer_around_a_gateway_is_no_new_way_in(tmp_path: Path) -> None:
    layer = (
        "pub struct Logged { inner: Gateway }\nimpl Logged {\n"
        "    pub fn send_order(&self, order: Order) -> Result<(), Refused> {\n"
        "        self.inner.send_order(order)\n    }\n}\n"
    )
    fact = look(tmp_path, {**BEFORE, "src/logged.rs": layer})
    assert rows(fact)[0][0] == "Logged::send_order"
    assert fact is not None
    assert fact.findings == ()


def test_a_check_after_an_early_send_does_not_cover_it(tmp_path: Path) -> None:
    early = (
        "    pub fn on_rebalance(&mut self, order: Order) -> Result<(), Refused> {\n"
        "        if order.fast { return self.gateway.send_order(order); }\n"
        "        self.check_limits(&order)?;\n"
        "        self.gateway.send_order(order)\n    }\n"
    )
    fact = look(tmp_path, desk("    //+\n", early))
    assert fact is not None
    assert [(f.source, f.line) for f in fact.findings] == [("rule:R1", 14)]


def test_a_check_that_moves_into_the_caller_stays_on_the_way(tmp_path: Path) -> None:
    split = (
        "        self.check_limits(&order)?;\n        self.checked(order)\n    }\n"
        "    fn checked(&mut self, order: Order) -> Result<(), Refused> {\n"
        "        self.gateway.send_order(order)\n    }\n"
    )
    old = "        self.check_limits(&order)?;\n        self.gateway.send_order(order)\n    }\n"
    assert look(tmp_path, desk(old, split, 1)) is None


def test_a_second_caller_that_skips_the_first_ones_check_is_found(tmp_path: Path) -> None:
    inner = DESK.replace("self.gateway.send_order(order)", "self.out(order)").replace(
        "    //+\n",
        "    fn out(&mut self, order: Order) -> Result<(), Refused> "
        "{ self.gateway.send_order(order) }\n    //+\n",
    )
    before = {**BEFORE, "src/desk.rs": inner}
    bare = BARE.replace("self.gateway.send_order", "self.out")
    fact = look(tmp_path, {**BEFORE, "src/desk.rs": inner.replace("    //+\n", bare)}, before)
    assert fact is not None
    assert rows(fact)[0][:2] == ("Desk::on_rebalance", "Desk::out > Gateway::send_order")
    assert [(f.source, f.line) for f in fact.findings] == [("rule:R1", 15)]


def test_siblings_that_do_not_agree_prove_nothing(tmp_path: Path) -> None:
    mixed = DESK.replace("self.check_limits(&order)?;", "self.check_margin(&order)?;", 1)
    before = {**BEFORE, "src/desk.rs": mixed}
    fact = look(tmp_path, {**BEFORE, "src/desk.rs": mixed.replace("    //+\n", BARE)}, before)
    assert rows(fact)[0][3] == "none"
    assert fact is not None
    assert (fact.findings, fact.hints) == ((), ())


TRAIT = {
    "src/gateway.rs": "pub trait Gateway {\n"
    "    fn send_order(&self, o: Order) -> Result<(), Refused>;\n}\n"
    "impl Gateway for Fix { fn send_order(&self, o: Order) -> Result<(), Refused> { go(o) } }\n"
    "impl Gateway for Rest { fn send_order(&self, o: Order) -> Result<(), Refused> { go(o) } }\n",
    "src/desk.rs": DESK.replace("gateway: Gateway,", "gateway: Box<dyn Gateway>,"),
}


def test_a_call_through_a_trait_object_is_a_hint(tmp_path: Path) -> None:
    after = {**TRAIT, "src/desk.rs": TRAIT["src/desk.rs"].replace("    //+\n", BARE)}
    fact = look(tmp_path, after, TRAIT)
    assert fact is not None
    assert fact.findings == ()
    (hint,) = fact.hints
    assert (hint.line, hint.source) == (14, "fact:risk paths")
    assert "`check_limits` that the others pass: from Desk::on_rebalance" in hint.text


def test_what_closes_risk_may_go_past_the_checks(tmp_path: Path) -> None:
    fact = look(tmp_path, desk("    //+\n", BARE.replace("on_rebalance", "flatten_all")))
    assert fact is not None
    assert fact.findings == ()
    assert len(fact.hints) == 1


MOVED = {
    "function": desk("on_signal", "on_alpha"),
    "sender": {
        "src/gateway.rs": GATEWAY.replace("send_order", "submit_order"),
        "src/desk.rs": DESK.replace("send_order", "submit_order"),
    },
    "check": desk("check_limits", "check_position_limits"),
    "type": desk("Desk", "Trader"),
    "file": {"src/gateway.rs": GATEWAY, "src/desk/orders.rs": DESK},
    "order": desk("    //+\n", "    fn later(&self) {}\n"),
}


@pytest.mark.parametrize("what", MOVED)
def test_a_move_or_a_rename_is_no_change(tmp_path: Path, what: str) -> None:
    assert look(tmp_path, MOVED[what]) is None


def test_test_code_does_not_count(tmp_path: Path) -> None:
    test = "#[cfg(test)]\nmod tests { fn t(d: &Desk, o: Order) { d.gateway.send_order(o); } }\n"
    assert look(tmp_path, {**BEFORE, "src/desk.rs": DESK + test}) is None
    outside = "fn t(d: &Desk, o: Order) { d.gateway.send_order(o); }\n"
    assert look(tmp_path / "b", {**BEFORE, "tests/desk.rs": outside}) is None


def test_functions_that_call_each_other_end(tmp_path: Path) -> None:
    round_trip = (
        "    fn a(&mut self, o: Order) { self.b(o) }\n"
        "    fn b(&mut self, o: Order) { self.a(o); self.c(o) }\n"
        "    fn c(&mut self, o: Order) { self.b(o); self.gateway.send_order(o); }\n"
    )
    fact = look(tmp_path, desk("    //+\n", round_trip))
    assert any("Desk::c > Gateway::send_order" in row[1] for row in rows(fact))


def test_where_many_ways_lead_to_a_send_the_last_steps_are_compared(tmp_path: Path) -> None:
    layers = ["    fn l0(&mut self, o: Order) { self.gateway.cancel_replace(o); }\n"]
    for layer in range(1, 5):
        layers += [
            f"    fn l{layer}_{n}(&mut self, o: Order) {{ {_calls(layer)} }}\n" for n in range(4)
        ]
    fact = look(tmp_path, desk("    //+\n", "".join(layers) + BARE))
    assert fact is not None
    whole = [row[0] for row in rows(fact) if "…" not in row[0]]
    cut_short = [row for row in rows(fact) if "…" in row[0]]
    assert whole == ["Desk::on_rebalance"]
    assert [row[0] for row in cut_short] == [f"… > Desk::l1_{n}" for n in range(4)]
    assert {row[1] for row in cut_short} == {"Desk::l0 > cancel_replace"}
    assert [finding.scope_path for finding in fact.findings] == ["impl Desk::on_rebalance"]


def test_a_send_that_too_many_lead_to_is_named_where_the_change_runs_through(
    tmp_path: Path,
) -> None:
    many = "".join(f"    fn m{n}(&self, o: Order) {{ self.pass_on(o); }}\n" for n in range(70))
    crowd = "    fn pass_on(&self, o: Order) { self.gateway.cancel_replace(o); }\n" + many
    fact = look(tmp_path / "through", desk("    //+\n", crowd))
    assert fact is not None
    assert fact.headline == "some ways to send were not compared"
    assert "cancel_replace" in str(fact.parts)
    before = desk("    //+\n", crowd + "    fn idle(&self) {}\n")
    beside = desk("    //+\n", crowd + "    fn idle(&self) { self.turns += 1; }\n")
    assert look(tmp_path / "beside", beside, before) is None


def _calls(layer: int) -> str:
    below = ["l0"] if layer == 1 else [f"l{layer - 1}_{n}" for n in range(4)]
    return " ".join(f"self.{name}(o);" for name in below)


def test_names_of_the_profile_count(tmp_path: Path) -> None:
    before = {
        "src/a.rs": "fn one(o: O) { vet(&o)?; fire(o) }\nfn two(o: O) { vet(&o)?; fire(o) }\n"
    }
    after = {"src/a.rs": before["src/a.rs"] + "fn three(o: O) { fire(o) }\n"}
    assert look(tmp_path / "a", after, before) is None
    profile = Profile(order_sending=("venue::fire",), checks=("vet",))
    fact = look(tmp_path / "b", after, before, profile)
    assert fact is not None
    assert [finding.line for finding in fact.findings] == [3]


VENUE = """\
impl Link { fn fire(&self, o: O) {} fn ping(&self) {} }
impl Gate { fn vet(&self, o: &O) -> Result<(), E> { Err(E) } }
impl Screen { fn vet(&self, o: &O) -> Result<(), E> { Ok(()) } fn fire(&self, o: O) {} }
fn one(link: &Link, gate: &Gate, o: O) { gate.vet(&o)?; link.fire(o) }
fn two(link: &Link, gate: &Gate, o: O) { gate.vet(&o)?; link.fire(o) }
"""
VENUE_PROFILE = Profile(order_sending=("crate::venue::Link::*",), checks=("Gate::*",))


@pytest.mark.parametrize(
    ("added", "is_told"),
    [
        ("fn three(link: &Link, o: O) { link.fire(o) }", True),
        ("fn three(link: &Link, s: &Screen, o: O) { s.vet(&o)?; link.fire(o) }", True),
        ("fn three(link: &Link, gate: &Gate, o: O) { gate.vet(&o)?; link.fire(o) }", False),
        ("fn three(screen: &Screen, o: O) { screen.fire(o) }", False),
        ("fn three(shown: &Shown, o: O) { shown.draw(o) }", False),
    ],
)
def test_a_glob_of_the_profile_means_the_functions_it_names_and_no_others(
    tmp_path: Path, added: str, is_told: bool
) -> None:
    before = {"src/venue.rs": VENUE}
    fact = look(tmp_path, {"src/venue.rs": f"{VENUE}{added}\n"}, before, VENUE_PROFILE)
    found = fact.findings if fact is not None else ()
    assert [finding.line for finding in found] == ([6] if is_told else [])


@pytest.mark.parametrize("broken", ["impl Desk { fn x( { self.gateway.send_order(", "{" * 5_000])
def test_broken_code_ends_the_look_quietly(tmp_path: Path, broken: str) -> None:
    fact = look(tmp_path, {**BEFORE, "src/desk.rs": DESK + broken})
    assert fact is None or fact.findings == ()


LIMITS = "    fn check_limits(&self, o: &Order) -> Result<(), Refused> { self.compare(o) }\n"


def test_the_rules_find_their_examples_and_no_counter_example(tmp_path: Path) -> None:
    one, two, bare = (f"fn {part}" for part in BYPASS_RULE.example.split("fn ")[1:])
    before = {"src/a.rs": f"impl Desk {{\n{LIMITS}{one}{two}}}\n"}
    for place, new, found in (
        ("a", bare, ["rule:R1"]),
        ("b", BYPASS_RULE.counter_example, []),
    ):
        after = {"src/a.rs": f"impl Desk {{\n{LIMITS}{one}{two}{new}}}\n"}
        fact = look(tmp_path / place, after, before)
        assert fact is not None
        assert [finding.source for finding in fact.findings] == found
    was, other = LOST_CHECK_RULE.counter_example, two
    before = {"src/a.rs": f"impl Desk {{\n{LIMITS}{was}{other}}}\n"}
    after = {"src/a.rs": f"impl Desk {{\n{LIMITS}{LOST_CHECK_RULE.example}{other}}}\n"}
    fact = look(tmp_path / "c", after, before)
    assert fact is not None
    assert [finding.source for finding in fact.findings] == ["rule:R2"]


def test_a_call_that_another_function_may_answer_too_is_no_new_way(tmp_path: Path) -> None:
    other = "pub struct Paper;\nimpl Paper { pub fn send_order(&self, order: Order) {} }\n"
    text = DESK.replace("gateway: Gateway", "gateway: G")
    before = {**BEFORE, "src/desk.rs": text}
    assert look(tmp_path, {**before, "src/paper.rs": other}, before) is None


def test_ways_that_changed_alike_share_a_row_and_show_what_changed(tmp_path: Path) -> None:
    guard = "        self.check_halt()?;\n        self.check_limits(&order)?;\n"
    halted = DESK.replace("        self.check_limits(&order)?;\n", guard)
    fact = look(tmp_path, {**BEFORE, "src/desk.rs": halted})
    assert fact is not None
    assert fact.headline == "2 ways with other checks than before"
    (row,) = rows(fact)
    assert row[0] == "Desk::on_signal, Desk::on_manual"
    assert row[2:4] == ("1 other", "check_halt and 1 other")


def test_a_question_deep_in_a_helper_is_no_check_that_can_be_lost(tmp_path: Path) -> None:
    def text(asked: str) -> dict[str, str]:
        deep = (
            "    fn prepare(&self) { self.reckon() }\n"
            f"    fn reckon(&self) -> i64 {{ {asked} }}\n"
            "    fn has_leverage(&self) -> bool { self.leveraged }\n"
        )
        bare = BARE.replace("        self", "        self.prepare();\n        self")
        return desk("    //+\n", bare + deep)

    always = text("let more = self.has_leverage(); self.scale(more)")
    sometimes = text("if self.on { let more = self.has_leverage(); self.scale(more) }")
    assert look(tmp_path, sometimes, always) is None


def test_the_type_behind_a_pointer_and_an_alias_tells_who_is_called(tmp_path: Path) -> None:
    sends = "pub fn submit_order(&self, o: Order) { self.wire.send_order(o) }"
    before = {
        "src/live.rs": f"pub struct Live<C> {{ c: C }}\nimpl<C> Live<C> {{ {sends} }}\n",
        "src/sim.rs": f"pub struct Sim;\nimpl Sim {{ {sends} }}\n",
        "src/wire.rs": "impl Wire { pub fn send_order(&self, o: Order) {} }\n",
        "src/desk.rs": "fn on_signal(live: &Live<Ipc>, sim: &Sim, o: Order) {\n"
        "    live.submit_order(o); sim.submit_order(o);\n}\n",
    }
    bound = (
        "type Bot = Live<Ipc>;\npub extern fn buy(ptr: *mut Bot, o: Order) {\n"
        "    let bot = unsafe { &mut *ptr };\n    bot.submit_order(o)\n}\n"
    )
    entries = [
        (row[0], row[1]) for row in rows(look(tmp_path, {**before, "src/ffi.rs": bound}, before))
    ]
    assert entries == [("buy", "Live::submit_order > Wire::send_order")]


def test_where_too_many_send_nothing_is_compared_and_it_says_so(tmp_path: Path) -> None:
    many = "".join(
        f"    pub fn on_{n}(&mut self, order: Order) {{ self.gateway.send_order(order) }}\n"
        for n in range(200)
    )
    fact = look(tmp_path, desk("    //+\n", many))
    assert fact is not None
    assert fact.headline == "some ways to send were not compared"
    assert fact.parts == (Points(("too many ways to compare: all of them",)),)
    assert fact.findings == ()
