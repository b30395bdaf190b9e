"""What the hot path does more or less often: the ledger over real changes."""

from __future__ import annotations

from pathlib import Path

from reviewer.facts.change import Change, Profile
from reviewer.facts.fact import Fact, Points, Table
from reviewer.facts.hot_path import look
from tests.facts.changes import change

BOOK = "src/book.rs"


def _fn(body: str, name: str = "on_tick") -> str:
    return f"impl Book {{\n    fn {name}(&mut self, px: u64) {{\n        {body}\n    }}\n}}\n"


def _rows(fact: Fact | None) -> list[tuple[str, ...]]:
    parts = fact.parts if fact else ()
    return [row for part in parts if isinstance(part, Table) for row in part.rows]


def _one(tmp_path: Path, before: str, after: str) -> Fact | None:
    return look(change(tmp_path, {BOOK: before}, {BOOK: after}))


def test_what_an_event_now_costs_more_stands_with_its_line(tmp_path: Path) -> None:
    fact = _one(
        tmp_path,
        _fn("self.best = px;"),
        _fn(
            "self.best = px;\n        let all = self.px.to_vec();\n"
            "        self.log.lock().unwrap();"
        ),
    )
    assert fact is not None
    assert fact.headline == "1 hot function does more than before: +1 allocation, +1 lock"
    assert _rows(fact) == [
        ("Book::on_tick", "allocation", "0", "1", "src/book.rs:4"),
        ("Book::on_tick", "lock", "0", "1", "src/book.rs:5"),
    ]
    assert [(h.line, h.source) for h in fact.hints] == [(4, "fact:hot path"), (5, "fact:hot path")]
    assert "`Book::on_tick` gains 1 allocation" in fact.hints[0].text


def test_what_it_costs_less_is_shown_too(tmp_path: Path) -> None:
    fact = _one(tmp_path, _fn("self.a = px.clone();"), _fn("self.a = px;"))
    assert fact is not None
    assert fact.headline == "1 hot function does less: -1 clone"
    assert _rows(fact) == [("Book::on_tick", "clone", "1", "0", "")]
    assert fact.hints == ()


def test_moved_renamed_and_reformatted_code_is_not_new(tmp_path: Path) -> None:
    body = 'let a = self.px.to_vec();\n        self.out.push(format!("{px}"));'
    before = {BOOK: _fn(body), "src/old.rs": _fn("self.v = vec![px];", "on_trade")}
    after = {
        # The allocation is in a helper now, and the other file has a new name and layout.
        BOOK: _fn('self.copy();\n        self.out.push(format!("{px}"));')
        + "impl Book { fn copy(&mut self) { let a = self.px.to_vec(); } }\n",
        "src/trades.rs": _fn("self.v =\n            vec![px];", "on_trade"),
    }
    assert look(change(tmp_path, before, after)) is None


def test_a_function_that_only_changes_its_name_is_the_same(tmp_path: Path) -> None:
    body = "self.a = self.b.clone(); self.c = px.to_string();"
    assert _one(tmp_path, _fn(body, "work"), _fn(body, "on_tick")) is None


def test_a_call_brings_all_that_a_cold_function_does(tmp_path: Path) -> None:
    cold = (
        "fn audit(px: u64) { keep(px); let t = Instant::now(); }\n"
        'fn keep(px: u64) { let line = format!("{px}"); }\n'
    )
    fact = _one(tmp_path, _fn("self.a = px;") + cold, _fn("self.a = px; audit(px);") + cold)
    assert fact is not None
    assert _rows(fact) == [
        ("audit, called from Book::on_tick", "1 clock read", "cold", "hot", "src/book.rs:6"),
        ("keep, called from Book::on_tick", "1 allocation", "cold", "hot", "src/book.rs:7"),
    ]
    assert [(h.line, h.text) for h in fact.hints] == [
        (3, "This call puts `audit` on the hot path of `Book::on_tick`: 1 clock read."),
        (3, "This call puts `keep` on the hot path of `Book::on_tick`: 1 allocation."),
    ]


def test_a_callee_two_levels_down_is_on_the_path(tmp_path: Path) -> None:
    def tree(body: str) -> dict[str, str]:
        return {
            "src/lib.rs": "fn on_trade(px: u64) { middle(px) }\n",
            "src/middle.rs": "fn middle(px: u64) { deep(px) }\n",
            "src/deep.rs": f"fn deep(px: u64) {{ {body} }}\nfn other(px: u64) {{ {body} }}\n",
        }

    fact = look(change(tmp_path, tree("keep(px)"), tree("keep(Box::new(px))")))
    assert _rows(fact) == [("deep, called from on_trade", "allocation", "0", "1", "src/deep.rs:1")]


