"""D2b: printing in a function through which every event runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from tree_sitter import Node

from reviewer.detect.hot import is_hot_item
from reviewer.detect.offline import is_offline
from reviewer.detect.rule import Hit, Rule, hit, in_rooms
from reviewer.finding import Category, Severity
from reviewer.rust.failure import AROUND, runs_on_failure
from reviewer.rust.file import RustFile
from reviewer.rust.macro_calls import macro_calls
from reviewer.scope.words import split

_PRINTS = frozenset({"println", "print", "eprintln", "eprint", "dbg"})
_ASKED_FOR = frozenset({"debug", "verbose", "trace", "log", "print", "dump"})
"""A condition with such a word prints only when somebody asked for it."""
_COMMAND = re.compile(r"(?:\A|[/_-])cli(?:[/_.-]|\Z)")
"""Paths of commands that a person calls: what they print is their answer."""
_NEAR = 4
"""Conditions around a print that are read."""
_ON_FAILURE = frozenset({"map_err", "or_else", "unwrap_or_else", "inspect_err", "ok_or_else"})


def _find(file: RustFile) -> Iterator[Hit]:
    if _COMMAND.search(file.path) or is_offline(file.path):
        return
    for name, call in macro_calls(file, _PRINTS):
        place = file.function_of(call)
        if place is None or not is_hot_item(file, place.item) or _tells_a_failure(file, call):
            continue
        tests = islice(file.around(call, "if_expression"), _NEAR)
        conditions = (test.child_by_field_name("condition") for test in tests)
        words = {word for node in conditions if node for word in split(file.code(node))}
        if words.isdisjoint(_ASKED_FOR):
            yield hit(
                file,
                call,
                f"`{name}!` in `{place.item.name}`, which every event runs through",
                f"Every event that reaches this `{name}!` waits in `{place.item.name}` for the "
                "lock on the console and for whoever reads it. In a burst, when the output backs "
                "up, the events queue behind it: the book is stale and orders go out late.",
            )


def _tells_a_failure(file: RustFile, call: Node) -> bool:
    """What is rare holds nobody up."""
    return runs_on_failure(file, call, islice(file.around(call, *AROUND), _NEAR), _ON_FAILURE)


RULE = Rule(
    id="D2b",
    title="A hot function prints to the console",
    category=Category.LATENCY,
    severity=Severity.SUGGESTION,
    raised=in_rooms(Severity.IMPORTANT),
    why=(
        "`println!` and `dbg!` take a lock, format and write, some of it with a system call per "
        "line, and block when the reader is slow. That is microseconds on every event, and "
        "without limit in a burst."
    ),
    needs=tuple(f"{name}!" for name in sorted(_PRINTS)),
    example="""\
fn on_depth_update(&mut self, update: &DepthUpdate) {
    println!("{update:?}");
    self.book.apply(update);
}
""",
    counter_example="""\
fn on_depth_update(&mut self, update: &DepthUpdate) {
    tracing::trace!(?update);
    self.book.apply(update);
}
""",
    find=_find,
)
