"""A rule that read one file is silent where another file proves it wrong."""

from __future__ import annotations

import pytest

from reviewer.detect.confirm import confirmed
from reviewer.detect.run import examine
from reviewer.rust.repository import Repository
from reviewer.scope.rooms import Scope
from tests.detect.test_run import change

CALLS = "src/engine.rs"
ENGINE = """\
struct Engine { book: Book, venue: Arc<dyn Venue> }
impl Engine {
    fn on_cancel(&mut self, id: u64) {
        let _ = self.book.cancel_order(id);
    }
}
"""
BOOK = "struct Book;\nimpl Book {\n    pub fn cancel_order(&mut self, id: u64)%s {\n    }\n}\n"
VENUE = "trait Venue {\n    async fn cancel_order(&self, id: u64) -> Result<(), Refused>;\n}\n"


def said(calls: str, elsewhere: dict[str, str], manifest: str = "") -> list[str]:
    repository = Repository({CALLS: calls, **elsewhere}, {"Cargo.toml": manifest})
    detected = examine([change("", calls, CALLS)], Scope(()))
    return [found.source for found in confirmed(detected, repository).findings]


@pytest.mark.parametrize(
    "returned", [" -> bool", "", " -> Option<Order>", " -> Vec<Event>", " -> Ack"]
)
def test_a_call_of_an_own_method_that_cannot_fail_is_no_ignored_failure(returned: str) -> None:
    assert said(ENGINE, {"src/book.rs": BOOK % returned}) == []


@pytest.mark.parametrize(
    "returned",
    [
        " -> Result<(), BookError>",
        " -> anyhow::Result<()>",
        " -> VenueResult",
        " -> impl Future<Output = bool> + '_",
        " -> Answer",
    ],
)
def test_a_call_of_an_own_method_that_can_fail_is_one(returned: str) -> None:
    alias = "type Answer = Result<(), BookError>;\n"
    assert said(ENGINE, {"src/book.rs": alias + BOOK % returned}) == ["rule:B4"]


def test_the_type_of_the_receiver_says_which_function_is_meant() -> None:
    both = {"src/book.rs": BOOK % " -> bool", "src/venue.rs": VENUE}
    assert said(ENGINE, both) == []
    assert said(ENGINE.replace("self.book.", "self.venue."), both) == ["rule:B4"]


def test_where_nothing_says_which_is_meant_one_that_cannot_fail_is_enough_to_be_silent() -> None:
    both = {"src/book.rs": BOOK % " -> bool", "src/venue.rs": VENUE}
    assert said(ENGINE.replace("self.book.", "whoever(id)."), both) == []


def test_a_generic_receiver_has_what_traits_give_it() -> None:
    generic = ENGINE.replace("venue: Arc<dyn Venue>", "venue: V")
    both = {"src/book.rs": BOOK % " -> bool", "src/venue.rs": VENUE}
    assert said(generic.replace("self.book.", "self.venue."), both) == ["rule:B4"]


def test_what_the_repository_does_not_define_stands() -> None:
    assert said(ENGINE, {}) == ["rule:B4"]


def test_a_function_that_only_hands_on_says_nothing_of_what_it_calls() -> None:
    wrapper = ENGINE.replace("on_cancel", "cancel_order").replace("self.book.", "self.gateway.")
    assert said(wrapper, {}) == ["rule:B4"]
    assert said(wrapper.replace("self.gateway.", "self."), {}) == []


def test_a_struct_that_is_called_a_result_cannot_fail() -> None:
    cancelled = "pub struct MassCancelResult {\n    pub cancelled: usize,\n}\n"
    book = BOOK % " -> MassCancelResult"
    assert said(ENGINE, {"src/book.rs": cancelled + book}) == []
    assert said(ENGINE, {"src/book.rs": "type MassCancelResult = Result<(), E>;\n" + book}) == [
        "rule:B4"
    ]


@pytest.mark.parametrize(("checks", "found"), [("true", []), ("false", ["rule:A4c"])])
def test_where_a_release_build_panics_nothing_small_is_handed_on(
    checks: str, found: list[str]
) -> None:
    margin = (
        "fn margin(price: u64, qty: u64) -> Option<u64> {\n    1u64.checked_add(price * qty)\n}\n"
    )
    manifest = f"[package]\nname = 'a'\n[profile.release]\noverflow-checks = {checks}\n"
    assert said(margin, {}, manifest) == found


def test_other_rules_are_not_asked_about() -> None:
    parsed = "fn on_trade(msg: &Trade) {\n    let px: f64 = msg.px.parse().unwrap_or(0.0);\n}\n"
    assert said(parsed, {"src/book.rs": "fn parse() -> f64 { 0.0 }\n"}) == ["rule:A16"]