def test_recursion_ends(tmp_path: Path) -> None:
    def ring(body: str) -> str:
        return f"fn on_tick() {{ a() }}\nfn a() {{ b(); a(); {body} }}\nfn b() {{ a() }}\n"

    fact = _one(tmp_path, ring(""), ring("x.unwrap();"))
    assert [row[:4] for row in _rows(fact)] == [
        ("a, called from on_tick", "panicking call", "0", "1")
    ]


def test_a_new_hot_function_has_no_before(tmp_path: Path) -> None:
    fact = _one(tmp_path, "struct Book;\n", "struct Book;\n" + _fn("self.a.unwrap();"))
    assert fact is not None
    assert fact.headline == "1 new hot function has 1 panicking call"
    assert _rows(fact) == [("Book::on_tick", "1 panicking call", "-", "new", "src/book.rs:4")]


def test_a_new_hot_function_takes_one_line_whatever_it_does(tmp_path: Path) -> None:
    body = "self.a[px] = 1; self.b.clone(); self.c.clone(); let t = Instant::now();"
    fact = _one(tmp_path, "struct Book;\n", "struct Book;\n" + _fn(body))
    assert _rows(fact) == [
        ("Book::on_tick", "2 clones, 1 clock read, 1 indexing", "-", "new", "src/book.rs:4")
    ]


def test_a_hot_function_that_is_gone_does_not_do_less(tmp_path: Path) -> None:
    gone = _fn("self.b.clone();", "on_trade")
    assert _one(tmp_path, _fn("self.a = px;") + gone, _fn("self.a = px;")) is None


def test_what_tells_an_error_is_not_hot(tmp_path: Path) -> None:
    def code(text: str) -> str:
        return (
            "impl VenueError { fn to_value(&self) -> Value { Value::from(" + text + ") } }\n"
            "impl Book { fn on_tick(&mut self, e: VenueError) { self.report(e.to_value()); } }\n"
        )

    assert _one(tmp_path, code("1"), code('format!("{self}")')) is None


def test_code_in_macros_generics_and_trait_impls_is_counted(tmp_path: Path) -> None:
    def imp(body: str, generics: str) -> str:
        return (
            f"impl<{generics}> Handler<P> for Desk<{generics}> {{\n"
            f"    async fn on_fill(&mut self, fill: Fill) {{ {body} }}\n}}\n"
        )

    fact = _one(
        tmp_path,
        imp("", "P"),
        imp("select! { x = rx.recv() => { self.a.clone() } y = ry.recv() => {} }"
            " assert!(fill.id.to_string() == self.id);", "P, Q"),
    )  # fmt: skip
    assert [row[:4] for row in _rows(fact)] == [
        ("Desk::on_fill", "allocation", "0", "1"),
        ("Desk::on_fill", "clone", "0", "1"),
        ("Desk::on_fill", "panicking call", "0", "1"),
    ]


def test_what_only_an_error_or_a_test_pays_for_is_left_out(tmp_path: Path) -> None:
    after = _fn(
        'let a = self.get(px).map_err(|e| e.to_string())?;\n        debug!("{}", px.to_string());\n'
        '        if px == 0 { return Err(format!("none")); }\n'
        "        debug_assert!(self.b.clone() > 0);"
    )
    tests = "#[cfg(test)]\nmod tests {\n    fn on_tick() { let v = vec![1]; v.clone(); }\n}\n"
    assert _one(tmp_path, _fn("self.a = px;"), after + tests) is None


def test_attributes_and_the_configuration_make_hot_or_cold(tmp_path: Path) -> None:
    def code(extra: str) -> dict[str, str]:
        return {
            BOOK: f"#[inline(always)]\nfn a(x: u64) {{ {extra} }}\n"
            f"#[cold]\nfn on_trade(x: u64) {{ {extra} }}\nfn named(x: u64) {{ {extra} }}\n"
        }

    profile = Profile(is_hot=lambda name, file: (name, file) == ("named", BOOK))
    fact = look(change(tmp_path, code(""), code("unsafe { go(x) };"), profile=profile))
    assert [row[:2] for row in _rows(fact)] == [("a", "unsafe block"), ("named", "unsafe block")]


def test_the_map_of_the_standard_library_is_not_our_own_function(tmp_path: Path) -> None:
    def code(body: str) -> str:
        return (
            "struct Book { levels: BTreeMap<u64, u64> }\n"
            "impl Book { fn on_tick(&mut self, px: u64) { self.levels.insert(px, 1); } }\n"
            f"impl Cache {{ fn insert(&mut self, px: u64) {{ {body} }} }}\n"
        )

    assert _one(tmp_path, code(""), code("self.kept = px.to_string();")) is None


