"""B1x: a stream that dies of one message, or of a consumer that is gone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from reviewer.detect.hot import is_hot_item
from reviewer.detect.rule import Hit, Rule, hit, in_rooms
from reviewer.detect.sure_parse import is_sure
from reviewer.finding import Category, Severity
from reviewer.rust.chain import Chain, arguments_of, called, chain_of, last_name, name_of
from reviewer.rust.file import RustFile
from reviewer.rust.items import Placed
from reviewer.rust.tasks import TASKS, in_async
from reviewer.scope.words import split

_PANICS = ("unwrap", "expect")
_SENDS = frozenset({"send", "try_send", "blocking_send", "unbounded_send", "send_timeout"})
_CHANNELS = frozenset({"tx", "sender", "channel", "chan", "txs", "producer"})
_AT_THE_END = frozenset(
    {"shutdown", "stop", "exit", "quit", "close", "kill", "terminate", "done", "ready", "start"}
    | {"started", "init", "signal"}
)
"""Senders that are used once, when the process starts or ends."""
_DECODERS = re.compile(
    r"(?:\w+::)*(?:serde_json|simd_json|sonic_rs|rmp_serde|bincode|json)::(?:\w+::)*"
    r"(?:from_(?:str|slice|value|reader)|deserialize|parse)\Z"
    r"|(?:std::)?(?:core::)?str::from_utf8\Z|String::from_utf8\Z|Decimal::from_str(?:_exact)?\Z"
)
_DECODES = frozenset({"to_text", "into_text", "parse"})
_STREAM = frozenset(
    {"stream", "ws", "websocket", "feed", "socket", "subscription", "message", "msg", "payload"}
    | {"frame", "connection", "listen", "recv", "receive", "reader", "poll", "session"}
)
_STARTS = re.compile(r"(?:main|new|init|setup|build|from_\w+|with_\w+|load_\w+|default|open)\Z")
_FOREVER = ("loop_expression", "while_expression")


def _find(file: RustFile) -> Iterator[Hit]:
    for method in _PANICS:
        for call in file.method_calls.get(method, ()):
            place = file.function_of(call)
            if place is None or _STARTS.match(place.item.name):
                continue
            chain = chain_of(file, call)
            channel = _channel(file, chain)
            if channel and _can_say_so(file, place) and _serves(file, place, call):
                yield _closed(file, place, chain, channel)
            elif not channel and not is_hot_item(file, place.item) and _serves(file, place, call):
                what = _decoded(file, chain)
                if what:
                    yield _malformed(file, place, chain, what)


def _channel(file: RustFile, chain: Chain) -> str:
    """The channel that is sent on; empty if the panic is about something else."""
    if chain.names[-2:-1] == () or chain.names[-2] not in _SENDS:
        return ""
    name = last_name(file, chain.root)
    words = set(split(name))
    return name if words & _CHANNELS and not words & _AT_THE_END else ""


def _serves(file: RustFile, place: Placed, call: Node) -> bool:
    """Whether the code runs for every message: a stream by its name, or a loop in a task.

    What is spawned for one message takes nothing down with it.
    """
    task = next(file.around(call, *TASKS), None)
    if task is None:
        return False
    if task.id == place.node.id and (
        is_hot_item(file, place.item) or not _STREAM.isdisjoint(split(place.item.name))
    ):
        return True
    forever = next(file.around(call, *_FOREVER), None)
    return forever is not None and forever.start_byte > task.start_byte and in_async(file, call)


def _can_say_so(file: RustFile, place: Placed) -> bool:
    """Whether the function returns errors: then a closed channel has a way out other than this."""
    returned = place.node.child_by_field_name("return_type")
    return returned is not None and "Result" in file.code(returned)


def _decoded(file: RustFile, chain: Chain) -> str:
    """What is read; empty if it is none of the venue's."""
    root = chain.root
    if _DECODERS.match(called(file, root)) and len(chain.links) == 1:
        arguments = arguments_of(root)
        if not arguments or arguments[0].type in ("string_literal", "raw_string_literal"):
            return ""
        return last_name(file, arguments[0]) or file.code(arguments[0], 40)
    if chain.names[-2:-1] and chain.names[-2] in _DECODES and root.type != "string_literal":
        return "" if is_sure(file, chain) else last_name(file, root)
    return ""


def _closed(file: RustFile, place: Placed, chain: Chain, channel: str) -> Hit:
    how = chain.names[-2]
    bounded = how in ("try_send", "send_timeout")
    when = "ends, restarts or falls behind" if bounded else "ends or restarts"
    return hit(
        file,
        name_of(chain.links[-1]),
        f"`{place.item.name}` panics when `{channel}` is closed{' or full' if bounded else ''}",
        f"When the task that reads `{channel}` {when}, the next `{how}` fails and this "
        f"`{chain.names[-1]}` panics instead of returning the error: `{place.item.name}` is gone "
        "too, no reconnect begins, and the book and the orders it kept are stale from then on.",
        start=name_of(chain.links[-2]),
        # Who reads a channel mostly ends with the process: of 15 such places in two public trading
        # systems 2 were worth more than a suggestion. A full channel is another matter.
        at_most=Severity.CRITICAL if bounded else Severity.SUGGESTION,
    )


def _malformed(file: RustFile, place: Placed, chain: Chain, what: str) -> Hit:
    return hit(
        file,
        name_of(chain.links[-1]),
        f"One `{what}` that does not decode ends `{place.item.name}`",
        f"The first `{what}` in a form this code does not know (an error page, a new field, a cut "
        f"frame) panics here: `{place.item.name}` ends without a reconnect, and quotes stay in "
        "the market on a book that no longer moves.",
        start=name_of(chain.links[-2]) if len(chain.links) > 1 else chain.root,
    )


RULE = Rule(
    id="B1x",
    title="A closed channel or one bad message ends the stream",
    category=Category.RECOVERY,
    severity=Severity.SUGGESTION,
    raised=in_rooms(Severity.IMPORTANT),
    why=(
        "Consumers restart and venues send what nobody expected. A stream that panics on either "
        "is gone without its reconnect logic having seen an error, and nobody reads the market. A "
        "channel that is only closed is a suggestion, for its reader mostly ends with the process."
    ),
    lowered=True,
    needs=(".unwrap()", ".expect("),
    example="""\
async fn run_stream(&mut self) -> Result<(), StreamError> {
    while let Some(text) = self.socket.next().await {
        let event: Event = serde_json::from_str(&text).unwrap();
        self.event_tx.send(event).unwrap();
    }
    Ok(())
}
""",
    counter_example="""\
async fn run_stream(&mut self) -> Result<(), StreamError> {
    while let Some(text) = self.socket.next().await {
        let event: Event = serde_json::from_str(&text)?;
        self.event_tx.send(event).map_err(|_| StreamError::NoConsumer)?;
    }
    Ok(())
}
""",
    find=_find,
)
