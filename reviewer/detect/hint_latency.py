"""D1, D1c, D2: work in a hot function that every event pays for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from tree_sitter import Node

from reviewer.detect.hint_rule import HintRule, Spot, spot
from reviewer.detect.hot import hot_function
from reviewer.finding import Category
from reviewer.rust.chain import arguments_of, called, last_name, name_of_call, receiver_of
from reviewer.rust.file import RustFile, method_name
from reviewer.rust.macro_calls import macro_calls
from reviewer.scope.words import split

_MAKES = re.compile(r"(?:String::from|Box::new|Vec::with_capacity|CString::new|serde_json::\w+)\Z")
_MAKING = ("to_string", "to_owned", "to_vec", "collect", "into_boxed_slice")
_FORMATS = frozenset({"format"})
_FAILING = re.compile(
    r"(?:\w+::)*(?:Err|bail|anyhow|ensure|panic|error|warn|info|debug|trace"
    r"|ok_or|ok_or_else|map_err|with_context|context|expect|unwrap_or_else)\Z"
)
"""Calls whose arguments are made when something failed, or for a log."""
_SHARED = frozenset(
    {"tx", "sender", "arc", "rc", "handle", "token", "waker", "client", "manager", "id", "cid"}
)
"""Things that are cheap to clone: counted references, senders, ids."""
_SHARED_TYPE = re.compile(r"\b(?:Arc|Rc|Sender|UnboundedSender|Bytes|Waker)\b")
_REQUESTS = re.compile(r"(?:submit|cancel|place|amend|modify|replace|send|execute)(?:_|\Z)")
_NEAR = 4


def _allocations(file: RustFile) -> Iterator[Spot]:
    for node, what in _made(file):
        function = hot_function(file, node)
        if function and not _when_failing(file, node) and not _asks_venue(file, node):
            yield spot(
                name_of_call(node),
                f"`{what}` allocates on every run of `{function}`: a loss if that is on the path "
                "of each event, where the allocator adds microseconds in a burst.",
            )


def _made(file: RustFile) -> Iterator[tuple[Node, str]]:
    for method in _MAKING:
        for call in file.method_calls.get(method, ()):
            yield call, method
    for macro, call in macro_calls(file, _FORMATS):
        yield call, f"{macro}!"
    for call in file.nodes("call_expression"):
        path = called(file, call)
        if path and _MAKES.match(path):
            yield call, path


def _copies(file: RustFile) -> Iterator[Spot]:
    for call in file.method_calls.get("clone", ()):
        function = hot_function(file, call)
        receiver = receiver_of(call)
        name = last_name(file, receiver) if receiver is not None and function else ""
        if not name or not _SHARED.isdisjoint(split(name)) or arguments_of(call):
            continue
        if any(_SHARED_TYPE.search(kind) for kind in file.stated_types(name, call)):
            continue
        if not _when_failing(file, call) and not _asks_venue(file, call):
            yield spot(
                name_of_call(call),
                f"`{name}` is cloned on every run of `{function}`: a loss if it owns memory (a "
                "string, levels of a book) and each event pays for the copy.",
            )


def _asks_venue(file: RustFile, node: Node) -> bool:
    """Whether the function waits for an answer over the network, beside which a copy is nothing."""
    place = file.function_of(node)
    return (
        place is not None
        and bool(_REQUESTS.match(place.item.name))
        and (place.start in file.once(_waiting))
    )


def _waiting(file: RustFile) -> frozenset[int]:
    """Functions, by their first byte, that await something."""
    places = (file.function_of(node) for node in file.nodes("await_expression"))
    return frozenset(place.start for place in places if place is not None)


def _when_failing(file: RustFile, node: Node) -> bool:
    for around in islice(file.around(node, "call_expression"), _NEAR):
        if _FAILING.match(method_name(file, around) or called(file, around)):
            return True
    return False


def _logs(file: RustFile) -> Iterator[Spot]:
    for _, call in macro_calls(file, frozenset({"info"})):
        function = hot_function(file, call)
        if function:
            yield spot(
                call,
                f"`info!` in `{function}` is on in production: a loss if every event reaches it, "
                "for formatting and the writer's lock are then part of the reaction time.",
            )


HINTS = (
    HintRule(
        id="D1",
        title="A hot function allocates",
        category=Category.LATENCY,
        chance=0.25,
        why=(
            "An allocation is tens of nanoseconds until it is not: a burst, a second thread, a "
            "page that has to come from the kernel. Whether this runs per event is to be read."
        ),
        needs=(*_MAKING, "format!", "::from", "::new", "with_capacity", "serde_json"),
        example="""\
fn on_trade(&mut self, trade: &Trade) {
    let key = trade.symbol.to_string();
    self.last.insert(key, trade.price);
}
""",
        counter_example="""\
fn on_trade(&mut self, trade: &Trade) {
    self.last[trade.instrument.index()] = trade.price;
}
""",
        find=_allocations,
    ),
    HintRule(
        id="D1c",
        title="A hot function clones",
        category=Category.LATENCY,
        chance=0.25,
        why=(
            "A clone of a number is free, one of a book is not. The name does not say which it "
            "is; the type does."
        ),
        needs=(".clone()",),
        example="""\
fn on_depth_update(&mut self, update: &DepthUpdate) {
    self.pending.push(update.levels.clone());
}
""",
        counter_example="""\
fn on_depth_update(&mut self, update: DepthUpdate) {
    self.pending.push(update.levels);
}
""",
        find=_copies,
    ),
    HintRule(
        id="D2",
        title="A hot function logs at a level that is on",
        category=Category.LATENCY,
        chance=0.5,
        why=(
            "Info is what production runs with. A line per event is a format and a write per "
            "event, and more when the disk is slow."
        ),
        needs=("info!",),
        example="""\
fn on_trade(&mut self, trade: &Trade) {
    info!("trade {trade:?}");
    self.last = trade.price;
}
""",
        counter_example="""\
fn on_trade(&mut self, trade: &Trade) {
    trace!("trade {trade:?}");
    self.last = trade.price;
}
""",
        find=_logs,
    ),
)
