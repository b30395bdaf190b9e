"""A5: a quantity, price or id cast to a type that cannot hold all of its values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from tree_sitter import Node

from reviewer.detect.comparisons import comparisons
from reviewer.detect.money import is_money
from reviewer.detect.rule import Hit, Rule, hit, in_rooms
from reviewer.finding import Category, Severity
from reviewer.rust.chain import chain_of, last_name, walk
from reviewer.rust.file import RustFile
from reviewer.rust.typed import INTEGERS, bits, type_of
from reviewer.scope.rooms import Room

_BOUNDED = re.compile(r"[%&]|>>|\b(?:min|clamp|rem_euclid|try_from|try_into)\b")
"""What keeps a value small, in the cast itself."""
_ID = re.compile(
    r"(?:order|trade|update|exec|execution|client|account)_id\Z|(?:\A|_)seq(?:uence)?\Z"
)
_IN_PARTS = re.compile(r"hash|encode|pack|bytes|split|serialize|digest")
"""Functions that cut a number into pieces on purpose."""
_FIXED = r"(?:(?!0\b)\d[\d_]*\w*|\(?(?:\w+::)*[A-Z][A-Z0-9_]+\b|[ui]\d+::from\()"
"""A number or a constant, but not 0: the author's own bound."""
_COUNTS = (("len",), ("count",), ("capacity",))
"""What these answer counts things, whatever the things are called."""
_LONGEST = 200
_LOOK_BACK = 8_000
_MOST = 30
"""Comparisons of one name that are read; of more, one may be the bound."""


def _find(file: RustFile) -> Iterator[Hit]:
    for cast in file.nodes("type_cast_expression"):
        target, value = cast.child_by_field_name("type"), cast.child_by_field_name("value")
        if target is None or value is None or value.end_byte - value.start_byte > _LONGEST:
            continue
        to = file.code(target)
        if to not in INTEGERS or _BOUNDED.search(file.code(value)):
            continue
        name = _name(file, value)
        if chain_of(file, value).names[-1:] in _COUNTS:
            continue
        # A cast inside widened the value for a product; what comes back is meant to fit.
        if not name or any(node.type == "type_cast_expression" for node in walk(value)):
            continue
        stated = type_of(file, value)
        if stated in INTEGERS and bits(stated) > bits(to) and not _is_checked(file, cast, to, name):
            yield _hit(file, cast, name, stated, to)


def _name(file: RustFile, value: Node) -> str:
    for node in walk(value):
        name = last_name(file, node)
        # What a constant holds was decided by whoever wrote it.
        if not name.isupper() and (is_money(name) or _ID.search(name)):
            return name
    return ""


def _is_checked(file: RustFile, cast: Node, to: str, name: str) -> bool:
    """Whether the function looks at the range of the small type, or cuts on purpose."""
    place = file.function_of(cast)
    if place is None:
        return False
    start = max(place.start, cast.start_byte - _LOOK_BACK)
    earlier = file.source[start : cast.start_byte].decode("utf-8", "replace")
    if f"{to}::MAX" in earlier or _IN_PARTS.search(place.item.name):
        return True
    said = (found.text for found in comparisons(file, start, cast.start_byte) if name in found.text)
    looked = list(islice(said, _MOST))
    return len(looked) == _MOST or any(_bounds(text, name) for text in looked)


def _bounds(statement: str, name: str) -> bool:
    """Whether a statement holds a name below a fixed number: `debug_assert!(qty < 1 << 32)`."""
    value = rf"\b{re.escape(name)}\b(?:\s+as\s+\w+)?"
    return bool(
        re.search(rf"{value}\s*(?:<=?|>=?|>>)\s*{_FIXED}", statement)
        or re.search(rf"{_FIXED}\s*(?:<=?|>=?)\s*(?:[\w.]+\.)?{value}", statement)
        or re.search(rf"\.contains\(\s*&?(?:[\w.]+\.)?{value}", statement)
    )


def _hit(file: RustFile, cast: Node, name: str, stated: str, to: str) -> Hit:
    most = f"{2 ** (bits(to) - (to[0] == 'i')) - 1:,}"
    return hit(
        file,
        cast,
        f"`{name}` is cut from `{stated}` to `{to}`",
        f"Once `{name}` is above {most}, `as {to}` drops its upper bits without an error and a "
        f"small or negative number goes on in its place: the wrong amount is booked or the wrong "
        "order is looked up, and every check after it passes.",
    )


RULE = Rule(
    id="A5",
    title="A cast drops the upper bits of a trading value",
    category=Category.MONEY_ARITHMETIC,
    severity=Severity.IMPORTANT,
    raised=in_rooms(Severity.CRITICAL, Room.ORDER_BOOK, Room.RISK),
    why=(
        "`as` to a smaller integer never fails, it drops what does not fit. A quantity that "
        "passes the largest value becomes a small one, in silence; `try_from` says so."
    ),
    needs=(" as ",),
    example="""\
fn wire_qty(qty: u64) -> u32 {
    qty as u32
}
""",
    counter_example="""\
fn wire_qty(qty: u64) -> Result<u32, TooLarge> {
    u32::try_from(qty).map_err(|_| TooLarge(qty))
}
""",
    find=_find,
)
