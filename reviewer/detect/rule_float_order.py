"""A12: sorting prices with a comparison that panics on NaN."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from tree_sitter import Node

from reviewer.detect.rule import Hit, Rule, hit, in_rooms
from reviewer.finding import Category, Severity
from reviewer.rust.chain import arguments_of, chain_of, last_name, name_of, receiver_of
from reviewer.rust.file import RustFile, method_name
from reviewer.rust.typed import FLOATS, type_of

_PANICS = ("unwrap", "expect")
_FLOAT = re.compile(r"(?:&\s*)?(?:mut\s+)?f(?:32|64)\b")
_FLOATS = re.compile(r"[<\[]\s*f(?:32|64)\b")
_KEPT_OUT = re.compile(r"is_nan|is_finite|is_normal|NotNan|OrderedFloat|total_cmp")
_ORDERING = frozenset(
    {
        "sort_by",
        "sort_unstable_by",
        "max_by",
        "min_by",
        "binary_search_by",
        "select_nth_unstable_by",
    }
)
_LONGEST = 20_000
_NEAR = 6
"""Calls around the comparison among which the sort is looked for."""


def _find(file: RustFile) -> Iterator[Hit]:
    for panic in _PANICS:
        for call in file.method_calls.get(panic, ()):
            chain = chain_of(file, call)
            if chain.names[-2:-1] != ("partial_cmp",):
                continue
            compare = chain.links[-2].call
            what = _float(file, compare)
            if what and not _without_nan(file, call):
                yield _hit(file, name_of(chain.links[-1]), what, panic)


def _float(file: RustFile, compare: Node) -> str:
    """The float that is compared, by the best name there is; empty if the file states none."""
    receiver, arguments = receiver_of(compare), arguments_of(compare)
    if receiver is None or len(arguments) != 1:
        return ""
    for side in (receiver, arguments[0]):
        name = last_name(file, side)
        stated = file.stated_types(name, side) if name else ()
        if type_of(file, side) in FLOATS or (stated and all(map(_FLOAT.match, stated))):
            return name or "the value"
    # `prices.sort_by(|a, b| a.partial_cmp(b).unwrap())`: the list knows.
    for around in islice(file.around(compare, "call_expression"), _NEAR):
        listed = receiver_of(around) if method_name(file, around) in _ORDERING else None
        if listed is not None:
            name = last_name(file, chain_of(file, listed).root)
            stated = file.stated_types(name, around) if name else ()
            return name if stated and all(map(_FLOATS.search, stated)) else ""
    return ""


def _without_nan(file: RustFile, call: Node) -> bool:
    place = file.function_of(call)
    return place is not None and bool(_KEPT_OUT.search(file.code(place.node, _LONGEST)))


def _hit(file: RustFile, panic: Node, what: str, how: str) -> Hit:
    place = file.function_of(panic)
    inside = f" in `{place.item.name}`" if place else ""
    return hit(
        file,
        panic,
        f"A NaN in `{what}` panics this comparison",
        f"One NaN in `{what}` (0 / 0 in a ratio, a gap in the data) has no order, so this `{how}` "
        f"panics{inside} and takes the task down with its orders in the market. `total_cmp` "
        "orders all floats.",
    )


RULE = Rule(
    id="A12",
    title="A NaN panics the comparison of floats",
    category=Category.ERROR_HANDLING,
    severity=Severity.SUGGESTION,
    raised=in_rooms(Severity.IMPORTANT),
    why=(
        "`partial_cmp` of floats is `None` as soon as one is NaN, and NaN travels through "
        "arithmetic without a sound until something is sorted by it."
    ),
    needs=("partial_cmp",),
    example="""\
fn best(quotes: &mut [Quote], edge: f64, other: f64) -> Ordering {
    edge.partial_cmp(&other).unwrap()
}
""",
    counter_example="""\
fn best(quotes: &mut [Quote], edge: f64, other: f64) -> Ordering {
    edge.total_cmp(&other)
}
""",
    find=_find,
)
