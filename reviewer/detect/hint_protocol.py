"""B5, E1, E11: what a protocol or the compiler would have told, and nobody listens."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from reviewer.detect.hint_rule import HintRule, Spot, brief, spot
from reviewer.finding import Category
from reviewer.rust.chain import last_name
from reviewer.rust.file import RustFile

_KIND = re.compile(
    r"\b(?:\w*(?:Side|TimeInForce|Tif|OrdType|OrderType|OrderKind|OrderStatus|OrdStatus|OrderState"
    r"|ExecType|ExecutionType|TradingStatus|TradingState|PositionSide|OrderEvent|ExecutionReport"
    r"|RejectReason|CancelReason))::\w+"
)
_TELLS = re.compile(
    r"\bErr\b|\bbail\b|\bpanic\b|\bunreachable\b|\btodo\b|\bunimplemented\b|\berror\b|\bwarn\b"
    r"|\bunknown\b|\bUnknown|\bUnsupported|\breject",
)
_SEQUENCE = re.compile(
    r"(?:\A|_)(?:seq|seqno|seq_num|seq_no|sequence|sequence_number|update_id|last_u)\Z"
)
_COMPARES = frozenset({"==", "!=", "<", ">", "<=", ">="})
_COMPARING = ("cmp", "checked_sub", "wrapping_sub", "is_some_and", "max")
_ALLOW = re.compile(r"#!?\[\s*(?:allow|expect)\s*\(([^)]{0,400})\)")
_MISSED = re.compile(
    r"\b(unused_must_use|arithmetic_overflow|overflowing_literals|unconditional_panic"
    r"|unreachable_patterns|clippy::(?:unwrap_used|expect_used|panic|todo|indexing_slicing"
    r"|arithmetic_side_effects|integer_division|float_cmp|cast_possible_truncation|cast_sign_loss"
    r"|cast_possible_wrap|cast_precision_loss|await_holding_lock|await_holding_refcell_ref"
    r"|let_underscore_must_use|let_underscore_lock|wildcard_enum_match_arm))\b"
)
_LONGEST = 400


def _catch_all(file: RustFile) -> Iterator[Spot]:
    for block in file.nodes("match_block"):
        arms = [node for node in block.named_children if node.type == "match_arm"]
        if not arms:
            continue
        last = arms[-1]
        pattern, value = last.child_by_field_name("pattern"), last.child_by_field_name("value")
        if pattern is None or value is None or file.code(pattern, 4) != "_":
            continue
        kind = _kind_matched(file, arms[:-1])
        if kind and not _TELLS.search(file.code(value, _LONGEST)):
            yield spot(
                last,
                f"All other cases of `{kind}` fall into `_`: a loss if one of them (a partial "
                "fill, an expiry, a case added later) needs an action of its own here.",
            )


def _kind_matched(file: RustFile, arms: list[Node]) -> str:
    for arm in arms[:20]:
        pattern = arm.child_by_field_name("pattern")
        found = _KIND.search(file.code(pattern, 200)) if pattern is not None else None
        if found:
            return found[0].rpartition("::")[0]
    return ""


def _sequence_kept(file: RustFile) -> Iterator[Spot]:
    if file.once(_compares_sequences):
        return
    for stored in file.nodes("assignment_expression"):
        left, right = stored.child_by_field_name("left"), stored.child_by_field_name("right")
        if left is None or right is None or left.type != "field_expression":
            continue
        name, source = last_name(file, left), last_name(file, right)
        if _SEQUENCE.search(name) and source:
            yield spot(
                stored,
                f"`{name}` is kept and nothing in this file compares it: a loss if a gap or a "
                "repeat in the feed goes unseen, for the book is wrong until the next snapshot.",
            )


def _compares_sequences(file: RustFile) -> bool:
    for node in file.nodes("binary_expression"):
        operator = node.child_by_field_name("operator")
        if operator is None or operator.type not in _COMPARES:
            continue
        for part in ("left", "right"):
            side = node.child_by_field_name(part)
            if side is not None and side.end_byte - side.start_byte < _LONGEST:
                names = re.findall(r"\w+", file.code(side))
                if any(_SEQUENCE.search(name) for name in names):
                    return True
    receivers = (call for method in _COMPARING for call in file.method_calls.get(method, ()))
    return any(
        any(_SEQUENCE.search(name) for name in re.findall(r"\w+", file.code(call, _LONGEST)))
        for call in receivers
    )


def _warning_off(file: RustFile) -> Iterator[Spot]:
    for kind in ("attribute_item", "inner_attribute_item"):
        for attribute in file.nodes(kind):
            allowed = _ALLOW.match(file.code(attribute, _LONGEST))
            found = _MISSED.search(allowed[1]) if allowed else None
            if found:
                yield spot(
                    attribute,
                    f"{brief(file, attribute, 60)} turns off `{found[1]}`: a loss if the code "
                    "below has a place that the lint is there for.",
                )


HINTS = (
    HintRule(
        id="B5",
        title="A catch-all arm over orders, states or sides",
        category=Category.ORDER_LOGIC,
        chance=0.6,
        why=(
            "With `_` the compiler is silent when a status is added. Expired, replaced and "
            "partially filled are what such an arm most often forgets."
        ),
        needs=("_ =>",),
        example="""\
fn on_status(&mut self, status: OrderStatus) {
    match status {
        OrderStatus::Filled => self.close(),
        _ => {}
    }
}
""",
        counter_example="""\
fn on_status(&mut self, status: OrderStatus) {
    match status {
        OrderStatus::Filled | OrderStatus::Cancelled => self.close(),
        OrderStatus::New => {}
    }
}
""",
        find=_catch_all,
    ),
    HintRule(
        id="E1",
        title="A sequence number is kept and never compared",
        category=Category.MARKET_DATA,
        chance=0.9,
        why=(
            "Feeds number their messages so that a gap can be seen. A number that is only stored "
            "lets a lost delta pass, and the book keeps levels that are gone."
        ),
        needs=("seq", "update_id", "last_u"),
        example="""\
fn on_delta(&mut self, delta: &Delta) {
    self.last_seq = delta.seq;
    self.apply(delta);
}
""",
        counter_example="""\
fn on_delta(&mut self, delta: &Delta) -> Result<(), Gap> {
    if delta.seq != self.last_seq + 1 {
        return Err(Gap);
    }
    self.last_seq = delta.seq;
    self.apply(delta);
    Ok(())
}
""",
        find=_sequence_kept,
    ),
    HintRule(
        id="E11",
        title="A lint that guards money or panics is turned off",
        category=Category.OTHER,
        chance=0.25,
        why=(
            "A team that runs these lints decided that such code needs a reason. The attribute "
            "is where the next overflow or panic comes in."
        ),
        needs=("allow", "expect"),
        example="""\
#[allow(clippy::cast_possible_truncation)]
fn to_wire(qty: u64) -> u32 { qty as u32 }
""",
        counter_example="""\
#[allow(clippy::too_many_arguments)]
fn to_wire(qty: u64) -> Result<u32, TooLarge> { u32::try_from(qty).map_err(|_| TooLarge) }
""",
        find=_warning_off,
    ),
)
