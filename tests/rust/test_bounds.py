"""Text made to hurt costs bounded work, and says so instead of failing."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.detect.hint_rule import HintRule
from reviewer.detect.registry import HINTS, RULES
from reviewer.rust.file import RustFile
from reviewer.rust.grammar import MAX_BYTES

FUNCTION = """\
impl Book{n} {{
    /// Applies a delta.
    #[inline]
    fn on_delta_{n}(&mut self, delta: &Delta) -> Result<(), Error> {{
        let price: f64 = delta.price.parse().unwrap_or(0.0);
        let ticks = (price / self.tick_size) as i64;
        let guard = self.levels.lock().unwrap();
        assert!(ticks as u32 > 0, "tick {{}}", vec![ticks, 1][0]);
        let best_bid = self.bids.keys().next();
        self.orders.get_mut(&delta.id).unwrap().fill(delta.qty);
        match delta.kind {{ Kind::Trade => todo!(), _ => self.venue.ping().await }}
        println!("{{delta:?}}");
        let _ = self.venue.cancel_order(delta.id);
        self.event_tx.send(delta.clone()).unwrap();
        self.seen_qty -= delta.cut_qty as u32 as u64 - (self.seen_qty - self.old_qty);
        let spread = self.seen_qty - self.seen_qty;
        self.left_qty -= self.cut_qty;
        if self.old_qty as u32 == 0 {{ panic!("no {{}}", delta.id); }}
        let used = self.seen_qty.checked_add(self.old_qty * delta.price);
        let exact = Decimal::from_f64_retain(price).unwrap();
        self.quotes.sort_by(|a, b| a.tick_size.partial_cmp(&b.tick_size).unwrap());
        let side = match delta.side {{ "B" => Side::Buy, _ => Side::Sell }};
        match side {{ Side::Buy => self.bids.clear(), Side::Sell => self.bids.clear() }}
        match side {{ Side::Buy => price > self.ask, Side::Sell => price > self.bid }}
        spawn(async move {{ connect_async(URL).await; thread::sleep(PACE); }});
    }}
}}
"""
FIELDS = "struct Side { bids: BTreeMap<i64, f64>, tick_size: f64 }\n" + "".join(
    f"struct Book{n} {{ seen_qty: u64, old_qty: u64, left_qty: u64, cut_qty: u64 }}\n"
    for n in range(3)
)


def generated(functions: int) -> str:
    return FIELDS + "".join(FUNCTION.format(n=n) for n in range(functions))


def one_function(statements: int) -> str:
    lines = "".join(
        f"    let px_{n}: f64 = m.p{n}.parse().unwrap_or(0.0);\n    m.q{n}.unwrap();\n"
        f"    let g{n} = self.a.lock().unwrap();\n    go((px_{n} * 100.0) as u64).await;\n"
        f"    let qty_{n}: u64 = 0; let cut_{n} = qty_{n} - qty_{n} - (qty_{n} as u32) as u64;\n"
        f"    q(qty_{n} - size);\n"
        f"    let _ = self.venue.cancel_order(m.id); dbg!(a.checked_add(px_{n} * px_{n}));\n"
        f"    xs.sort_by(|a, b| px_{n}.partial_cmp(&px_{n}).unwrap()); tx.send(1).unwrap();\n"
        f"    if side == Side::Buy {{ px_{n} > m.ask }} else {{ px_{n} > m.bid }};\n"
        f"    match m.k {{ 1 => Side::Buy, _ => Side::Sell }}; panic!(); connect_async(u);\n"
        f"    thread::sleep(PACE); Decimal::from_f64(px_{n}).unwrap(); reqwest::get(u);\n"
        for n in range(statements)
    )
    return f"async fn on_row(m: &Row, size: u64) {{\n{lines}}}\n"


def analyse(text: str) -> RustFile:
    file = RustFile.parse("src/a.rs", text)
    for rule in RULES:
        for hit in rule.hits(file):
            assert not file.in_test(hit.line)
            assert file.line(hit.line) == hit.quote
    for hint in HINTS:
        for spot in hint.spots(file):
            assert 1 <= spot.line <= len(file.lines)
    return file


def calls_made(work: Callable[[], object]) -> int:
    """Calls of any function, of Python or of C: work that does not depend on the machine."""
    count = 0
    re.purge()

    def tick(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(tick)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def test_the_texts_that_grow_hold_what_every_rule_looks_for() -> None:
    files = [RustFile.parse("src/a.rs", made(3)) for made in (generated, one_function)]
    silent = {rule.id for rule in RULES if not any(list(rule.hits(file)) for file in files)}
    assert silent == set()


@pytest.mark.parametrize("made", [generated, one_function])
def test_work_grows_with_the_size_and_not_faster(made: Callable[[int], str]) -> None:
    small, large = made(40), made(320)
    analyse(small)  # grammar and queries are built once
    assert calls_made(lambda: analyse(large)) < 12 * calls_made(lambda: analyse(small))


def of_one_name(statements: int) -> str:
    """A name that is stated anew by every statement of a function."""
    line = "    let qty: u64 = m.qty; let px: u64 = qty * qty / px; self.qty -= qty as i64;\n"
    line += "    if px == 0.5 { self.bids[qty] = qty.round(); let m: HashMap<A, B> = m.iter(); }\n"
    return f"fn on_fill(m: &Fill) {{\n{line * statements}}}\n"


def of_all_hints(times: int) -> str:
    return "".join(hint.example for hint in HINTS) * times


def test_the_texts_that_grow_hold_what_every_hint_looks_for() -> None:
    file = RustFile.parse("src/a.rs", of_all_hints(1))
    silent = {hint.id for hint in HINTS if not list(hint.spots(file))}
    assert silent <= {"E1"}, "another example compares a sequence number"


@pytest.mark.parametrize("made", [of_one_name, of_all_hints])
def test_work_for_hints_grows_with_the_size_and_not_faster(made: Callable[[int], str]) -> None:
    small, large = made(20), made(160)
    analyse(small)
    assert calls_made(lambda: analyse(large)) < 12 * calls_made(lambda: analyse(small))


@pytest.mark.parametrize("hint", HINTS, ids=lambda hint: hint.id)
def test_each_hint_alone_grows_with_the_size_and_not_faster(hint: HintRule) -> None:
    def search(times: int) -> int:
        file = RustFile.parse("src/a.rs", hint.example * times)
        return calls_made(lambda: list(hint.spots(file)))

    search(1)
    assert search(160) < 12 * search(20)


@pytest.mark.parametrize(
    "text",
    [
        "const TABLE: [u8; N] = [" + "0," * 100_000 + "];",
        "const GRID: [&[u8]; N] = [" + "&[0]," * 40_000 + "];",
        "fn f() { prices![" + "1 2 3 ; " * 20_000 + "] }",
        "fn f() { x = " + "a + " * 3_000 + "b; }",
    ],
    ids=["table", "grid", "macro", "sum"],
)
def test_dense_generated_code_is_read_whole(text: str) -> None:
    assert analyse(text).problem == ""


def test_a_file_of_700_kb_is_read_whole() -> None:
    text = generated(500)
    assert len(text) > 700_000
    file = analyse(text)
    assert file.problem == ""
    assert len(file.functions()) == 500
    assert file.scope_path(len(file.lines) - 2) == "impl Book499::on_delta_499"


@pytest.mark.parametrize(
    "text",
    [
        "fn f() {" + "(" * 900 + ")" * 900 + "}",
        "fn f() { x" + ".a()" * 4_000 + ".unwrap(); }",
        "fn f() { m.price.parse()" + ".ok()" * 4_000 + ".unwrap_or(0.0); }",
        "fn f() { x = " + "a.0" + ".0" * 4_000 + " as u64; }",
        "fn f() { " + "if a { " * 900 + "}" * 900 + " }",
        "mod a { " * 900 + "fn f() { todo!() }" + " }" * 900,
        "#[cfg(test)]\nuse a::b;\n" * 5_000,
        "fn f() { assert!(" * 400 + ")}" * 400,
        "fn f() { x" + ".unwrap_or(0).parse()" * 2_000 + " }",
        "fn on_fill(m: M) { m" + ".unwrap_or(0) & m" * 5_000 + " }",
        "fn f() { x" + ".partial_cmp(&1.0).unwrap()" * 2_000 + " }",
        "fn f() { " + "Decimal::from_f64_retain(price + " * 300 + "a" + ")" * 300 + " }",
        "fn f() { match s {" + " _ => Side::Sell," * 5_000 + " } }",
        "fn f() { match s { Side::Buy => " * 300 + "1" + ", Side::Sell => 2 }" * 300 + " }",
        "fn f() { " + "if is_buy { a(); } else { " * 300 + "}" * 300 + " }",
        "fn f() { x = " + "a == Side::Buy && b || " * 2_000 + "c }",
        "fn f() { x = " + "(a.qty - " * 300 + "b.qty" + ")" * 300 + " }",
        "fn f(qty: u64) { x = qty" + " as u32" * 3_000 + "; }",
        "fn f() { reqwest::Client::builder()" + ".build()" * 3_000 + " }",
        "fn f() { a.qty.checked_add(" * 300 + "b * c" + ")" * 300 + " }",
        "fn f() { x - " + "::<" * 5_000 + " }",
        "struct A { m: HashMap<A, B> } fn f() { m" + ".iter()" * 3_000 + ".next() }",
        "fn f() { for a in &m { " * 300 + "m.send(a) " + "}" * 300 + " }",
        "fn on_fill() { " + "a[i] + " * 5_000 + "a[i" * 300 + "]" * 300 + " }",
        "fn f(qty: u64) { x = " + "qty / qty * " * 2_000 + "qty; }",
        "fn f() { select! { " * 200 + "a.send(b) => {}" + " } }" * 200,
        "fn f() { " + "a.store(b.load(Relaxed), Relaxed); " * 4_000 + " }",
        "fn on_fill() { " + "format!(" * 300 + "a.clone()" + ")" * 300 + " }",
        "fn f() { " + "Utc::now() - " * 3_000 + "a }",
        "// reviewer: allow(A16) a\n" * 20_000,
        "#[allow(" + "clippy::" * 5_000 + "float_cmp)]\nfn f() {}",
        "/*" * 20_000,
        "'" * 20_000,
        'r#"' * 10_000,
    ],
    ids=lambda text: text[:24],
)
def test_deep_and_long_text_is_no_danger(text: str) -> None:
    file = analyse(text)
    assert file.lines


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{" * 100_000, "nested too deep"),
        ("fn f() { " + ". \n f [\n" * 10_000, "nested too deep"),
        ("fn f() { m!(" + "," * 5_000 + ") }", "too tangled to search"),
        ("fn f() { m!(" + "=" * 5_000 + ") }", "too tangled to search"),
        ("fn f() { x" + ".a()" * 20_000 + " }", "too tangled to search"),
        (", | ,\n" * 20_000, "too tangled to parse"),
        ("//" + " " * MAX_BYTES, "larger than 2 MB"),
    ],
    ids=["braces", "open lists", "commas", "operators", "calls", "separators", "size"],
)
def test_what_cannot_be_read_in_bounded_time_is_said(text: str, problem: str) -> None:
    file = analyse(text)
    assert file.problem == problem
    assert file.items == ()
    assert file.item_at(1) is None
    assert analyse("fn f() {}\n").problem == "", "the next file is read as ever"


TOKENS = st.sampled_from(
    [
        *"(){}[]<>;,.=&|!?:#'\"\n ",
        *["fn f", "async ", "move ", "impl A for B ", "let x", "price", "bids", "struct S {"],
        *["BTreeMap<i64, f64>", ".unwrap()", ".parse()", ".unwrap_or(0)", ".next()", ".await"],
        *[
            ".lock()",
            "todo!()",
            "qty * ",
            "[i]",
            "Relaxed)",
            ".load(",
            ".clone()",
            "fn on_fill(a: A) {",
            "1.0",
            "é",
            "\x00",
            "select! {",
            "assert!(",
            "vec![",
            "match x {",
        ],
        *["=> ", "#[cfg(test)]", "// c", "\r\n", " as u32", "if let Some(x) = ", "|x| "],
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(TOKENS, max_size=60).map("".join))
def test_no_text_breaks_a_rule(text: str) -> None:
    file = RustFile.parse("src/a.rs", text)
    for rule in RULES:
        for hit in rule.hits(file):
            assert file.line(hit.line) == hit.quote
    for hint in HINTS:
        for spot in hint.spots(file):
            assert 1 <= spot.line <= len(file.lines)
    for line in range(len(file.lines) + 2):
        item = file.item_at(line)
        file.in_test(line)
        assert item is None or item.start <= line <= item.end


def test_threads_read_side_by_side() -> None:
    texts = [generated(n % 7 + 1) for n in range(60)]
    with ThreadPoolExecutor(4) as pool:
        files = list(pool.map(analyse, texts))
    assert [len(file.functions()) for file in files] == [n % 7 + 1 for n in range(60)]
