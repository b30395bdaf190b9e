"""What makes two runs over the same events differ: the places that the determinism look counts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from reviewer.facts.hash_maps import is_sorted_after, is_walk, may_stop, puts_out
from reviewer.facts.sites import Site, nodes_of, site
from reviewer.rust.chain import called
from reviewer.rust.file import RustFile, method_name
from reviewer.rust.index import Index
from reviewer.rust.items import Placed
from reviewer.rust.macro_calls import macro_name

CLOCK, RANDOM, HASH_ORDER = "wall clock", "randomness", "hash order"
HASH_OUTPUT, FLOAT_ORDER, TIMING = "hash order into output", "float order", "thread timing"
KINDS: tuple[str, ...] = (HASH_OUTPUT, HASH_ORDER, RANDOM, CLOCK, TIMING, FLOAT_ORDER)

_CLOCKS = re.compile(
    r"(?:\w+::)*(?:Instant|SystemTime|Utc|Local|OffsetDateTime|Timestamp)::"
    r"(?:now|now_utc|now_local)\Z"
)
_STARTS = re.compile(r"(?:\A|_)(?:start|started|begin|began|t0|timer)(?:_|\Z)")
_RANDOM = re.compile(
    r"(?:\w+::)*(?:thread_rng|from_entropy|from_os_rng|new_v4|now_v7|getrandom)\Z"
    r"|(?:\w+::)*RandomState::new\Z|rand::(?:random(?:::<.*>)?|rng)\Z|fastrand::\w+\Z",
    re.DOTALL,
)
_SLEEPS = re.compile(r"(?:\w+::)*(?:thread|time)::sleep\Z|sleep\Z|(?:\w+::)*time::timeout\Z")
_WAITS = frozenset({"recv_timeout", "wait_timeout", "recv_deadline", "park_timeout"})
_PARALLEL = frozenset({"par_iter", "par_iter_mut", "into_par_iter", "par_bridge", "par_chunks"})
_SORTS = frozenset(
    {"sort_by", "sort_unstable_by", "max_by", "min_by", "binary_search_by", "sorted_by"}
)
_DECIDES = {
    "if_expression": "condition", "while_expression": "condition", "match_expression": "value",
}  # fmt: skip
_SELECT = re.compile(rb"\bselect\s*!\s*\Z")
_ARM = re.compile(r"=>")
_LONGEST = 8_000


def chances(file: RustFile, index: Index, placed: Placed) -> Iterator[Site]:
    """The places of a function that two runs need not pass alike, in source order."""
    for node, around in nodes_of(placed):
        what = _what(file, index, placed, node, around)
        if what and not any(macro_name(file, outer) in ("debug", "trace") for outer in around):
            is_select = node.type == "block"
            place = Site(what, node.start_point.row + 1, "select!")
            yield place if is_select else site(file, what, _shown(node))


def _shown(node: Node) -> Node:
    """Of a loop what it walks over, or the whole body would be its name."""
    value = node.child_by_field_name("value") if node.type == "for_expression" else None
    return value or node


def _what(
    file: RustFile, index: Index, placed: Placed, node: Node, around: tuple[Node, ...]
) -> str:
    if node.type == "block":
        return TIMING if _is_fair_select(file, node) else ""
    if node.type not in ("call_expression", "for_expression"):
        return ""
    if is_walk(file, index, node, around):
        loop = node if node.type == "for_expression" else _loop_over(node, around)
        if loop is not None:
            return HASH_OUTPUT if puts_out(file, loop) else HASH_ORDER if may_stop(loop) else ""
        return "" if is_sorted_after(file, placed, around) else HASH_ORDER
    name = method_name(file, node)
    if name:
        return _method(file, node, name, around)
    function = "".join(called(file, node).split())
    if _CLOCKS.match(function):
        return "" if _only_measures(file, node, around) else CLOCK
    if _RANDOM.match(function):
        return RANDOM
    return TIMING if _SLEEPS.match(function) else ""


def _only_measures(file: RustFile, call: Node, around: tuple[Node, ...]) -> bool:
    """`let start = Instant::now()`: how long something took is no part of what it does."""
    if "Instant" not in file.code(call, 100):
        return False
    if any(method_name(file, n) in ("duration_since", "elapsed") for n in around[:2]):
        return True
    let = around[0] if around and around[0].type == "let_declaration" else None
    pattern = let.child_by_field_name("pattern") if let is not None else None
    return pattern is not None and bool(_STARTS.search(file.code(pattern, 60)))


def _method(file: RustFile, call: Node, name: str, around: tuple[Node, ...]) -> str:
    if name in _WAITS or name in _PARALLEL:
        return TIMING
    if name == "partial_cmp":
        return FLOAT_ORDER if any(method_name(file, n) in _SORTS for n in around) else ""
    if name == "load" and "Relaxed" in file.code(call, 200):
        inner = call
        for outer in around:
            field = _DECIDES.get(outer.type)
            if field is not None:
                return TIMING if outer.child_by_field_name(field) == inner else ""
            inner = outer
    return ""


def _loop_over(node: Node, around: tuple[Node, ...]) -> Node | None:
    inner = node
    for outer in around:
        if outer.type == "for_expression":
            return outer if outer.child_by_field_name("value") == inner else None
        if outer.type == "block":
            return None
        inner = outer
    return None


def _is_fair_select(file: RustFile, block: Node) -> bool:
    """A `select!` of several channels that asks them in random order."""
    if not _SELECT.search(file.source[max(0, block.start_byte - 16) : block.start_byte]):
        return False
    text = file.code(block, _LONGEST)
    return len(_ARM.findall(text)) > 1 and not text[1:].lstrip().startswith("biased")
