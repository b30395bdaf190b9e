"""Which hot functions a change touches, and what of the rest it puts on or takes off their path."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reviewer.facts.change import Change
from reviewer.facts.hot_reach import DEEPEST, HotReach
from reviewer.facts.pairs import Pair, changed_functions
from reviewer.facts.source import Source
from reviewer.rust.file_index import Call, Definition

MOST_FUNCTIONS = 400


@dataclass(frozen=True, slots=True)
class Entry:
    """A function on the hot path, before or after or both."""

    before: Definition | None
    """None if it did not exist or was not on the path."""
    after: Definition | None
    root: Definition
    """The function hot by itself that reaches it, or is it."""
    cold: bool = False
    """It stands on the other side too, off the path."""
    call: Call | None = None
    """The call in head that brought it onto the path."""

    @property
    def fresh(self) -> bool:
        """Whether the function is new."""
        return self.before is None and not self.cold

    @property
    def gone(self) -> bool:
        """Whether the function is no longer there."""
        return self.after is None and not self.cold


@dataclass(frozen=True, slots=True)
class Ledger:
    """The entries, and the sides that they stand in."""

    entries: tuple[Entry, ...]
    base: Source
    head: Source
    truncated: bool


def hot_entries(change: Change) -> Ledger:
    """The changed functions on the hot path, and what they begin or cease to call."""
    head = Source(change.head)
    base = Source(change.base)
    hot = HotReach(head, change.profile)
    was_hot = HotReach(base, change.profile)
    pairs = changed_functions(change, base, head)
    # By name first: to ask who calls a function is what takes time.
    ordered = sorted(pairs, key=lambda p: not _by_itself(p, was_hot, hot))
    roots: dict[Pair, Definition] = {}
    for pair in ordered:
        root = _root(pair, was_hot, hot)
        if root is not None:
            roots[pair] = root
        if len(roots) > MOST_FUNCTIONS:
            break
    path = [(pair, roots[pair]) for pair in pairs if pair in roots][:MOST_FUNCTIONS]
    # A name that one changed function calls anew and another no longer has moved between them.
    begun = _names(((p.after, hot), (p.before, was_hot)) for p in pairs)
    ended = _names(((p.before, was_hot), (p.after, hot)) for p in pairs)
    came = _newly_reached(((p.after, root) for p, root in path), begun - ended, hot, was_hot)
    left = _newly_reached(((p.before, root) for p, root in path), ended - begun, was_hot, hot)
    now = {pair.after: pair.before for pair in pairs if pair.after}
    then = {pair.before: pair.after for pair in pairs if pair.before}
    entries = [
        Entry(pair.before, pair.after, root)
        for pair, root in path
        if pair.after not in came and pair.before not in left
    ]
    for function, (root, call) in came.items():
        was = now.get(function, function)
        entries.append(Entry(None, function, root, was is not None, call))
    for function, (root, _) in left.items():
        stays = then.get(function, function)
        entries.append(Entry(function, None, root, stays is not None))
    truncated = len(roots) > MOST_FUNCTIONS or len(entries) > MOST_FUNCTIONS
    return Ledger(
        tuple(entries[:MOST_FUNCTIONS]), base, head, truncated or hot.truncated or was_hot.truncated
    )


def _by_itself(pair: Pair, was_hot: HotReach, hot: HotReach) -> bool:
    return (pair.after is not None and hot.by_itself(pair.after)) or (
        pair.before is not None and was_hot.by_itself(pair.before)
    )


def _root(pair: Pair, was_hot: HotReach, hot: HotReach) -> Definition | None:
    root = hot.root_of(pair.after) if pair.after else None
    return root or (was_hot.root_of(pair.before) if pair.before else None)


def _names(
    sides: Iterable[tuple[tuple[Definition | None, HotReach], tuple[Definition | None, HotReach]]],
) -> frozenset[str]:
    """The names that functions call on the first side and not on the second."""
    found: set[str] = set()
    for (function, reach), (counterpart, other) in sides:
        if function is not None:
            known = other.names_called(counterpart) if counterpart else frozenset()
            found |= reach.names_called(function) - known
    return frozenset(found)


def _newly_reached(
    path: Iterable[tuple[Definition | None, Definition]],
    names: frozenset[str],
    hot: HotReach,
    other: HotReach,
) -> dict[Definition, tuple[Definition, Call]]:
    """Functions that hot ones call on this side by these names and that are cold on the other.

    Each with the function hot by itself, and with the call in the changed function.
    """
    found: dict[Definition, tuple[Definition, Call]] = {}
    for function, root in path:
        calls = hot.callees(function).items() if function else ()
        edge = [(callee, call) for callee, call in calls if callee.name in names]
        for _ in range(DEEPEST):
            fresh = [
                (callee, call)
                for callee, call in edge
                if callee not in found and other.knows_as_cold(callee)
            ]
            found.update((callee, (root, call)) for callee, call in fresh)
            if len(found) > MOST_FUNCTIONS:
                return found
            edge = [(c, call) for callee, call in fresh for c in hot.callees(callee)]
    return found
