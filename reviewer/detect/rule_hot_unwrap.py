"""B1h: `unwrap` on what a venue or a lookup gave, in a function that every event runs through."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from reviewer.detect.hot import is_hot_item
from reviewer.detect.on_chain import is_on_chain
from reviewer.detect.rule import Hit, Rule, hit, in_rooms
from reviewer.detect.sure_parse import is_sure
from reviewer.finding import Category, Severity
from reviewer.rust.chain import Chain, arguments_of, called, chain_of, last_name, name_of
from reviewer.rust.file import RustFile
from reviewer.rust.inputs import given_names, root_name
from reviewer.rust.items import Placed

_PANICS = ("unwrap", "expect")
_FINE = frozenset(
    # A poisoned lock, a thread that panicked: the process is broken already.
    {"lock", "read", "write", "try_lock", "join", "borrow", "borrow_mut"}
    # A closed channel has a reason of its own to stop.
    | {"send", "try_send", "blocking_send", "recv"}
    # A second borrow is a mistake of the program's own, and an actor that runs has its address.
    | {"try_borrow", "try_borrow_mut", "try_borrow_data", "try_borrow_mut_data", "address"}
    # What cannot fail for the values it is called with.
    | {"try_into", "try_from", "duration_since", "timestamp_nanos_opt", "to_string", "to_vec"}
    | {"write_str", "write_fmt", "flush", "downcast", "downcast_ref", "downcast_mut", "as_any"}
    # Float order is a matter of its own.
    | {"partial_cmp"}
)
_CHECKS = (
    "is_some|is_none|is_ok|is_err|is_empty|contains_key|contains|len|peek|front|first|last|get"
    "|get_mut|insert|push|push_back|push_front|replace|is_some_and|is_ok_and"
)
"""Methods that look at a thing, or fill it, before it is unwrapped."""
_LOOKUPS = frozenset({"get", "get_mut", "remove", "get_key_value", "remove_entry"})
# An empty side of the book, a price nobody has seen yet.
_MARKET = re.compile(r"(?:\A|_)(?:bids?|asks?|best_\w+|last_price|last_trade|mid|bbo)\Z")
_NEAR = 2
"""Steps from a side of the book to the unwrap: `bids.iter().next()` has two."""
_SHORT = 30
"""Letters of a key that a title has room for."""
_LOOK_BACK = 8_000
"""Bytes before an `unwrap` in which a check is looked for."""
_INDEX = re.compile(r"(?:\A|_)(?:no|idx|index|i|j|n|num|asset|slot)\Z")
"""Keys by which the program counts its own things."""
# `Decimal::from_str("0.5")`, `NonZeroU64::new(8)`: decided when it was written.
_CONSTANT = re.compile(
    r"\A(?:\"|b\"|\d|(?:\w+::)*(?:new|from_str|from_u\w+|from_i\w+|parse|compile|try_from)"
    r"\((?:\"[^\"]*\"|[\d_.]+|[A-Z][A-Z0-9_:]*)(?:,\s*[\d_.]+)?\))"
)


def _find(file: RustFile) -> Iterator[Hit]:
    if file.once(is_on_chain):
        return  # a panic undoes the transaction
    given: dict[int, frozenset[str]] = {}
    for method in _PANICS:
        for call in file.method_calls.get(method, ()):
            place = file.function_of(call)
            if place is None or not is_hot_item(file, place.item):
                continue
            chain = chain_of(file, call)
            if not can_fail(file, chain) or _is_guarded(file, place, chain):
                continue
            if place.start not in given:
                given[place.start] = given_names(file, place)
            if _depends_on(file, chain, given[place.start]):
                yield _hit(file, place, chain)


def can_fail(file: RustFile, chain: Chain) -> bool:
    """Whether what is unwrapped can be missing while the process is sound."""
    if (
        chain.names[-2] if len(chain.links) > 1 else called(file, chain.root).rpartition("::")[2]
    ) in _FINE or is_sure(file, chain):
        return False
    return not _CONSTANT.match(file.code(chain.links[-1].call))


def _depends_on(file: RustFile, chain: Chain, given: frozenset[str]) -> bool:
    """Whether what comes in from outside decides if this panics.

    A lookup by a key that the system keeps itself (the price level of a stored order) is an
    invariant of its own; one by a key out of a message is not.
    """
    if root_name(file, chain.root) in given:
        return True
    steps = chain.links[:-1]
    if chain.root.type == "call_expression" and _any_given(file, chain.root, given):
        return True
    if steps and steps[-1].name in _LOOKUPS:
        return _any_given(file, steps[-1].call, given)
    return len(steps) <= _NEAR and bool(_MARKET.search(last_name(file, chain.root)))


def _any_given(file: RustFile, call: Node, given: frozenset[str]) -> bool:
    keys = arguments_of(call)
    return any(
        root_name(file, key) in given and not _INDEX.search(last_name(file, key)) for key in keys
    )


def _is_guarded(file: RustFile, place: Placed, chain: Chain) -> bool:
    """Whether the function looked first: `is_some()`, `contains_key(..)`, `if let Some(..) =`."""
    subject = _subject(file, chain)
    if not subject:
        return False
    end = chain.links[-1].call.start_byte
    earlier = file.source[max(place.start, end - _LOOK_BACK) : end].decode("utf-8", "replace")
    name = r"\s*\.\s*".join(re.escape(part.strip()) for part in subject.split("."))
    looked = rf"\b{name}\s*(?:\.\s*(?:as_ref|as_mut|iter)\(\)\s*)?\.\s*(?:{_CHECKS})\s*\("
    asked = rf"(?:\b(?:if|while)\s+let\b[^;{{]*=|\bmatch\b)\s*&?(?:mut\s+)?{name}\b"
    made = rf"\b{name}\s*=\s*Some\b"
    return bool(re.search(f"{looked}|{asked}|{made}", earlier))


def _subject(file: RustFile, chain: Chain) -> str:
    """What a guard would look at: `self.orders` of `self.orders.get(&id).unwrap()`."""
    return file.code(chain.root) if chain.root.type in ("identifier", "field_expression") else ""


def _hit(file: RustFile, place: Placed, chain: Chain) -> Hit:
    source = chain.links[-2] if len(chain.links) > 1 else None
    what = _described(file, chain, source.call if source else None)
    how = chain.links[-1].name
    return hit(
        file,
        name_of(chain.links[-1]),
        f"`{place.item.name}` panics when {what}",
        f"The first event for which {what} panics in `{place.item.name}` at this `{how}`: the "
        "task that keeps the book and the orders dies in the middle of an event, and open orders "
        "stay in the market with nobody to cancel them.",
        start=name_of(source) if source else chain.root,
    )


def _described(file: RustFile, chain: Chain, source: Node | None) -> str:
    owner = last_name(file, chain.root)
    if source is None:
        function = called(file, chain.root).rpartition("::")[2]
        return f"`{owner}` is missing" if owner else f"`{function}` fails"
    name = chain.names[-2]
    if name in _LOOKUPS:
        keys = [file.code(key).lstrip("&") for key in arguments_of(source)]
        shown = keys[0] if keys and len(keys[0]) <= _SHORT else "such entry"
        return f"`{owner or name}` has no `{shown}`"
    if name in ("first", "last", "pop", "pop_front", "pop_back", "next", "next_back", "peek"):
        return f"`{owner or name}` is empty"
    return f"`{owner}.{name}()` fails" if owner else f"`{name}` fails"


RULE = Rule(
    id="B1h",
    title="An unexpected event panics a hot function",
    category=Category.ERROR_HANDLING,
    severity=Severity.SUGGESTION,
    raised=in_rooms(Severity.IMPORTANT),
    why=(
        "Venues send acknowledgements for orders that were already removed, empty books and "
        "fields nobody announced. An `unwrap` in the code every event runs through turns the "
        "first of them into a dead process with live orders."
    ),
    needs=(".unwrap()", ".expect("),
    example="""\
fn on_fill(&mut self, fill: &Fill) {
    let order = self.orders.get_mut(&fill.order_id).unwrap();
    order.filled += fill.qty;
}
""",
    counter_example="""\
fn on_fill(&mut self, fill: &Fill) -> Result<(), UnknownOrder> {
    let order = self.orders.get_mut(&fill.order_id).ok_or(UnknownOrder(fill.order_id))?;
    order.filled += fill.qty;
    Ok(())
}
""",
    find=_find,
)
