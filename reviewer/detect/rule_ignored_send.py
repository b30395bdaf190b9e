"""B4: nobody looks whether an order, a cancel or a fill got out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer.detect.rule import Hit, Rule, hit
from reviewer.detect.thrown_away import ThrownAway, thrown_away
from reviewer.finding import Category, Finding, Severity
from reviewer.rust.chain import arguments_of, last_name, name_of
from reviewer.rust.file import RustFile
from reviewer.rust.file_index import Definition
from reviewer.rust.index import Index
from reviewer.rust.items import Placed
from reviewer.rust.repository import Repository
from reviewer.rust.type_text import bare
from reviewer.rust.typed import type_of
from reviewer.scope.words import split

_OWN_VERBS = re.compile(
    r"(?:submit|place|cancel|amend|modify|replace|close|flatten|liquidate|halt|send|new)_(?:\w+_)?"
    r"(?:orders?|positions?|all|batch|stop|stops|fill|trade|trading)\Z"
)
"""`submit_order`: the name alone says what is at stake."""
_SHORT_VERBS = frozenset({"submit", "cancel", "amend", "modify", "place"})
_SENDS = frozenset({"send", "try_send", "blocking_send", "unbounded_send"})
_GATEWAYS = frozenset(
    {"exchange", "venue", "broker", "gateway", "oms", "router", "execution", "executor", "order"}
    | {"orders", "api", "client", "rest", "connector"}
)
_AT_STAKE = frozenset({"order", "cancel", "fill", "execution", "trade", "hedge", "liquidation"})
"""What a channel must carry for its silence to cost money."""
_TOLD_ONLY = frozenset(
    {"shutdown", "stop", "reply", "resp", "response", "respond", "responder", "result", "oneshot"}
    | {"done", "ui", "log", "metric", "telemetry", "broadcast", "notify", "notification", "audit"}
    | {
        "subscriber",
        "event",
        "status",
        "update",
        "print",
        "ack",
        "stat",
        "test",
        "callback",
        "ping",
        "feed",
    }
)
"""Receivers that may be gone without loss: whoever asked, or only watches."""
_BOOKS = (("book",), ("ob",), ("orderbook",))
_WATCHED = re.compile(r"\b(?:watch|broadcast)::Sender\b")
_HARMLESS = re.compile(r"best.effort|fire.and.forget|ignore|shutting down|closed|dropped", re.I)
_MAY_FAIL = re.compile(r"Result\b|Future\b|Err(?:or)?\b")
"""What a function can return that says whether it worked; a future may hold a result."""
_LONGEST = 400
"""Letters at the end of a line in which its comment is looked for."""
_WHOLE_BOOK = re.compile(
    r"(?:cancel|close|flatten|liquidate|halt|stop)_(?:all|everything|trading|(?:\w+_)?(?:orders|positions))"
    r"|(?:close|flatten|liquidate)_(?:\w+_)?position\Z"
)
"""What leaves nothing open: a desk relies on it most of all where everything ends."""
_ENDS = re.compile(
    r"(?:\w+_)?(?:shutdown|shut_down|teardown|cleanup)(?:_\w+)?\Z|(?:on_|graceful_)?(?:stop|close)\Z"
)
_KILL_SWITCH = re.compile(r"emergency|kill|panic_(?:stop|close|button)|halt|flatten|liquidate")


def _find(file: RustFile) -> Iterator[Hit]:
    for ignored in thrown_away(file):
        what = _at_stake(file, ignored)
        if not what or _is_meant(file, ignored):
            continue
        if all(_MAY_FAIL.search(kind) for kind in _returned(file, ignored)):
            yield _hit(file, ignored, what)


def _at_stake(file: RustFile, ignored: ThrownAway) -> str:
    """What is lost if the call fails; empty if that is nothing of an order's."""
    name, receiver = ignored.link.name, last_name(file, ignored.chain.root)
    if _OWN_VERBS.match(name):
        return name
    words = set(split(receiver))
    if name in _SHORT_VERBS:
        return name if words & _GATEWAYS else ""
    if name not in _SENDS or words & _TOLD_ONLY or _only_watched(file, ignored):
        return ""
    arguments = ignored.link.call.child_by_field_name("arguments")
    if arguments is None or len(arguments_of(ignored.link.call)) != 1:
        return ""  # no channel: one takes its message alone
    carried = file.code(arguments, 60)
    first = re.split(r"[({]", carried.lstrip("("))[0]
    said = words | set(split(first))
    return receiver if said & _AT_STAKE and not set(split(first)) & _TOLD_ONLY else ""


def _only_watched(file: RustFile, ignored: ThrownAway) -> bool:
    """Whether the channel fails only where nobody listens."""
    root = ignored.chain.root
    stated = file.stated_types(last_name(file, root), root)
    return bool(stated) and all(_WATCHED.search(text) for text in stated)


