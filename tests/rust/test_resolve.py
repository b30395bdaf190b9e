"""What a call may mean, by what the code states."""

from __future__ import annotations

import re

import pytest

from reviewer.rust.index import Index
from reviewer.rust.repository import Repository

VENUE = """\
pub trait Venue {
    fn submit(&self, order: Order) -> bool;
    fn flush(&self) -> bool { true }
}
pub struct Spot;
pub struct Perp<T> { inner: T }
impl Venue for Spot { fn submit(&self, order: Order) -> bool { true } }
impl<T: Clone> Venue for Perp<T> { fn submit(&self, order: Order) -> bool { false } }
pub const MAX_QTY: u64 = 1_000;
"""
BOOK = """\
use crate::venue::{Spot, Venue as Place};
pub struct Level { qty: u64 }
impl Level { pub fn reset(&mut self) { self.qty = 0; } }
pub struct Ladder { levels: Vec<Level>, by_price: BTreeMap<i64, Level> }
impl Ladder {
    pub fn new() -> Self { Ladder { levels: Vec::new(), by_price: BTreeMap::new() } }
    pub fn reset(&mut self) {}
    pub fn len(&self) -> usize { 0 }
    pub fn top(&self) -> Option<&Level> { self.levels.first() }
}
pub struct Desk { ladder: Arc<Mutex<Ladder>>, venue: Box<dyn Place>, spot: Spot, raw: Vec<u8> }
impl Desk {
    pub fn run(&mut self, own: &mut Ladder, venue: &dyn Venue, levels: &[Level]) {
        CALL
    }
    fn reset(&self) {}
}
pub struct Generic<V: Venue> { venue: V }
fn go<V: Venue>(venue: V, x: u8) { GO }
"""
OTHER = """\
pub struct Other;
impl Other { pub fn reset(&self) {} pub fn only_here(&self) {} pub fn len(&self) -> usize { 1 } }
impl Other { pub fn open_book() {} }
pub trait Twice { fn twice(&self) {} }
#[cfg(test)]
mod tests { fn reset() {} }
"""


def index(call: str = "", go: str = "") -> Index:
    return Repository(
        {
            "ex/src/venue.rs": VENUE,
            "ex/src/book.rs": BOOK.replace("CALL", call).replace("GO", go),
            "other/src/lib.rs": OTHER,
        },
        {},
    ).index


def meant(found: Index, function: str, name: str) -> list[str]:
    (caller,) = found.named(function, kind="fn")
    last = [call for call in found.calls_in(caller) if call.name == name][-1]
    return [d.name_path for d in found.resolve(last)]


@pytest.mark.parametrize(
    ("code", "owner"),
    [
        ("self.reset();", "Desk"),
        ("Self::reset(self);", "Desk"),
        ("own.reset();", "Ladder"),
        ("self.ladder.lock().unwrap().reset();", "Ladder"),
        ("self.ladder\n  .lock()\n  .unwrap()\n  .reset();", "Ladder"),
        ("let l = Ladder::new(); l.reset();", "Ladder"),
        ("let l: &mut Level = x(); l.reset();", "Level"),
        ("let l = Level { qty: 1 }; l.reset();", "Level"),
        ("own.levels[0].reset();", "Level"),
        ("own.by_price.get_mut(&p).unwrap().reset();", "Level"),
        ("if let Some(l) = own.by_price.get_mut(&p) { l.reset(); }", "Level"),
        ("for l in levels { l.reset(); }", "Level"),
        ("for l in self.ladder.lock().levels.iter_mut() { l.reset(); }", "Level"),
        ("own.top().unwrap().reset();", "Level"),
        ("let l = Ladder::new(); let l: Level = y(); l.reset();", "Level"),
        ("select! { x = rx.recv() => { self.reset(); } }", "Desk"),
        ("assert!(own.reset());", "Ladder"),
        ("Level::reset(&mut l);", "Level"),
        ("crate::book::Level::reset(&mut l);", "Level"),
        ("<Level>::reset(&mut l);", "Level"),
        ("ours! { own.reset(); }", "Ladder"),
    ],
)
def test_the_stated_type_says_whose_method_is_called(code: str, owner: str) -> None:
    assert meant(index(code), "run", "reset") == [f"impl {owner}::reset"]


def test_a_traits_method_is_that_of_its_impls() -> None:
    both = ["impl Venue for Spot::submit", "impl Venue for Perp<T>::submit"]
    assert meant(index("venue.submit(o);"), "run", "submit") == both
    assert meant(index(go="venue.submit(o);"), "go", "submit") == both
    assert meant(index("self.spot.submit(o);"), "run", "submit") == both[:1]
    assert meant(index("self.spot.flush();"), "run", "flush") == ["Venue::flush"]
    found = index()
    declared, spot, perp = found.named("submit")
    assert (declared.owner, spot.owner, perp.owner) == ("Venue", "Spot", "Perp")
    assert found.implemented(perp) == declared
    assert found.traits_of("Perp") == {"Venue"}


