"""B1, B3, E10: what ends a process in the middle of an event, or checks only in debug builds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from reviewer.detect.hint_rule import HintRule, Spot, brief, one_line, spot
from reviewer.detect.hot import hot_function
from reviewer.detect.money import money_name
from reviewer.detect.rule_hot_unwrap import can_fail
from reviewer.finding import Category
from reviewer.rust.chain import chain_of, name_of_call, walk
from reviewer.rust.file import RustFile
from reviewer.rust.inputs import given_names, root_name
from reviewer.rust.macro_calls import macro_calls

_PANICS = ("unwrap", "expect")
_DEBUG = frozenset({"debug_assert", "debug_assert_eq", "debug_assert_ne"})
_BOUND = re.compile(r"%|\bmin\(|\bclamp\(|\bmod_index\b|&\s*(?:self\.)?\w*mask")
_CHECKED = "len", "get", "contains"
_LONGEST = 2_000


def _unwraps(file: RustFile) -> Iterator[Spot]:
    for method in _PANICS:
        for call in file.method_calls.get(method, ()):
            function = hot_function(file, call)
            if function and can_fail(file, chain_of(file, call)):
                yield spot(
                    name_of_call(call),
                    f"`{method}` in `{function}`: a loss if anything a venue sends, or the order "
                    "in which events come, can leave this empty; the task dies with live orders.",
                )


def _indexing(file: RustFile) -> Iterator[Spot]:
    given: dict[int, frozenset[str]] = {}
    for node in file.nodes("index_expression"):
        function = hot_function(file, node)
        place = file.function_of(node) if function else None
        parts = node.named_children
        if (
            place is None
            or len(parts) < 2
            or parts[-1].type in ("integer_literal", "range_expression")
        ):
            continue
        if place.start not in given:
            given[place.start] = given_names(file, place)
        index = parts[-1]
        if root_name(file, index) not in given[place.start] or _is_bounded(file, node, index):
            continue
        yield spot(
            node,
            f"{brief(file, node)} in `{function}` panics beyond the end: a loss if "
            f"{brief(file, index)} comes from a message, or a new instrument is beyond it.",
        )


def _is_bounded(file: RustFile, node: Node, index: Node) -> bool:
    """Whether the index is cut to size, or the function asked how long the thing is."""
    if _BOUND.search(file.code(index)):
        return True
    owner = file.code(node.named_children[0], 100)
    place = file.function_of(node)
    start = max(place.start if place else 0, node.start_byte - _LONGEST)
    earlier = file.source[start : node.start_byte].decode("utf-8", "replace")
    return any(f"{owner}.{check}" in earlier for check in _CHECKED)


def _debug_only(file: RustFile) -> Iterator[Spot]:
    for macro, call in macro_calls(file, _DEBUG):
        if call.end_byte - call.start_byte > _LONGEST:
            continue
        names = (file.code(node) for node in walk(call) if node.type.endswith("identifier"))
        name = money_name(names)
        if name:
            yield spot(
                call,
                f"`{one_line(macro)}!` on `{name}` is gone in a release build: a loss if what it "
                "rules out can come from outside and nothing else checks it.",
            )


HINTS = (
    HintRule(
        id="B1",
        title="A hot function can panic on an unwrap",
        category=Category.ERROR_HANDLING,
        chance=0.4,
        why=(
            "Most unwraps in such code state something the system keeps true itself. Some state "
            "what the venue has to keep true, and it does not."
        ),
        needs=(".unwrap()", ".expect("),
        example="""\
fn on_trade(&mut self, trade: &Trade) {
    let last = self.history.back().unwrap();
    self.window.push(trade.price - last.price);
}
""",
        counter_example="""\
fn on_trade(&mut self, trade: &Trade) {
    let Some(last) = self.history.back() else { return };
    self.window.push(trade.price - last.price);
}
""",
        find=_unwraps,
    ),
    HintRule(
        id="B3",
        title="A hot function indexes with what it was given",
        category=Category.ERROR_HANDLING,
        chance=0.3,
        why=(
            "An index from a message is a promise of the sender. One instrument more than the "
            "table was made for, and the process ends on its first event."
        ),
        needs=("[",),
        example="""\
fn on_quote(&mut self, quote: &Quote) {
    self.last[quote.instrument] = quote.price;
}
""",
        counter_example="""\
fn on_quote(&mut self, quote: &Quote) {
    if let Some(last) = self.last.get_mut(quote.instrument) {
        *last = quote.price;
    }
}
""",
        find=_indexing,
    ),
    HintRule(
        id="E10",
        title="Money is checked in debug builds only",
        category=Category.RISK_LIMITS,
        chance=0.15,
        why=(
            "`debug_assert!` is for what cannot be. Where it guards an amount, the build that "
            "trades runs without the guard."
        ),
        needs=("debug_assert",),
        once_per_change="{count} new check{s} of money in debug builds only",
        example="""\
fn book(&mut self, qty: u64) {
    debug_assert!(qty > 0);
    self.total += qty;
}
""",
        counter_example="""\
fn book(&mut self, qty: u64) -> Result<(), Empty> {
    ensure!(qty > 0, Empty);
    self.total += qty;
    Ok(())
}
""",
        find=_debug_only,
    ),
)