def _is_meant(file: RustFile, ignored: ThrownAway) -> bool:
    """Whether a comment or the function around says that a failure is expected here."""
    row = ignored.statement.start_point.row + 1
    ends = (file.line(number)[-_LONGEST:] for number in (row - 1, row))
    if any("//" in end and _HARMLESS.search(end) for end in ends):
        return True
    if "Drop for " in file.scope_path(row):
        return True
    return bool(_ENDS.match(_around(file, ignored))) and not _WHOLE_BOOK.match(ignored.link.name)


def _around(file: RustFile, ignored: ThrownAway) -> str:
    place = file.function_of(ignored.statement)
    return place.item.name if place is not None else ""


def _returned(file: RustFile, ignored: ThrownAway) -> list[str]:
    """What the file's own functions of that name return, but for the one that hands on."""
    own = file.code(ignored.chain.root, 5) == "self"
    inside = file.function_of(ignored.statement)
    return [
        _text_of_return(file, place)
        for place in file.once(_functions).get(ignored.link.name, ())
        if own or inside is None or place.node.id != inside.node.id
    ]


def _functions(file: RustFile) -> dict[str, list[Placed]]:
    """The file's functions by name; ask through `file.once`."""
    found: dict[str, list[Placed]] = {}
    for place in file.functions():
        found.setdefault(place.item.name, []).append(place)
    return found


def _text_of_return(file: RustFile, place: Placed) -> str:
    kind = place.node.child_by_field_name("return_type")
    return file.code(kind, 100) if kind is not None else ""


def _stands(finding: Finding, repository: Repository) -> bool:
    """Whether every function of the repository that the call may mean can fail."""
    index = repository.index
    here = index.file(finding.path)
    for call in here.calls if here is not None else ():
        if call.line == finding.line and (call.name in _SHORT_VERBS or _OWN_VERBS.match(call.name)):
            own, caller = call.owner == "self", index.caller_of(call)
            meant = [d for d in index.resolve(call) if own or d != caller]
            candidates = meant or [d for d in index.functions(call.name) if own or d != caller]
            if not all(_may_fail(found, index) for found in candidates):
                return False
    return True


def _may_fail(function: Definition, index: Index) -> bool:
    name = bare(function.value)
    alias = index.field_type(name, "")
    # `MassCancelResult` is what was cancelled, where the repository has such a struct.
    own = "" if not alias and _is_a_value(name, index) else function.value
    return bool(_MAY_FAIL.search(f"{own} {alias}"))


def _is_a_value(name: str, index: Index) -> bool:
    return any(index.named(name, kind=kind) for kind in ("struct", "enum"))


def _hit(file: RustFile, ignored: ThrownAway, what: str) -> Hit:
    name = ignored.link.name
    is_channel = name in _SENDS
    title = f"A failed `{name}` on `{what}`" if is_channel else f"A failed `{what}`"
    lost = f"what `{what}` carries" if is_channel else f"what `{what}` was to do"
    reason = "its receiver is gone or it is full" if is_channel else "the venue or the link refuses"
    effect = (
        "nobody learns of it: this process goes on as if the order were placed or cancelled, "
        "while the one at the venue still fills or was never there."
    )
    around = _around(file, ignored)
    if _WHOLE_BOOK.match(name) and (_ENDS.match(around) or _KILL_SWITCH.search(around)):
        effect = (
            f"`{around}` ends as if it had: whoever relied on it takes the desk for flat, while "
            "orders and positions stay open at the venue."
        )
    return hit(
        file,
        name_of(ignored.link),
        f"{title} goes unnoticed",
        f"When {reason}, {lost} does not happen and {effect}",
        start=ignored.statement,
        at_most=Severity.SUGGESTION if _in_own_book(file, ignored) else Severity.CRITICAL,
    )


def _in_own_book(file: RustFile, ignored: ThrownAway) -> bool:
    """Whether a book in this process is told to cancel: it refuses only what it does not hold."""
    root = ignored.chain.root
    is_book = type_of(file, root).endswith("Book") or split(last_name(file, root))[-1:] in _BOOKS
    return is_book and ignored.link.name.startswith("cancel")


RULE = Rule(
    id="B4",
    title="A failed order or cancel goes unnoticed",
    category=Category.ERROR_HANDLING,
    severity=Severity.IMPORTANT,
    lowered=True,
    why=(
        "An order that was not sent and a cancel that did not arrive are the two errors a desk "
        "cannot see in its own books. Thrown away with `let _` they are found by the loss. A book "
        "in this process refuses to cancel only what it does not hold: that is a suggestion."
    ),
    needs=("let _", "_ = ", "drop(", ".ok()"),
    example="""\
async fn flatten(&mut self, order: &Order) {
    let _ = self.venue.cancel_order(order.id).await;
    self.open.remove(&order.id);
}
""",
    counter_example="""\
async fn flatten(&mut self, order: &Order) -> Result<(), VenueError> {
    self.venue.cancel_order(order.id).await?;
    self.open.remove(&order.id);
    Ok(())
}
""",
    find=_find,
    stands=_stands,
)
