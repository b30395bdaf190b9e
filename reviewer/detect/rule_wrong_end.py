"""D5: the best bid or ask taken from the wrong end of a sorted map."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from reviewer.detect.rule import Hit, Rule, hit, in_rooms
from reviewer.finding import Category, Severity
from reviewer.rust.chain import Chain, chain_of, last_name, name_of
from reviewer.rust.file import RustFile
from reviewer.scope.rooms import Room
from reviewer.scope.words import split

_LOW = frozenset({"next", "first_key_value", "first_entry", "first", "pop_first", "min"})
_HIGH = frozenset({"next_back", "last_key_value", "last_entry", "last", "pop_last", "max"})
_OTHER_END = {
    "next": "next_back",
    "first_key_value": "last_key_value",
    "first_entry": "last_entry",
    "first": "last",
    "pop_first": "pop_last",
    "min": "max",
}
_OTHER_END |= {high: low for low, high in _OTHER_END.items()}
_ITERATORS = frozenset(
    {"iter", "iter_mut", "into_iter", "keys", "values", "values_mut", "into_keys", "into_values"}
)
_SAME_ORDER = _ITERATORS | frozenset(
    {"copied", "cloned", "filter", "lock", "read", "write", "unwrap", "borrow", "borrow_mut"}
    | {"as_ref", "as_mut", "peekable", "by_ref"}
)
_BIDS = frozenset({"bid", "buy", "buyer"})
_ASKS = frozenset({"ask", "offer", "sell", "seller"})
_WANTS_BEST = frozenset(
    {"best", "top", "bbo", "tob", "mid", "midpoint", "midprice", "spread", "touch", "inside"}
    | {"match", "matching", "cros", "cross", "crosse", "crosses", "crossed", "execute", "sweep"}
)
_WANTS_WORST = frozenset(
    {"worst", "trim", "prune", "evict", "truncate", "lowest", "highest", "deepest", "bottom"}
    | {"cap", "limit", "shrink", "min", "max", "far", "furthest"}
)
_SORTED = re.compile(
    r"\s*(?:&\s*(?:'\w+\s+)?(?:mut\s+)?)?(?:[\w:]*<)*?\s*(?:\w+::)*BTree(?:Map|Set)\b"
)
_KEY = re.compile(r"BTree(?:Map|Set)\s*<\s*([^,>]*)")
_OWN_ORDER = re.compile(r"impl (?:\w+::)*(?:Partial)?Ord for (\w+)\b")
_TURNED_KEY = re.compile(r"Rev|Desc|Neg|Bid|Invert|Flip|Wrapper|dyn")
_TURNED_USE = re.compile(
    r"\b(\w+)\s*\.\s*(?:insert|entry|get|get_mut|remove)\s*\(\s*&?\s*"
    r"(?:-|!|(?:\w+::)*Reverse\b|\w+::MAX\b)"
)
"""A key that is negated or wrapped where the map is used."""
_PLACES = {
    "let_declaration": "pattern",
    "let_condition": "pattern",
    "field_initializer": "field",
    "assignment_expression": "left",
    "function_item": "name",
}
"""Where a price gets its name, and which part of the code holds it."""


def _find(file: RustFile) -> Iterator[Hit]:
    order: _Order | None = None
    for method in sorted(_LOW | _HIGH):
        for call in file.method_calls.get(method, ()):
            chain = chain_of(file, call)
            name = last_name(file, chain.root)
            sides = _sides(name)
            end = _end(chain)
            is_bid = "bid" in sides
            if not sides or end is None or (end == "high") == is_bid:
                continue
            order = order or _Order(file)
            if order.is_ascending(name, call) and _wants_best(file, call):
                yield _hit(file, chain, name, is_bid)


def _end(chain: Chain) -> str | None:
    """Which key the chain ends at; None when a step makes that unclear."""
    *steps, last = chain.names
    low = last in _LOW
    if last in ("min", "max") and "keys" not in steps:
        return None
    for step in steps:
        if step == "rev" and last not in ("min", "max"):
            low = not low
        elif step not in _SAME_ORDER and step != "rev":
            return None
    return "low" if low else "high"


class _Order:
    """What a file says about the order of its maps, read once."""

    def __init__(self, file: RustFile) -> None:
        self._file = file
        self._turned_maps = frozenset(_TURNED_USE.findall(file.text))
        implemented = (_OWN_ORDER.match(item.name) for item in file.items if item.kind == "impl")
        self._own_keys = frozenset(match[1] for match in implemented if match)

    def is_ascending(self, name: str, call: Node) -> bool:
        """Whether the file itself says that the map is sorted by plain price."""
        stated = self._file.stated_types(name, call)
        if not stated or name in self._turned_maps:
            return False
        for text in stated:
            key = _KEY.search(text)
            if not _SORTED.match(text) or (key and self._is_turned(key[1].strip())):
                return False
        return True

    def _is_turned(self, key: str) -> bool:
        """A wrapped key, or one with an order of its own, may sort from the best price down."""
        return bool(_TURNED_KEY.search(key)) or key.rpartition("::")[2] in self._own_keys


def _wants_best(file: RustFile, call: Node) -> bool:
    """Whether the names around say best price, and nothing says that the worst one is meant."""
    for test in file.around(call, "if_expression", "while_expression"):
        condition = test.child_by_field_name("condition")
        if condition is not None and ".len()" in file.code(condition):
            return False  # a book that is cut to its depth drops its worst level
    words = {word for name in _names_around(file, call) for word in split(name)}
    return not words.isdisjoint(_WANTS_BEST) and words.isdisjoint(_WANTS_WORST)


def _names_around(file: RustFile, call: Node) -> Iterator[str]:
    """What the price is kept as, innermost first, up to the name of the function."""
    for place in file.around(call, *_PLACES):
        named = place.child_by_field_name(_PLACES[place.type])
        if named is not None:
            yield file.code(named)
        if place.type == "function_item":
            return


def _hit(file: RustFile, chain: Chain, name: str, is_bid: bool) -> Hit:
    call = name_of(chain.links[-1])
    target = next(_names_around(file, call), "")
    side, other = ("bid", "ask") if is_bid else ("ask", "bid")
    wrong, right = ("lowest", "highest") if is_bid else ("highest", "lowest")
    if other in _sides(target):
        return hit(
            file,
            call,
            f"`{target}` is read from the {side} side",
            f"`{target}` comes out of `{name}`, and from its {wrong} price at that: as soon as "
            f"both sides hold orders the best {other} is a deep {side}, the book looks crossed "
            "or wide open, and whatever is priced from it trades at the wrong level.",
        )
    effect = "sells go out far below" if is_bid else "buys go out far above"
    return hit(
        file,
        call,
        f"Best {side} is read from the {wrong} price in `{name}`",
        f"`{name}` is sorted ascending, so with two levels this gives the {wrong} {side} instead "
        f"of the {right}: everything priced from it is off by the depth of the book, and "
        f"{effect} the market.",
        replacement=_swapped(file, chain),
    )


def _sides(name: str) -> set[str]:
    """Which sides a name speaks of; empty if both or none."""
    words = set(split(name))
    sides = {
        side for side, names in (("bid", _BIDS), ("ask", _ASKS)) if not words.isdisjoint(names)
    }
    return sides if len(sides) == 1 else set()


def _swapped(file: RustFile, chain: Chain) -> tuple[str, ...] | None:
    """The line with the other end asked for, when one word does it."""
    field = name_of(chain.links[-1])
    if "rev" in chain.names or "peekable" in chain.names:
        return None
    row, column = field.start_point
    line = file.line(row + 1).encode()
    old = file.code(field)
    if line[column : column + len(old)] != old.encode():
        return None  # a first line behind a byte order mark
    # An iterator knows no `first`; a set knows both.
    over = not _ITERATORS.isdisjoint(chain.names)
    end = "next" if old == "last" and over else _OTHER_END[old]
    new = line[:column] + end.encode() + line[column + len(old) :]
    return (new.decode(),)


RULE = Rule(
    id="D5",
    title="Best price is read from the wrong end of the book",
    category=Category.BOOK_INTEGRITY,
    severity=Severity.CRITICAL,
    why=(
        "A `BTreeMap` sorts ascending: the best ask is its first key, the best bid its last. Taken "
        "from the other end, the best price is the worst one on the book, and it still looks like "
        "a price."
    ),
    needs=("BTreeMap", "BTreeSet"),
    example="""\
struct Book { bids: BTreeMap<Price, Qty>, asks: BTreeMap<Price, Qty> }
impl Book {
    fn best_bid(&self) -> Option<&Price> {
        self.bids.keys().next()
    }
}
""",
    counter_example="""\
struct Book { bids: BTreeMap<Price, Qty>, asks: BTreeMap<Price, Qty> }
impl Book {
    fn best_bid(&self) -> Option<&Price> {
        self.bids.keys().next_back()
    }
    fn best_ask(&self) -> Option<&Price> {
        self.asks.keys().next()
    }
}
""",
    find=_find,
    raised=in_rooms(Severity.CRITICAL, Room.ORDER_BOOK),
)
