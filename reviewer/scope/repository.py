"""Whether a repository as a whole is a trading system."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from reviewer.pull.diff import is_rust
from reviewer.rust.testcode import is_test_path
from reviewer.scope.words import Words, is_beside_trading, is_support, is_telling

TRADES_AT = 0.08
"""Share of the production files whose path names a room, or of the definitions in a sample of them
whose names do, at which a repository trades (docs/architecture.md has the measurement)."""
_SAMPLE = 40
_LONGEST = 60_000
"""Characters of a file in the sample that are read."""
_IN_FULL = 0.9
_DEFINITION = re.compile(r"\b(?:fn|struct|enum|trait)\s+(\w+)")
Text = Callable[[str], str | None]


def trades(paths: Iterable[str], text: Text, rooms: Iterable[Words]) -> bool:
    """Whether enough of the production files name a room in their paths, or in what they define."""
    words = tuple(rooms)
    production = sorted(p for p in paths if is_production(p) and not is_support(p))
    named = sum(any(w.seen_in_path(path)[0] >= w.path_at for w in words) for path in production)
    if named > 1 and named >= TRADES_AT * len(production):
        return True
    defined = {name for path in _spread(production) for name in _defined(text(path))}
    telling = sum(any(w.weight_of(name) >= _IN_FULL for w in words) for name in defined)
    return telling > 1 and telling >= TRADES_AT * len(defined)


def _spread(paths: Sequence[str]) -> Sequence[str]:
    count = min(_SAMPLE, len(paths))
    return [paths[at * len(paths) // count] for at in range(count)]


def _defined(text: str | None) -> Iterable[str]:
    return (name for name in _DEFINITION.findall((text or "")[:_LONGEST]) if is_telling(name))


def is_production(path: str) -> bool:
    """Whether a path holds Rust code that runs when money is at stake: no tests, no screens."""
    return is_rust(path) and not is_test_path(path) and not is_beside_trading(path)
