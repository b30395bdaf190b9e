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
from reviewer.rust.file import RustFile, method_name
from reviewer.rust.macro_calls import macro_calls
from reviewer.scope.words import split

_PRINTS = frozenset({"println", "print", "eprintln", "eprint", "dbg"})
_ASKED_FOR = frozenset({"debug", "verbose", "trace", "log", "print", "dump"})
"""A condition with such a word prints only when somebody asked for it."""
_COMMAND = re.compile(r"(?:\A|[/_-])cli(?:[/_.-]|\Z)")
"""Paths of commands that a person calls: what they print is their answer."""
_NEAR = 4
"""Conditions around a print that are read."""
_BRANCHES = ("match_arm", "if_expression", "closure_expression")
_FAILED = re.compile(r"Err\b|None\b")
_LET_FAILED = re.compile(r"let\s+Err\b")
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
    """Whether it stands in a branch that only a failure takes: what is rare holds nobody up."""
    for around in islice(file.around(call, *_BRANCHES), _NEAR):
        if around.type == "closure_expression":
            outer = next(file.around(around, "call_expression"), None)
            if outer is not None and method_name(file, outer) in _ON_FAILURE:
                return True
            continue
        pattern = around.child_by_field_name("pattern")
        if pattern is not None and _FAILED.match(file.code(pattern, 40)):
            return True
        condition = around.child_by_field_name("condition")
        consequence = around.child_by_field_name("consequence")
        is_taken = consequence is not None and call.end_byte <= consequence.end_byte
        if is_taken and condition is not None and _LET_FAILED.match(file.code(condition, 40)):
            return True
    return False


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
