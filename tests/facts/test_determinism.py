"""What makes two runs over the same events differ, when a change adds it."""

from __future__ import annotations

from pathlib import Path

from reviewer.facts.determinism import look
from reviewer.facts.fact import Fact, Points, Table
from tests.facts.changes import change

ENGINE = "src/matching/engine.rs"


def _engine(body: str, fields: str = "orders: HashMap<u64, Order>") -> str:
    return (
        f"struct Engine {{ {fields} }}\nimpl Engine {{\n"
        f"    fn step(&mut self, now: u64) {{\n        {body}\n    }}\n}}\n"
    )


def _rows(fact: Fact | None) -> list[tuple[str, ...]]:
    parts = fact.parts if fact else ()
    return [row for part in parts if isinstance(part, Table) for row in part.rows]


def _kinds(tmp_path: Path, body: str, path: str = ENGINE, **fields: str) -> list[str]:
    found = change(tmp_path, {path: _engine("", **fields)}, {path: _engine(body, **fields)})
    return [row[1] for row in _rows(look(found))]


def test_a_loop_over_a_hash_map_that_sends_is_told_and_hinted(tmp_path: Path) -> None:
    body = "for (id, order) in &self.orders {\n            self.out.send(order);\n        }"
    fact = look(change(tmp_path, {ENGINE: _engine("")}, {ENGINE: _engine(body)}))
    assert fact is not None
    assert fact.findings == ()
    assert fact.headline == (
        "code that must run the same twice gains 1 hash-map walk whose order goes out"
    )
    assert _rows(fact) == [
        ("Engine::step", "hash order into output", "&self.orders", f"{ENGINE}:4")
    ]
    (hint,) = fact.hints
    assert (hint.path, hint.line, hint.source) == (ENGINE, 4, "fact:determinism")
    assert "order of a hash map" in hint.text


def test_a_map_declared_in_another_file_is_known(tmp_path: Path) -> None:
    state = {
        "src/state.rs": "pub struct State { pub open: Open }\ntype Open = HashMap<u64, u64>;\n"
    }
    fields = "state: State"
    body = "let all: Vec<u64> = self.state.open.values().copied().collect();"
    found = change(
        tmp_path,
        {**state, ENGINE: _engine("", fields)},
        {**state, ENGINE: _engine(body, fields)},
    )
    assert [row[1] for row in _rows(look(found))] == ["hash order"]


def test_an_order_that_nobody_sees_is_left_out(tmp_path: Path) -> None:
    body = """let n = self.orders.values().any(|o| o.open);
        let mut ids: Vec<u64> = self.orders.keys().copied().collect();
        ids.sort();
        let by_id: BTreeMap<u64, u64> = self.orders.iter().collect();
        for order in self.orders.values_mut() { order.age += 1; }
        let other = self.orders.iter().map(|x| x).collect::<BTreeMap<_, _>>();"""
    assert _kinds(tmp_path, body) == []


def test_a_loop_that_ends_early_is_one_whose_order_shows(tmp_path: Path) -> None:
    body = "for (id, o) in &self.orders { if o.open { self.first = *id; break; } }"
    assert _kinds(tmp_path, body) == ["hash order"]


def test_maps_of_a_fixed_order_are_left_out(tmp_path: Path) -> None:
    body = "for o in self.orders.values() { self.out.push(o); }"
    for number, kind in enumerate(("BTreeMap", "IndexMap", "FxHashMap")):
        fields = f"orders: {kind}<u64, Order>"
        assert _kinds(tmp_path / str(number), body, fields=fields) == []
    assert _kinds(tmp_path / "hash", body) == ["hash order into output"]


def test_clock_chance_timing_and_float_order(tmp_path: Path) -> None:
    body = """let t = Utc::now();
        let id = Uuid::new_v4();
        let x = rx.recv_timeout(wait);
        if self.stop.load(Ordering::Relaxed) { return; }
        self.px.sort_by(|a, b| a.partial_cmp(b).unwrap());
        select! { a = rx.recv() => {} b = ry.recv() => {} }
        select! { biased; a = rx.recv() => {} b = ry.recv() => {} }"""
    assert _kinds(tmp_path, body) == [
        "wall clock", "randomness", "thread timing", "thread timing", "float order",
        "thread timing",
    ]  # fmt: skip


def test_code_that_talks_to_the_world_may_read_the_clock(tmp_path: Path) -> None:
    path = "src/connector/order_client.rs"
    assert _kinds(tmp_path / "edge", "let t = Utc::now();", path) == []
    assert _kinds(tmp_path / "crate", "let t = Utc::now();", "connector/src/orders.rs") == []
    assert _kinds(tmp_path / "live", "let t = Utc::now();", "backtest/src/live/bot.rs") == []
    assert _kinds(tmp_path / "risk", "let t = Utc::now();", "src/risk/limits.rs") == ["wall clock"]
    assert _kinds(tmp_path / "misc", "let t = Utc::now();", "src/colours.rs") == []


def test_moved_and_renamed_code_is_not_new(tmp_path: Path) -> None:
    body = "let t = Utc::now();\n        for o in self.orders.values() { self.out.push(o); }"
    moved = change(tmp_path, {ENGINE: _engine(body)}, {"src/replay/engine.rs": _engine(body)})
    assert look(moved) is None


def test_test_modules_and_broken_code(tmp_path: Path) -> None:
    tests = "#[cfg(test)]\nmod tests {\n    fn t() { let t = Utc::now(); }\n}\n"
    before, after = _engine(""), _engine("let = ;") + tests
    assert look(change(tmp_path, {ENGINE: before}, {ENGINE: after})) is None


def test_five_thousand_functions_are_bounded_and_the_fact_says_so(tmp_path: Path) -> None:
    many = "".join(f"fn replay_{n}() {{ let t = Utc::now(); }}\n" for n in range(5_000))
    fact = look(change(tmp_path, {"src/replay.rs": ""}, {"src/replay.rs": many}))
    assert fact is not None
    assert len(_rows(fact)) == 400
    assert len(fact.hints) == 20
    assert Points(("Only the first 400 functions were looked at.",)) in fact.parts


def test_how_long_it_took_is_no_part_of_what_it_does(tmp_path: Path) -> None:
    timed = (
        "let time_start = Instant::now(); self.work();\n"
        "        self.took = Instant::now().duration_since(time_start);"
    )
    assert _kinds(tmp_path / "timed", timed) == []
    assert _kinds(tmp_path / "kept", "self.at = Instant::now();") == ["wall clock"]
    assert _kinds(tmp_path / "asked", "let start = Utc::now();") == ["wall clock"]


def test_a_bot_talks_to_the_world(tmp_path: Path) -> None:
    body = "self.id = Uuid::new_v4();"
    assert _kinds(tmp_path / "bot", body, "bin/liquidator/src/risk.rs") == []
    assert _kinds(tmp_path / "risk", body, "crates/risk/src/limits.rs") == ["randomness"]


def test_what_keeps_positions_or_stands_beside_the_engine_may_ask_for_the_time(
    tmp_path: Path,
) -> None:
    body = "self.at = SystemTime::now();"
    assert _kinds(tmp_path / "positions", body, "src/risk_state/position.rs") == ["wall clock"]
    assert _kinds(tmp_path / "store", body, "src/position/store.rs") == []
    assert _kinds(tmp_path / "dump", body, "src/matching/dump.rs") == []
    assert _kinds(tmp_path / "replay", body, "src/position/replay.rs") == ["wall clock"]