def test_broken_code_is_no_error(tmp_path: Path) -> None:
    fact = _one(tmp_path, _fn("self.a = px;"), _fn("let = = ;\n        self.b.clone();"))
    assert all(row[1] == "clone" for row in _rows(fact))


def test_five_thousand_functions_are_bounded_and_the_fact_says_so(tmp_path: Path) -> None:
    many = "".join(f"fn on_tick_{n}(x: u64) {{ x.clone(); helper_{n}(x) }}\n" for n in range(5_000))
    fact = _one(tmp_path, "", many)
    assert fact is not None
    assert len(_rows(fact)) == 400
    assert Points(("Only the first 400 hot functions were counted.",)) in fact.parts


def test_a_change_without_functions_has_no_fact(tmp_path: Path) -> None:
    found: Change = change(tmp_path, {BOOK: "const A: u64 = 1;\n"}, {BOOK: "const A: u64 = 2;\n"})
    assert look(found) is None


def test_a_constructor_of_another_type_is_not_called(tmp_path: Path) -> None:
    def code(body: str) -> str:
        return (
            "impl Book { fn on_tick(&mut self) { let id = OrderId::new(1); } }\n"
            f"impl Other {{ fn new(x: u64) -> Other {{ {body} }} }}\n"
        )

    assert _one(tmp_path, code("a(x)"), code("a(x.to_string())")) is None


def test_a_call_that_moved_behind_another_brings_and_takes_nothing(tmp_path: Path) -> None:
    bus = "impl Bus { fn pop_one(&mut self) { self.seen.unwrap(); } }\n"
    wraps = "".join(
        f"impl {t} {{ fn receive(&mut self) {{ self.bus.pop_one() }} }}\n" for t in "AB"
    )
    before = bus + "fn on_tick(bus: Bus) { bus.pop_one() }\n"
    after = bus + wraps + "fn on_tick(bus: A) { bus.receive() }\n"
    assert _one(tmp_path / "in", before, after) is None
    assert _one(tmp_path / "out", after, before) is None


def test_one_index_more_is_told_only_where_there_was_none(tmp_path: Path) -> None:
    none, one, two = "self.a = px;", "self.a[px] = 1;", "self.a[px] = 1; self.b[px] = 1;"
    rows = _rows(_one(tmp_path / "begins", _fn(none), _fn(two)))
    assert rows == [("Book::on_tick", "indexing", "0", "2", "src/book.rs:3")]
    assert _one(tmp_path / "more", _fn(one), _fn(two)) is None
    assert _one(tmp_path / "new", "struct Book;\n", "struct Book;\n" + _fn(two)) is None
    fact = _one(tmp_path / "beside", _fn(one), _fn(two + " self.c.clone();"))
    assert [row[1] for row in _rows(fact)] == ["clone", "indexing"]


def test_what_is_pretended_or_done_by_hand_is_not_hot(tmp_path: Path) -> None:
    def code(body: str) -> dict[str, str]:
        return {
            BOOK: "impl Desk { fn cancel_orders(&self) { self.time_request() } }\n"
            f"impl MockVenue {{ fn time_request(&self) {{ {body} }} }}\n"
            f"fn handle_update_fee_params(x: u64) {{ {body} }}\n"
            f"impl FeePollingActor {{ fn handle(&self) {{ {body} }} }}\n"
            f"impl Provisioner {{ fn submit_order(&self) {{ {body} }} }}\n",
            "src/admin.rs": f"fn handle_update_order(x: u64) {{ {body} }}\n",
        }

    assert look(change(tmp_path, code(""), code("x.unwrap();"))) is None


def test_an_await_stands_where_its_word_does(tmp_path: Path) -> None:
    def code(end: str) -> str:
        body = f"self.get(1)\n            {end}"
        return f"impl Book {{\n    async fn on_tick(&mut self) {{\n        {body}\n    }}\n}}\n"

    rows = _rows(_one(tmp_path, code(".now()"), code(".await")))
    assert rows == [("Book::on_tick", "await", "0", "1", "src/book.rs:4")]


def test_of_a_name_that_everybody_calls_nobody_knows_that_it_was_cold(tmp_path: Path) -> None:
    def code(extra: str) -> dict[str, str]:
        calls = "".join(f"fn use_{n}(m: Map) {{ m.get({n}); }}\n" for n in range(130))
        return {
            "src/row.rs": "impl Row { fn get(id: u64) -> String { id.to_string() } }\n",
            "src/use.rs": calls,
            BOOK: f"impl Book {{ fn on_tick(&self, id: u64) {{ Row::get(id); }} }}\n{extra}",
        }

    other = "impl Desk { fn on_fill(&self, m: Map) { Row::get(1); } }\n"
    before = code("impl Desk { fn on_fill(&self, m: Map) {} }\n")
    assert look(change(tmp_path, before, code(other))) is None
