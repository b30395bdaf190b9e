"""B2p: a `panic!` in a function that every order or risk check runs through."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from reviewer.detect.hot import is_hot_item
from reviewer.detect.offline import is_offline
from reviewer.detect.rule import Hit, Rule, hit, in_rooms
from reviewer.finding import Category, Severity
from reviewer.rust.file import RustFile
from reviewer.rust.macro_calls import macro_calls

_PANIC = frozenset({"panic"})
_INVARIANT = re.compile(r"poison|bug|unreachable|invariant|impossible|corrupt|cannot happen", re.I)
"""Messages of a panic that says the program itself is wrong."""
_MESSAGE = re.compile(r"\"((?:[^\"\\]|\\.)*)\"")
_LONGEST = 300
_ONLY_IN_DEBUG = re.compile(r"(?:\w+::)*cfg!\s*\(\s*(?:debug_assertions|test)\s*\)")
_DEBUG_ATTRIBUTE = re.compile(r"#\[\s*cfg\s*\(\s*(?:debug_assertions|test)\s*\)")


def _find(file: RustFile) -> Iterator[Hit]:
    if is_offline(file.path):
        return  # it stops an experiment and no orders
    for _, call in macro_calls(file, _PANIC):
        place = file.function_of(call)
        if place is None or not is_hot_item(file, place.item) or _is_left_out(file, call):
            continue
        text = file.code(call, _LONGEST)
        if not _INVARIANT.search(text):
            yield _hit(file, call, place.item.name, text)


def _is_left_out(file: RustFile, call: Node) -> bool:
    """Whether a release build drops the branch or statement."""
    for test in file.around(call, "if_expression"):
        condition, taken = (test.child_by_field_name(part) for part in ("condition", "consequence"))
        if condition is None or taken is None or call.end_byte > taken.end_byte:
            continue
        parts = file.code(condition).split("&&")
        if any(_ONLY_IN_DEBUG.fullmatch(part.strip()) for part in parts):
            return True
    around = (call, *file.around(call, "expression_statement", "block", "function_item"))
    before = (node.prev_named_sibling for node in around)
    return any(
        node is not None
        and node.type == "attribute_item"
        and _DEBUG_ATTRIBUTE.match(file.code(node, _LONGEST))
        for node in before
    )


def _hit(file: RustFile, call: Node, name: str, text: str) -> Hit:
    message = _MESSAGE.search(text)
    said = f" with “{message[1][:60]}”" if message else ""
    return hit(
        file,
        call,
        f"`{name}` panics instead of refusing",
        f"The first order or message that reaches this branch of `{name}` ends the task{said}: "
        "what was being booked is half done, and open orders stay at the venue with nobody to "
        "manage them. One refused input would have been the smaller loss.",
    )


RULE = Rule(
    id="B2p",
    title="An order handler panics instead of refusing",
    category=Category.ERROR_HANDLING,
    severity=Severity.SUGGESTION,
    raised=in_rooms(Severity.IMPORTANT),
    why=(
        "A handler can refuse one order and go on; a panic refuses all that come after it. What "
        "a venue or a client sends decides here whether the process lives."
    ),
    needs=("panic!",),
    example="""\
fn submit_order(&mut self, order: Order) {
    match order.kind {
        Kind::Limit => self.rest(order),
        other => panic!("unsupported order type {other:?}"),
    }
}
""",
    counter_example="""\
fn submit_order(&mut self, order: Order) -> Result<(), Rejected> {
    match order.kind {
        Kind::Limit => self.rest(order),
        other => return Err(Rejected::Unsupported(other)),
    }
    Ok(())
}
""",
    find=_find,
)