def test_what_is_not_of_the_repository_means_nothing() -> None:
    assert meant(index("let v = Vec::new();"), "run", "new") == []
    assert meant(index("self.raw.len();"), "run", "len") == []
    assert meant(index("whatever().len();"), "run", "len") == []
    assert meant(index("levels.iter().reset_all();"), "run", "reset_all") == []
    # Nothing is known of the receiver, and only one thing has the name.
    assert meant(index("whatever().only_here();"), "run", "only_here") == ["impl Other::only_here"]


@pytest.mark.parametrize(
    ("call", "meant_by"),
    [
        ("whatever().only_here();", ["impl Other::only_here"]),
        ("whatever().only_here(1);", []),
        ("whatever().only_here(/* 1, */);", ["impl Other::only_here"]),
        ("Other::only_here();", []),
        ("Other::only_here(&other);", ["impl Other::only_here"]),
        ("assert!(whatever().only_here(1, 2));", ["impl Other::only_here"]),
        ("whatever().only_here(#[cfg(a)] 1);", ["impl Other::only_here"]),
        # Without `self` it is no method.
        ("File::options().open_book();", []),
        ("Other::open_book();", ["impl Other::open_book"]),
        # A type of another crate has what our traits give it, and what it holds.
        ("let f: Framed = x(); f.only_here();", []),
        ("let f: Framed<Other> = x(); f.only_here();", ["impl Other::only_here"]),
        ("let f: Framed = x(); f.twice();", ["Twice::twice"]),
    ],
)
def test_a_call_means_what_takes_as_many_as_it_gives(call: str, meant_by: list[str]) -> None:
    name = re.findall(r"[.:](\w+)\(", call)[-1]
    assert meant(index(call), "run", name) == meant_by


@pytest.mark.parametrize(
    ("parameters", "takes", "takes_self"),
    [
        ("", 0, False),
        ("&self", 1, True),
        ("mut self", 1, True),
        ("self: Arc<Self>, a: u8", 2, True),
        ("mut self: Box<Self>", 1, True),
        ("&'a mut self, (a, b): (u8, u8), _: u8,", 3, True),
        ("a: u8, // , b: u8\n c: u8", 2, False),
        ("#[cfg(unix)] a: u8, b: u8", -1, False),
        ("f: impl Fn(u8, u8) -> u8", 1, False),
    ],
)
def test_a_function_knows_how_many_it_takes(parameters: str, takes: int, takes_self: bool) -> None:
    found = Repository({"a.rs": f"impl<'a> A {{ fn go({parameters}) {{}} }}"}, {}).index
    (go,) = found.named("go")
    assert (go.takes, go.takes_self) == (takes, takes_self)
    assert all(name != "self" for name, _ in go.parameters)


def test_imports_say_which_of_two_is_meant() -> None:
    texts = {
        "a/src/fast.rs": "pub fn price() {}\npub struct Q;\nimpl Q { pub fn make() {} }\n",
        "a/src/slow/mod.rs": "pub mod inner;\n",
        "a/src/slow/inner.rs": "pub fn price() {}\npub struct Q;\nimpl Q { pub fn make() {} }\n",
        "a/src/lib.rs": "use crate::{fast::price, slow::{Q as Slow, inner::*}};\n"
        "fn go() { price(); Slow::make(); fast::price(); slow::inner::price(); super_price(); }\n",
    }
    found = Repository(texts, {}).index
    (go,) = found.named("go")
    meant = [[d.path for d in found.resolve(call)] for call in found.calls_in(go)]
    fast, slow = ["a/src/fast.rs"], ["a/src/slow/inner.rs"]
    assert meant == [fast, slow, fast, slow, []]


def test_definitions_carry_types_values_and_parameters() -> None:
    found = index()
    (limit,) = found.named("MAX_QTY")
    assert (limit.kind, limit.value) == ("const", "1_000")
    assert limit.signature == "pub const MAX_QTY: u64"
    (run,) = found.named("run")
    assert run.parameters == (
        ("own", "&mut Ladder"), ("venue", "&dyn Venue"), ("levels", "&[Level]"),
    )  # fmt: skip
    (top,) = found.named("top")
    assert top.value == "Option<&Level>"


def test_calls_in_macros_that_are_not_known_are_marked() -> None:
    found = index(
        'ours! { self.spot.go(1); "no(1)"; fn made() {} if (x) {} a::b(2); inner!(c(3)) }'
    )
    (run,) = found.named("run")
    calls = [(c.kind, c.owner, c.name) for c in found.calls_in(run)]
    assert calls == [
        ("macro", "", "ours"), ("token", "self.spot", "go"), ("token", "a", "b"),
        ("macro", "", "inner"), ("token", "", "c"),
    ]  # fmt: skip


def test_of_two_types_of_one_name_the_imported_one_is_called() -> None:
    order = "pub struct Order;\nimpl Order { pub fn cancel(&self) {} }\n"
    texts = {
        "ex/src/spot/order.rs": order,
        "ex/src/perp/order.rs": order,
        "ex/src/desk.rs": "use crate::perp::order::Order;\n"
        "struct Desk { open: Order }\nimpl Desk { fn stop(&self) { self.open.cancel(); } }\n",
    }
    found = Repository(texts, {}).index
    (stop,) = found.named("stop")
    (call,) = found.calls_in(stop)
    assert [d.path for d in found.resolve(call)] == ["ex/src/perp/order.rs"]
