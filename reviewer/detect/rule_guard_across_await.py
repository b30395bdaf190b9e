"""C2: a blocking lock that stays held while the task waits."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from tree_sitter import Node

from reviewer.detect.rule import Hit, Rule, hit, in_rooms
from reviewer.finding import Category, Severity
from reviewer.rust.chain import arguments_of, chain_of, inner_expression, last_name, receiver_of
from reviewer.rust.file import RustFile
from reviewer.rust.tasks import TASKS

_LOCKS = ("lock", "read", "write")
_UNPOISON = ("unwrap", "expect", "unwrap_or_else")
_BARE_LOCK_CRATES = ("parking_lot", "spin::")
"""Their locks give the guard without a Result; only the crate tells them from async ones."""
_EXTENTS = (
    "expression_statement",
    "let_declaration",
    "let_condition",
    "match_expression",
    "for_expression",
    "if_expression",
    "while_expression",
    "match_arm",
    "block",
    *TASKS,
)
"""Where a temporary can end, the outer of two with the same bytes first."""
# `drop(guard)`, `finish(guard)`, `return guard`: the guard is somebody else's from here.
_HANDED_ON = re.compile(r"(?:[(,=]|\breturn)\s*(\w+)\s*(?=[,;)])")
_REACH = 20_000
"""Bytes after the lock that are searched for an await: more is not what one person reads."""


def _find(file: RustFile) -> Iterator[Hit]:
    guards = _guards(file)
    awaits = file.nodes("await_expression")
    starts = [node.start_byte for node in awaits]
    for lock, guard in guards:
        name, start, end = _extent(file, guard)
        index = bisect_left(starts, start)
        while index < len(awaits) and starts[index] < min(end, start + _REACH):
            wait = awaits[index]
            index += 1
            if wait.end_byte > guard.end_byte and _same_task(file, guard, wait):
                if not _released(file, name, start, wait.end_byte):
                    yield _hit(file, lock, name, wait)
                break


def _guards(file: RustFile) -> list[tuple[Node, Node]]:
    """Calls that take a blocking lock, each with the expression that is the guard."""
    unwrapped = {
        receiver.id: call
        for method in _UNPOISON
        for call in file.method_calls.get(method, ())
        if (receiver := receiver_of(call)) is not None
    }
    bare = any(crate in file.text for crate in _BARE_LOCK_CRATES)
    found = []
    for name in _LOCKS:
        for lock in file.method_calls.get(name, ()):
            if arguments_of(lock):
                continue  # `read(&mut buffer)` reads a socket
            if lock.id in unwrapped:
                found.append((lock, unwrapped[lock.id]))
            elif bare and not _is_awaited(file, lock):
                found.append((lock, lock))
    return found


def _is_awaited(file: RustFile, lock: Node) -> bool:
    around = next(file.around(lock, "await_expression"), None)
    inner = inner_expression(around) if around is not None else None
    return inner is not None and inner.id == lock.id


def _extent(file: RustFile, guard: Node) -> tuple[str, int, int]:
    """How long the guard lives: its name (empty for a temporary), from byte, to byte.

    A temporary lives to the end of its statement; one made in what `match`, `if let` or `for`
    looks at lives to the end of their bodies.
    """
    place = next(file.around(guard, *_EXTENTS), None)
    if place is None:
        return "", 0, 0
    value = place.child_by_field_name("value")
    if place.type == "let_declaration":
        pattern = place.child_by_field_name("pattern")
        if value is not None and value.id == guard.id and pattern is not None:
            block = next(file.around(place, "block"), None)
            name = file.code(pattern)
            kept = name.isidentifier() and name != "_"
            return (name, place.end_byte, block.end_byte) if block and kept else ("", 0, 0)
        return "", place.start_byte, place.end_byte
    if place.type == "let_condition":
        test = next(file.around(place, "if_expression", "while_expression"), None)
        body = test and (
            test.child_by_field_name("consequence") or test.child_by_field_name("body")
        )
        return ("", place.start_byte, body.end_byte) if body else ("", 0, 0)
    if place.type in ("if_expression", "while_expression"):
        condition = place.child_by_field_name("condition")
        return ("", condition.start_byte, condition.end_byte) if condition else ("", 0, 0)
    if place.type == "block":
        # Not in a statement, so in the value of the block.
        return "", place.named_children[-1].start_byte, place.end_byte
    if place.type in TASKS:
        return "", 0, 0
    return "", place.start_byte, place.end_byte


def _same_task(file: RustFile, one: Node, other: Node) -> bool:
    first, second = (next(file.around(node, *TASKS), None) for node in (one, other))
    return first is not None and second is not None and first.id == second.id


def _released(file: RustFile, name: str, start: int, end: int) -> bool:
    """Whether the guard is dropped or given away before; a maybe counts as yes."""
    if not name:
        return False
    between = file.source[start:end].decode("utf-8", "replace")
    return any(match[1] == name for match in _HANDED_ON.finditer(between))


def _hit(file: RustFile, lock: Node, name: str, wait: Node) -> Hit:
    what = last_name(file, chain_of(file, lock).root) or "the lock"
    line = lock.end_point.row + 1
    held = f"`{name}`, the guard of `{what}`," if name else f"The guard of `{what}`"
    return hit(
        file,
        wait,
        f"`{what}` stays locked across this `.await`",
        f"{held[0].upper() + held[1:]} taken on line {line} is still held while this task waits. "
        f"The next task that locks `{what}` blocks its whole worker thread instead of waiting: "
        "the feed and the order path stall together, and with all workers blocked nobody "
        "finishes this await.",
        also=(line,) if line != wait.end_point.row + 1 else (),
    )


RULE = Rule(
    id="C2",
    title="A blocking lock is held across an await",
    category=Category.CONCURRENCY,
    severity=Severity.IMPORTANT,
    raised=in_rooms(Severity.CRITICAL),
    why=(
        "A `std` or `parking_lot` guard does not know about tasks. While its owner waits for a "
        "socket, everyone else who wants the lock blocks a worker thread; enough of them and the "
        "runtime stops in the middle of the market."
    ),
    needs=(".await",),
    example="""\
async fn submit(&self, order: Order) -> Result<Ack, VenueError> {
    let mut open = self.open_orders.lock().unwrap();
    let ack = self.venue.send(&order).await?;
    open.insert(ack.id, order);
    Ok(ack)
}
""",
    counter_example="""\
async fn submit(&self, order: Order) -> Result<Ack, VenueError> {
    let ack = self.venue.send(&order).await?;
    let mut open = self.open_orders.lock().unwrap();
    open.insert(ack.id, order);
    Ok(ack)
}
""",
    find=_find,
)
