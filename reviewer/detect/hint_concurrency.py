"""C1, C4, C5: channels without a bound, tasks nobody waits for, branches that lose data."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer.detect.hint_rule import HintRule, Spot, brief, spot
from reviewer.finding import Category
from reviewer.rust.chain import (
    arguments_of,
    called,
    inner_expression,
    last_name,
    receiver_of,
)
from reviewer.rust.file import RustFile, method_name

_UNBOUNDED = re.compile(r"(?:\w+::)*(?:unbounded_channel|unbounded)\Z")
_STD_CHANNEL = re.compile(r"(?:std::sync::)?mpsc::channel\Z")
_SPAWN = re.compile(
    r"(?:(?:tokio|async_std|smol|std|rayon)::)?(?:(?:task|thread)::)?"
    r"(?:spawn|spawn_blocking|spawn_local)\Z"
)
_RUNTIME = re.compile(r"(?:\A|_)(?:rt|runtime|handle|executor)\Z")
_LOSES = {
    "read_exact": "bytes already read are lost",
    "read_to_end": "bytes already read are lost",
    "read_to_string": "bytes already read are lost",
    "read_line": "a part of the line is lost",
    "write_all": "nobody knows how much was written",
    "send": "the message may be lost",
    "feed": "the message may be lost",
}
"""Futures that cannot be dropped half-way, by their documentation."""
_NEAR = 100
"""Bytes between a future and its arrow."""
_SELECT = re.compile(rb"select(?:_biased)?\s*!\s*\{")


def _unbounded(file: RustFile) -> Iterator[Spot]:
    for call in file.nodes("call_expression"):
        path = called(file, call)
        # The channel of the standard library has no bound either; those of async crates take one.
        if _UNBOUNDED.match(path) or (_STD_CHANNEL.match(path) and not arguments_of(call)):
            yield spot(
                call,
                f"`{path}` has no bound: a loss if its reader can be slower than the market for "
                "minutes, for then it acts on old data and the memory grows without end.",
            )


def _detached(file: RustFile) -> Iterator[Spot]:
    calls = [call for call in file.nodes("call_expression") if _SPAWN.match(called(file, call))]
    for call in file.method_calls.get("spawn", ()):
        receiver = receiver_of(call)
        if receiver is not None and _RUNTIME.search(last_name(file, receiver)):
            calls.append(call)
    told = set()
    for call in calls:
        place = file.function_of(call)
        if (place and place.start) in told:
            continue  # one start-up function starts many
        statement = next(file.around(call, "expression_statement"), None)
        inner = inner_expression(statement) if statement is not None else None
        if inner is not None and inner.id == call.id:
            told.add(place and place.start)
            yield Spot(
                call.start_point.row + 1,
                "Nobody keeps the handle of this task: a loss if it reads a feed, keeps a book or "
                "sends orders, for when it panics or ends the rest goes on without it.",
            )


def _not_cancel_safe(file: RustFile) -> Iterator[Spot]:
    selects = {found.end() - 1 for found in _SELECT.finditer(file.source)}
    for block in file.nodes("block") if selects else ():
        if block.start_byte not in selects:
            continue
        for arm in block.named_children:
            future = inner_expression(arm) if arm.type == "expression_statement" else None
            if future is None or future.type != "call_expression":
                continue
            name = method_name(file, future)
            # What is waited for, and not what is done then, stands before the arrow.
            after = file.source[future.end_byte : future.end_byte + _NEAR].lstrip()
            if name in _LOSES and after.startswith(b"=>"):
                yield spot(
                    future,
                    f"{brief(file, future)} is dropped when another arm of `select!` is first, and "
                    f"{_LOSES[name]}: a loss if the stream or the order behind it goes on.",
                )


HINTS = (
    HintRule(
        id="C1",
        title="A channel has no bound",
        category=Category.CONCURRENCY,
        chance=0.2,
        why=(
            "A queue without a bound turns a slow reader into old prices and then into a killed "
            "process. Whether the reader can fall behind is for those who know the load."
        ),
        needs=("unbounded", "channel"),
        once_per_change="{count} new channel{s} without a bound",
        example="""\
fn feed() -> (UnboundedSender<Tick>, UnboundedReceiver<Tick>) {
    mpsc::unbounded_channel()
}
""",
        counter_example="""\
fn feed() -> (Sender<Tick>, Receiver<Tick>) {
    mpsc::channel(FEED_BOUND)
}
""",
        find=_unbounded,
    ),
    HintRule(
        id="C4",
        title="A task is started and nobody waits for it",
        category=Category.CONCURRENCY,
        chance=0.3,
        why=(
            "A panic in a task ends that task and nothing else. If it was the one that reads the "
            "feed or cancels orders, the process looks healthy and is not."
        ),
        needs=("spawn",),
        example="""\
fn start(feed: Feed) {
    tokio::spawn(async move { feed.run().await });
}
""",
        counter_example="""\
fn start(feed: Feed, tasks: &mut JoinSet<()>) {
    tasks.spawn(async move { feed.run().await });
}
""",
        find=_detached,
    ),
    HintRule(
        id="C5",
        title="A branch of select! loses data when another is first",
        category=Category.CONCURRENCY,
        chance=0.5,
        why=(
            "`select!` drops the futures that did not win. One that had already read half a "
            "message takes that half with it, and the stream is out of step from then on."
        ),
        needs=("select!", "select_biased!"),
        example="""\
async fn pump(&mut self) {
    tokio::select! {
        got = self.stream.read_exact(&mut self.frame) => self.on_frame(got),
        _ = self.stop.recv() => {}
    }
}
""",
        counter_example="""\
async fn pump(&mut self) {
    tokio::select! {
        got = self.frames.next() => self.on_frame(got),
        _ = self.stop.recv() => {}
    }
}
""",
        find=_not_cancel_safe,
    ),
)
