"""What a change adds to matching, replay, backtest or risk code that two runs need not do alike."""

from __future__ import annotations

import re
from collections import Counter

from reviewer.detect.hint import TEXT_LIMIT, Hint
from reviewer.facts.chances import CLOCK, HASH_OUTPUT, KINDS, TIMING, chances
from reviewer.facts.change import Change
from reviewer.facts.fact import Fact, Points, Table
from reviewer.facts.hot_path import counted, short_name
from reviewer.facts.pairs import Pair, changed_functions
from reviewer.facts.sites import Site, shifts
from reviewer.facts.source import Source
from reviewer.rust.file_index import Definition
from reviewer.scope.rooms import Room

NAME = "determinism"
_MOST_FUNCTIONS = 400
_MOST_HINTS = 20
_REPEATED = re.compile(
    r"replay|back_?test|simulat|recover|journal|event_?sourc|matching|match_?(?:engine|order)",
    re.IGNORECASE,
)
"""Code that is run a second time over the same events, or whose runs people compare."""
_CHECKS = re.compile(r"(?:\A|[_/:.])(?:risk|limits?|margin|exposure|check)", re.IGNORECASE)
_BY_CHANCE = frozenset(KINDS) - {CLOCK, TIMING}
"""Of code that only has to do with risk, as what keeps positions: it may ask for the time."""
_ASIDE = re.compile(r"persist|dump|debug|server|rpc|database|history", re.IGNORECASE)
"""File and function names of what stands beside the engine."""
_AT_THE_EDGE = re.compile(
    r"connector|exchange|client|rest|(?:\A|[_/])ws(?:\Z|[_/.])|websocket|http|stream|gateway"
    r"|adapter|collector|(?:\A|[_/])(?:live|ipc|channel)|metric|logg|telemetry|(?:\A|/)(?:main|build)\.rs"
    r"|(?:\A|/)(?:bins?|bots?|keepers?|liquidators?|cranks?|services?|db|api|mobile|ui)/",
    re.IGNORECASE,
)
"""Code that talks to the world, whose runs differ by nature."""


def look(change: Change) -> Fact | None:
    """The new places that make runs differ; None if there is none."""
    base, head = Source(change.base), Source(change.head)
    found = changed_functions(change, base, head)
    meant = [pair for pair in found if pair.after and _repeated_kinds(change, pair.after)]
    # What left a function that is gone may have moved into one that is here.
    gone = [pair for pair in found if pair.after is None]
    pairs = [*meant[:_MOST_FUNCTIONS], *gone[:_MOST_FUNCTIONS]]
    added = {f.path: f.added_numbers() for f in change.diff.files}
    gained = shifts((_sites(base, p.before), _new_last(_sites(head, p.after), p, added))
                    for p in pairs)  # fmt: skip
    places = [
        (pair.after, site)
        for pair, shift in zip(pairs, gained, strict=True)
        for site in shift.gained
        if pair.after is not None and site.what in _repeated_kinds(change, pair.after)
    ]
    if not places:
        return None
    rows = [(short_name(f), s.what, s.text, f"{f.path}:{s.line}") for f, s in places]
    parts: list[Table | Points] = [Table(("function", "what", "code", "line"), tuple(rows))]
    if len(meant) > _MOST_FUNCTIONS:
        parts.append(Points((f"Only the first {_MOST_FUNCTIONS} functions were looked at.",)))
    total = Counter(site.what for _, site in places)
    what = ", ".join(_counted(total[kind], kind) for kind in KINDS if total[kind])
    headline = f"code that must run the same twice gains {what}"
    return Fact(NAME, headline, tuple(parts), tuple(_hint(f, s) for f, s in places[:_MOST_HINTS]))


def _repeated_kinds(change: Change, function: Definition) -> frozenset[str]:
    """What would make two runs of a function differ; nothing where it talks to the world."""
    # The name of a crate says less than what stands inside: a backtester has a live bot too.
    inside = f"{function.path.rpartition('/src/')[2]}::{function.name_path}"
    if _ASIDE.search(inside.rpartition("/")[2]):
        return frozenset()
    if _REPEATED.search(inside):
        return frozenset(KINDS)
    if _AT_THE_EDGE.search(f"{function.path}::{function.name_path}"):
        return frozenset()
    rooms = change.scope.at(function.path, function.start)
    if Room.ORDER_BOOK in rooms or _REPEATED.search(function.path):
        return frozenset(KINDS)
    if Room.RISK not in rooms:
        return frozenset()
    return frozenset(KINDS) if _CHECKS.search(inside) else _BY_CHANCE


def _sites(side: Source, function: Definition | None) -> list[Site]:
    tree = side.tree(function) if function else None
    return list(chances(tree[0], side.index, tree[1])) if tree else []


def _new_last(sites: list[Site], pair: Pair, added: dict[str, frozenset[int]]) -> list[Site]:
    lines = added.get(pair.after.path, frozenset()) if pair.after else frozenset()
    return sorted(sites, key=lambda site: site.line in lines)


def _counted(number: int, what: str) -> str:
    if what == HASH_OUTPUT:
        return counted(number, "hash-map walk") + " whose order goes out"
    words = {
        "hash order": "hash-map walk", "randomness": "random value", "wall clock": "clock read",
        "thread timing": "wait on timing", "float order": "float sort",
    }  # fmt: skip
    many = {"wait on timing": "waits on timing"}
    word = words[what]
    return f"{number} {many[word]}" if number > 1 and word in many else counted(number, word)


def _hint(function: Definition, site: Site) -> Hint:
    says = {
        "hash order into output": "what this loop sends or pushes goes out in the order of a hash "
        "map, which differs from run to run",
        "hash order": "this walks over a hash map, in an order that differs from run to run",
        "randomness": "this value is random in every run",
        "wall clock": "this reads the clock, so that a replay sees another time",
        "thread timing": "what happens here depends on how threads or tasks are timed",
        "float order": "this orders floats by `partial_cmp`; a NaN has no place in it",
    }[site.what]
    text = f"New in `{short_name(function)[:60]}`: {says}."
    return Hint(function.path, site.line, f"fact:{NAME}", text[:TEXT_LIMIT])
