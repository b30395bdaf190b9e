"""What a change does to the lifecycle of an order, told from two real commits."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewer.facts.change import Change, Profile
from reviewer.facts.fact import Fact, Points, StateDiagram, Transition
from reviewer.facts.lifecycle import look_at_lifecycle
from reviewer.publish.mermaid import state_diagram
from tests.facts.changes import change

STATUS = "pub enum OrderStatus { New, PartiallyFilled, Filled, Canceled, Rejected }\n"
ORDER = """\
use crate::status::OrderStatus;
impl Order {
    pub fn on_fill(&mut self, done: bool) {
        match self.status {
            OrderStatus::New | OrderStatus::PartiallyFilled => {
                self.status = if done { OrderStatus::Filled } else { OrderStatus::PartiallyFilled };
            }
            OrderStatus::Filled | OrderStatus::Canceled => {}
            OrderStatus::Rejected => warn!("fill after reject"),
        }
    }
}
"""
BEFORE = {"src/status.rs": STATUS, "src/order.rs": ORDER}


def look(tmp_path: Path, after: dict[str, str], before: dict[str, str] = BEFORE) -> Fact | None:
    return look_at_lifecycle(change(tmp_path, before, after))


def told(fact: Fact | None) -> tuple[set[Transition], str]:
    """The changed arrows and the points of a fact on one enum."""
    assert fact is not None
    diagram, points = fact.parts
    assert isinstance(diagram, StateDiagram)
    assert isinstance(points, Points)
    return {way for way in diagram.transitions if way.change}, "\n".join(points.lines)


def with_order(old: str, new: str) -> dict[str, str]:
    assert old in ORDER
    return {**BEFORE, "src/order.rs": ORDER.replace(old, new)}


def test_a_cancel_that_revives_a_filled_order_is_told_first(tmp_path: Path) -> None:
    fact = look(
        tmp_path,
        with_order(
            "OrderStatus::Filled | OrderStatus::Canceled => {}",
            "OrderStatus::Filled => self.status = OrderStatus::New,\n"
            "            OrderStatus::Canceled => {}",
        ),
    )
    ways, points = told(fact)
    assert fact is not None
    assert fact.headline == "OrderStatus: 1 transition added"
    assert ways == {Transition("Filled", "New", "added")}
    assert "src/order.rs:8 in `impl Order::on_fill`" in points
    (hint,) = fact.hints
    assert (hint.path, hint.line, hint.source) == ("src/order.rs", 8, "fact:order lifecycle")
    assert "comes to life again" in hint.text
    assert fact.findings == ()


def test_unchanged_ways_stand_beside_the_removed_one(tmp_path: Path) -> None:
    fact = look(
        tmp_path,
        with_order(
            "OrderStatus::New | OrderStatus::PartiallyFilled =>",
            "OrderStatus::New => {}\n OrderStatus::PartiallyFilled =>",
        ),
    )
    assert fact is not None
    (diagram, _) = fact.parts
    assert isinstance(diagram, StateDiagram)
    assert set(diagram.transitions) == {
        Transition("New", "Filled", "removed"),
        Transition("New", "PartiallyFilled", "removed"),
        Transition("PartiallyFilled", "Filled"),
    }


def test_a_state_that_loses_its_arm_falls_into_the_catch_all(tmp_path: Path) -> None:
    arm = 'OrderStatus::Rejected => warn!("fill after reject")'
    fact = look(tmp_path, with_order(arm, "_ => {}"))
    ways, points = told(fact)
    assert fact is not None
    assert fact.headline == "OrderStatus: 1 state now swallowed"
    assert ways == {Transition("Rejected", "catch-all arm", "swallowed")}
    assert "`Rejected` had an arm of its own" in points


@pytest.mark.parametrize("rest", ["_ =>", "other =>"])
def test_a_new_variant_is_swallowed_in_a_file_that_nobody_touched(
    tmp_path: Path, rest: str
) -> None:
    report = (
        "use crate::status::OrderStatus;\n"
        "pub fn is_open(status: &OrderStatus) -> bool {\n"
        f"    match status {{ OrderStatus::Filled => false,\n {rest} true }}\n}}\n"
    )
    before = {**BEFORE, "src/report.rs": report}
    after = {**before, "src/status.rs": STATUS.replace("Rejected", "Rejected, Expired")}
    fact = look(tmp_path, after, before)
    ways, points = told(fact)
    assert ways == {Transition("Expired", "catch-all arm", "swallowed")}
    assert "`Expired` is new and falls into the catch-all arm at src/report.rs:4" in points
    assert fact is not None
    assert [(hint.path, hint.line) for hint in fact.hints] == [("src/report.rs", 4)]


def test_test_code_does_not_count(tmp_path: Path) -> None:
    test = (
        "#[cfg(test)]\nmod tests {\n use super::*;\n fn f(o: &mut Order) "
        "{ if o.status == OrderStatus::Filled { o.status = OrderStatus::New; } }\n}\n"
    )
    assert look(tmp_path, {**BEFORE, "src/order.rs": ORDER + test}) is None


RENAMED = {
    "variant": {path: text.replace("Canceled", "Cancelled") for path, text in BEFORE.items()},
    "enum": {path: text.replace("OrderStatus", "OrdStatus") for path, text in BEFORE.items()},
    "function": {**BEFORE, "src/order.rs": ORDER.replace("on_fill", "apply_fill")},
    "files": {"src/state/status.rs": STATUS, "src/state/order.rs": ORDER},
    "one file": {"src/order.rs": STATUS + ORDER.replace("use crate::status::OrderStatus;\n", "")},
}


@pytest.mark.parametrize("what", RENAMED)
def test_a_move_or_a_rename_is_no_change(tmp_path: Path, what: str) -> None:
    assert look(tmp_path, RENAMED[what]) is None


ADDED = {
    "a guard that leaves": (
        "if self.status != OrderStatus::Rejected { return; }\n self.status = OrderStatus::New;",
        "Rejected",
    ),
    "an if over two states in a macro": (
        "if matches!(self.status, OrderStatus::Rejected) { self.status = OrderStatus::New; }",
        "Rejected",
    ),
    "a setter": (
        "if self.status == OrderStatus::Rejected { self.set_status(OrderStatus::New); }",
        "Rejected",
    ),
    "let else": (
        "let OrderStatus::Rejected = self.status else { return };\nself.status = OrderStatus::New;",
        "Rejected",
    ),
    "a macro body": (
        "select! { _ = self.rx.recv() => { if self.status == OrderStatus::Rejected "
        "{ self.status = OrderStatus::New; } } }",
        "Rejected",
    ),
    "no state asked": ("self.status = OrderStatus::New;", "*"),
    "the state of another order": (
        "if other.status == OrderStatus::Rejected { self.status = OrderStatus::New; }",
        "*",
    ),
}


@pytest.mark.parametrize("how", ADDED)
def test_a_transition_is_read_however_it_is_written(tmp_path: Path, how: str) -> None:
    code, before = ADDED[how]
    added = f"impl Order {{ fn again(&mut self, other: &Order) {{ {code} }} }}\n"
    ways, _ = told(look(tmp_path, {**BEFORE, "src/order.rs": ORDER + added}))
    assert ways == {Transition(before, "New", "added")}


def test_a_table_of_pairs_and_a_returned_state_are_transitions(tmp_path: Path) -> None:
    table = (
        "impl OrderStatus {\n"
        "    fn may(self, next: Self) -> bool {\n"
        "        matches!((self, next), (Self::New, Self::Filled | Self::Canceled))\n    }\n"
        "    fn retried(self) -> Self {\n"
        "        match self { Self::Rejected => Self::New, other => other }\n    }\n}\n"
    )
    ways, _ = told(look(tmp_path, {**BEFORE, "src/status.rs": STATUS + table}))
    assert ways == {
        Transition("New", "Canceled", "added"),
        Transition("Rejected", "New", "added"),
    }


def test_an_arm_that_ignores_a_pair_allows_nothing(tmp_path: Path) -> None:
    ignored = (
        "fn on(a: OrderStatus, b: OrderStatus) -> bool { match (a, b) {\n"
        '  (OrderStatus::Filled, OrderStatus::New) => { warn!("ignored"); false }\n'
        "  _ => true } }\n"
    )
    assert look(tmp_path, {**BEFORE, "src/order.rs": ORDER + ignored}) is None


def test_two_enums_of_one_name_are_kept_apart(tmp_path: Path) -> None:
    other = (
        "pub enum OrderStatus { New, Filled, Expired }\n"
        "fn f(o: &mut O) { if o.s == OrderStatus::Expired { o.s = OrderStatus::New; } }\n"
    )
    before = {**BEFORE, "venue/src/types.rs": other.replace("o.s = OrderStatus::New;", "")}
    fact = look(tmp_path, {**BEFORE, "venue/src/types.rs": other}, before)
    ways, points = told(fact)
    assert ways == {Transition("Expired", "New", "added")}
    assert "venue/src/types.rs:2" in points


def test_an_enum_of_the_profile_needs_no_telling_name(tmp_path: Path) -> None:
    before = {"src/a.rs": "enum Leg { Up, Down }\nfn f(l: &mut L) { }\n"}
    after = {"src/a.rs": "enum Leg { Up, Down }\nfn f(l: &mut L) { l.leg = Leg::Up; }\n"}
    assert look_at_lifecycle(change(tmp_path / "a", before, after)) is None
    for glob, is_told in (("Leg", True), ("crate::a::Leg", True), ("crate::b::Leg", False)):
        profile = Profile(status_enums=(glob,))
        fact = look_at_lifecycle(
            change(tmp_path / f"b-{len(glob)}-{is_told}", before, after, profile=profile)
        )
        assert (fact is not None) is is_told


@pytest.mark.parametrize(
    "broken", ["impl Order { fn x( { match self.status { OrderStatus::", "{" * 5_000, "\x00)))"]
)
def test_broken_code_ends_the_look_quietly(tmp_path: Path, broken: str) -> None:
    fact = look(tmp_path, {**BEFORE, "src/order.rs": ORDER + broken})
    assert fact is None or fact.name == "order lifecycle"


def test_hostile_names_cannot_leave_their_labels() -> None:
    name = 'x"] --> [*]\n%%{init: {}}%% click s0 href "javascript:a()"'
    ways = (Transition(name, "end", "added"), Transition("end", "}"))
    text = state_diagram(StateDiagram(name, ways))
    assert text.splitlines()[1:6] == [
        '    state "x init click s0 href javascript a" as s0',
        '    state "end" as s1',
        '    state "unnamed" as s2',
        "    s0 --> s1 : added",
        "    s1 --> s2",
    ]


def test_a_large_diagram_drops_what_did_not_change() -> None:
    ways = tuple(Transition(f"A{n}", f"B{n}", "removed" if n > 57 else "") for n in range(60))
    text = state_diagram(StateDiagram("S", ways))
    assert text.count("-->") == 40
    assert text.count(": removed") == 2
    assert "20 more arrows left out" in text


def test_a_look_without_rust_says_nothing(tmp_path: Path) -> None:
    seen: Change = change(tmp_path, {"a.md": "a\n"}, {"a.md": "b\n"})
    assert look_at_lifecycle(seen) is None


GUARDED = """\
use crate::status::OrderStatus;
impl Order {
    pub fn fill(&mut self) -> Result<(), Refused> {
        //guard
        self.status = OrderStatus::Filled;
        Ok(())
    }
}
"""
GUARDS = {
    "or": "if self.status == OrderStatus::Canceled || self.status == OrderStatus::Rejected "
    "{ return Err(Refused); }",
    "matches": "if matches!(self.status, OrderStatus::Canceled | OrderStatus::Rejected) "
    "{ return Err(Refused); }",
    "or more": "if (self.status == OrderStatus::Rejected) || self.status == OrderStatus::Canceled "
    "|| self.dead { return Err(Refused); }",
}


@pytest.mark.parametrize("how", GUARDS)
def test_a_guard_that_goes_opens_the_way_to_all_it_kept_out(tmp_path: Path, how: str) -> None:
    guarded = {**BEFORE, "src/order.rs": GUARDED.replace("//guard", GUARDS[how])}
    ways, points = told(look(tmp_path, {**BEFORE, "src/order.rs": GUARDED}, guarded))
    assert ways == {
        Transition("*", "Filled", "added"),
        Transition("all but Canceled, Rejected", "Filled", "removed"),
    }
    assert "added any state -> Filled" in points
    assert "removed all but Canceled, Rejected -> Filled" in points


def test_a_guard_that_does_not_always_leave_keeps_nothing_out(tmp_path: Path) -> None:
    never = [
        "if self.status == OrderStatus::Canceled && self.dead { return Err(Refused); }",
        "if matches!(self.status, OrderStatus::Canceled if self.dead) { return Err(Refused); }",
        "if self.status == OrderStatus::Canceled { warn!(self.id); }",
    ]
    for number, guard in enumerate(never):
        before = {**BEFORE, "src/order.rs": GUARDED.replace("//guard", guard)}
        after = {**BEFORE, "src/order.rs": GUARDED}
        assert look(tmp_path / str(number), after, before) is None


def test_a_variant_that_is_renamed_is_the_same_behind_a_guard(tmp_path: Path) -> None:
    before = {**BEFORE, "src/order.rs": GUARDED.replace("//guard", GUARDS["or"])}
    after = {path: text.replace("Canceled", "Cancelled") for path, text in before.items()}
    assert look(tmp_path, after, before) is None


def test_an_order_that_is_cloned_is_in_the_same_state(tmp_path: Path) -> None:
    def code(name: str, made: str) -> dict[str, str]:
        text = "self.status = OrderStatus::Canceled;\n"
        return {
            **BEFORE,
            "src/send.rs": "impl Order { fn cancel(&mut self) {\n        " + text + made
            + f"{name}.status = OrderStatus::Rejected; }} }}\n",
        }  # fmt: skip

    before, after = code("copy", "let mut copy = self.clone();\n"), code("self", "")
    assert look(tmp_path, after, before) is None


def test_a_state_that_is_forgotten_before_it_is_asked_for_is_told(tmp_path: Path) -> None:
    clears = "self.status = OrderStatus::New;"

    def code(first: str, then: str) -> dict[str, str]:
        body = f"{first} if self.status == OrderStatus::Canceled {{ {then} self.acknowledge() }}"
        return {
            **BEFORE,
            "src/ack.rs": f"impl Order {{ fn answer(&mut self) {{ {body} }} }}\n",
            "src/reset.rs": f"impl Order {{ fn reset(&mut self) {{ {clears} }} }}\n",
        }

    ways, _ = told(look(tmp_path, code(clears, ""), code("", clears)))
    assert ways == {Transition("Canceled", "New", "removed")}


@pytest.mark.parametrize(
    ("name", "is_told"),
    [
        ("OrderStatus", True),
        ("SessionState", True),
        ("HealthStatus", False),
        ("BackfillJobStatus", False),
    ],
)
def test_only_what_orders_wait_for_has_a_lifecycle(
    tmp_path: Path, name: str, is_told: bool
) -> None:
    code = (
        f"enum {name} {{ Running, Failed }}\n"
        f"impl Desk {{ fn stop(&mut self) {{ self.status = {name}::Failed; }} }}\n"
    )
    assert (look(tmp_path, {"src/desk.rs": code}) is not None) is is_told
