"""D6a, D6b: the clock on the wall, where another one is meant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from reviewer.detect.arithmetic import operations
from reviewer.detect.hint_rule import HintRule, Spot, spot
from reviewer.detect.hot import hot_function
from reviewer.finding import Category
from reviewer.rust.chain import arguments_of, bare, called, chain_of, name_of_call
from reviewer.rust.file import RustFile

_WALL = re.compile(r"(?:\w+::)*(?:SystemTime|Utc|Local|OffsetDateTime)::now(?:_utc)?\Z")
_CORE = re.compile(
    r"(?:\A|/)(?:matching|matcher|engine|backtest\w*|replay|simulat\w*|sim|book)(?:/|\.rs\Z|_)"
)
"""Parts of a path in which time has to come with the event."""
_ALIGNED = re.compile(r"EPOCH")
_STAMP = re.compile(r"(?:\A|_)(?:recv|received|local|live|arrival|logged)(?:_|\Z)")
"""Names of the moment at which something came in, which only this machine's clock knows."""
_KEPT = {"field_initializer": "field", "let_declaration": "pattern"}
_DIFFERENCES = ("duration_since", "signed_duration_since")
_LONGEST = 200


def _in_core(file: RustFile) -> Iterator[Spot]:
    core = bool(_CORE.search(file.path))
    for call in file.nodes("call_expression"):
        path = called(file, call)
        if not path or not _WALL.match(path) or _is_stamp(file, call):
            continue
        function = hot_function(file, call)
        if function or core:
            where = f"`{function}`" if function else "code that is replayed"
            yield spot(
                call,
                f"`{path}` in {where}: a loss if a replay or backtest is to decide as the live "
                "run did, or if orders are timed by it, for the clock can also jump back.",
            )


def _is_stamp(file: RustFile, call: Node) -> bool:
    keeper = next(file.around(call, *_KEPT), None)
    named = keeper.child_by_field_name(_KEPT[keeper.type]) if keeper is not None else None
    return named is not None and bool(_STAMP.search(file.code(named, 100)))


def _spans(file: RustFile) -> Iterator[Spot]:
    for method in _DIFFERENCES:
        for call in file.method_calls.get(method, ()):
            since = arguments_of(call)
            if _is_now(file, chain_of(file, call).root) and not _is_epoch(file, since):
                yield _span(call)
    for call in file.method_calls.get("elapsed", ()):
        if _is_now(file, chain_of(file, call).root):
            yield _span(call)
    for difference in operations(file, "-"):
        if _is_now(file, difference.left) and not _is_epoch(file, [difference.right]):
            yield _span(difference.node)


def _is_now(file: RustFile, node: Node) -> bool:
    """Whether a value is the time on the wall: the call itself, or a variable that keeps it."""
    node = bare(node)
    if node.type == "identifier":
        kept = file.local_types(file.code(node), node)
        return any(_WALL.match(text.removesuffix("()")) for text in kept)
    return bool(_WALL.match(called(file, node)))


def _is_epoch(file: RustFile, nodes: list[Node]) -> bool:
    return any(_ALIGNED.search(file.code(node, _LONGEST)) for node in nodes)


def _span(node: Node) -> Spot:
    return spot(
        name_of_call(node),
        "A span measured by the clock on the wall: a loss if a limit, a timeout or a latency that "
        "steers orders hangs on it, for a correction of the clock makes it jump or negative.",
    )


HINTS = (
    HintRule(
        id="D6a",
        title="The clock on the wall in code that is replayed or hot",
        category=Category.ORDER_LOGIC,
        chance=0.08,
        why=(
            "Matching, replay and backtest agree with the live run when time comes with the "
            "event. Asked from the machine it is another one each time."
        ),
        needs=("::now",),
        example="""\
fn on_order(&mut self, order: Order) {
    let at = SystemTime::now();
    self.queue.push((at, order));
}
""",
        counter_example="""\
fn on_order(&mut self, order: Order) {
    let at = order.received_at;
    self.queue.push((at, order));
}
""",
        find=_in_core,
    ),
    HintRule(
        id="D6b",
        title="A span is measured by the clock on the wall",
        category=Category.LATENCY,
        chance=0.6,
        why=(
            "The wall clock is corrected while the process runs. `Instant` is not, and is what "
            "spans are for; between machines only the wall clock will do."
        ),
        needs=("::now",),
        example="""\
fn stale(&self, sent_at: SystemTime) -> bool {
    SystemTime::now().duration_since(sent_at).unwrap_or_default() > LIMIT
}
""",
        counter_example="""\
fn stale(&self, sent_at: Instant) -> bool {
    sent_at.elapsed() > LIMIT
}
""",
        find=_spans,
    ),
)
