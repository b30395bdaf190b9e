"""C6, C6m, C6s: atomics read and written without an order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from reviewer.detect.hint_rule import HintRule, Spot, spot
from reviewer.finding import Category
from reviewer.rust.chain import arguments_of, last_name, name_of_call, receiver_of
from reviewer.rust.file import RustFile
from reviewer.scope.words import split

_METHODS = (
    *("load", "store", "swap", "compare_exchange", "compare_exchange_weak", "fetch_update"),
    *("fetch_add", "fetch_sub", "fetch_max", "fetch_min", "fetch_or", "fetch_and"),
)
_PLAIN = frozenset({"load", "store", "swap", "compare_exchange", "compare_exchange_weak"})
_RELAXED = re.compile(r"(?:\w+::)*Relaxed\Z")
_ORDERED = re.compile(r"(?:\w+::)*(?:Acquire|Release|AcqRel|SeqCst)\Z")
_COUNTS = frozenset(
    {"count", "counter", "total", "metric", "stat", "id", "next", "dropped", "hit", "byte", "num"}
    | {"len", "sent", "received", "errors", "error", "miss", "depth", "generation", "enabled"}
)
"""Numbers that stand for themselves: no other memory is read because of them."""
_TELLS = frozenset(
    {"ready", "halted", "halt", "connected", "synced", "initialized", "valid", "tripped", "armed"}
    | {"published", "loaded", "allowed", "paused", "kill", "killed", "live", "active"}
)
"""Flags that say that something else is so by now; `stop` says only itself."""


@dataclass(frozen=True, slots=True)
class _Access:
    call: Node
    name: str
    method: str
    relaxed: bool


def _accesses(file: RustFile) -> tuple[_Access, ...]:
    return tuple(_found(file))


def _found(file: RustFile) -> Iterator[_Access]:
    for method in _METHODS:
        for call in file.method_calls.get(method, ()):
            orders = [file.code(argument, 100) for argument in arguments_of(call)]
            relaxed = any(_RELAXED.match(order) for order in orders)
            receiver = receiver_of(call)
            if receiver is not None and (relaxed or any(map(_ORDERED.match, orders))):
                yield _Access(call, last_name(file, receiver), method, relaxed)


def _mixed_names(file: RustFile) -> frozenset[str]:
    seen = file.once(_accesses)
    relaxed = {access.name for access in seen if access.relaxed}
    return frozenset(relaxed & {access.name for access in seen if not access.relaxed} - {""})


def _mixed(file: RustFile) -> Iterator[Spot]:
    names = file.once(_mixed_names)
    for access in file.once(_accesses):
        if access.relaxed and access.name in names:
            yield spot(
                name_of_call(access.call),
                f"`{access.name}` is used `Relaxed` here and ordered elsewhere: a loss if this "
                "side reads or writes what the ordered side was meant to make visible.",
            )


def _flags(file: RustFile) -> Iterator[Spot]:
    for access in file.once(_accesses):
        if _is_flag(access) and access.name not in file.once(_mixed_names):
            yield spot(
                name_of_call(access.call),
                f"Flag `{access.name}` is `Relaxed`: a loss if other memory (a book, a limit) is "
                "read because it is set, for that may still be the old one.",
            )


def _is_flag(access: _Access) -> bool:
    return access.relaxed and access.method in _PLAIN and not _TELLS.isdisjoint(split(access.name))


def _values(file: RustFile) -> Iterator[Spot]:
    for access in file.once(_accesses):
        if not access.relaxed or access.method not in _PLAIN or not access.name:
            continue
        if access.name in file.once(_mixed_names) or _is_flag(access):
            continue
        # A lone atomic needs no order; several beside each other are read as one state.
        if _COUNTS.isdisjoint(split(access.name)) and len(_beside(file, access)) > 1:
            yield spot(
                name_of_call(access.call),
                f"`{access.name}` is `Relaxed` beside other atomics of the same function: a loss "
                "if they are one state (a bid and its ask), for a reader can see half of it.",
            )


def _beside(file: RustFile, access: _Access) -> frozenset[str]:
    place = file.function_of(access.call)
    return file.once(_names_by_function).get(place.start if place else -1, frozenset())


def _names_by_function(file: RustFile) -> dict[int, frozenset[str]]:
    """Names of relaxed atomics, counters left out, by the first byte of the function."""
    found: dict[int, set[str]] = {}
    for access in file.once(_accesses):
        if access.relaxed and access.method in _PLAIN and _COUNTS.isdisjoint(split(access.name)):
            place = file.function_of(access.call)
            found.setdefault(place.start if place else -1, set()).add(access.name)
    return {start: frozenset(names) for start, names in found.items()}


HINTS = (
    HintRule(
        id="C6",
        title="Several atomics are read or written without an order",
        category=Category.CONCURRENCY,
        chance=0.3,
        why=(
            "Each relaxed atomic is right by itself. Two of them are not a pair: another core can "
            "see the new bid with the old ask."
        ),
        needs=("Relaxed",),
        example="""\
fn publish(&self, bid: u64, ask: u64) {
    self.best_bid.store(bid, Ordering::Relaxed);
    self.best_ask.store(ask, Ordering::Relaxed);
}
""",
        counter_example="""\
fn publish(&self, bid: u32, ask: u32) {
    self.quote.store(u64::from(bid) << 32 | u64::from(ask), Ordering::Relaxed);
}
""",
        find=_values,
    ),
    HintRule(
        id="C6m",
        title="An atomic is ordered in one place and relaxed in another",
        category=Category.CONCURRENCY,
        chance=0.31,
        why=(
            "Release and acquire work in pairs. With one half relaxed there is no pair, and what "
            "was written before need not be seen after."
        ),
        needs=("Relaxed",),
        example="""\
fn publish(&self) { self.head.store(1, Ordering::Release); }
fn poll(&self) -> usize { self.head.load(Ordering::Relaxed) }
""",
        counter_example="""\
fn publish(&self) { self.head.store(1, Ordering::Release); }
fn poll(&self) -> usize { self.head.load(Ordering::Acquire) }
""",
        find=_mixed,
    ),
    HintRule(
        id="C6s",
        title="A flag that announces something is relaxed",
        category=Category.CONCURRENCY,
        chance=0.31,
        why=(
            "A relaxed flag says that it is set, and nothing of what was written before it. On "
            "ARM the reader that sees `ready` can still read the book of before."
        ),
        needs=("Relaxed",),
        example="""\
fn on_snapshot(&self) { self.book_ready.store(true, Ordering::Relaxed); }
""",
        counter_example="""\
fn on_snapshot(&self) { self.book_ready.store(true, Ordering::Release); }
""",
        find=_flags,
    ),
)
