"""Whether a repository as a whole is a trading system."""

from __future__ import annotations

from collections.abc import Iterable

from reviewer.pull.diff import is_rust
from reviewer.rust.testcode import is_test_path
from reviewer.scope.words import Words, is_support

TRADES_AT = 0.08
"""Share of the production files whose path names a room. Measured: five trading systems have .15
to .68, five other repositories .00 to .05 (docs/architecture.md)."""


def trades(paths: Iterable[str], rooms: Iterable[Words]) -> bool:
    """Whether enough of the production files name a room in their paths."""
    words = tuple(rooms)
    production = [path for path in paths if is_production(path)]
    named = sum(any(w.seen_in_path(path)[0] >= w.path_at for w in words) for path in production)
    return named > 1 and named >= TRADES_AT * len(production)


def is_production(path: str) -> bool:
    """Whether a path holds Rust code that runs when money is at stake: no tests, no support."""
    return is_rust(path) and not is_test_path(path) and not is_support(path)
