"""How a room is recognised: weighted words in a path and in the names of definitions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from reviewer.scope.rooms import Room
from reviewer.scope.support import (
    for_tests,
    names_no_trading_code,
    names_settings,
    names_support,
    support_folder,
)
from reviewer.scope.support import weight as support_weight

_COMMON = 80
"""Length of a name up to which its words are kept: the same few are asked for all the time."""
_PART = re.compile(r"[lL][123](?![a-z0-9])|[A-Z]+(?![a-z0-9])|[A-Z]?[a-z]+|[A-Z]")
_GENERICS = re.compile(r"<.*?>(?= for )|<.*\Z")
_CONTAINERS = frozenset({"mod.rs", "lib.rs", "main.rs"})
"""File names that say nothing; the folder says it."""
_PLAIN: frozenset[str] = frozenset(
    {"new", "default", "from", "into", "fmt", "clone", "drop", "eq", "cmp", "hash", "build"}
    | {"get", "set", "len", "is_empty", "iter", "next", "as_ref", "deref", "main", "run"}
)
"""Names that every Rust file has; they say nothing about a room."""
_LAST, _PARENT, _ABOVE = 1.0, 0.6, 0.3
_FULL = 1.5
"""A word of this weight makes a name count in full."""


@dataclass(frozen=True, slots=True)
class Words:
    """What one room is recognised by."""

    room: Room
    weights: Mapping[str, float]
    """Singular words, and pairs as `market data`; below zero for what only looks alike."""
    inside: tuple[str, ...]
    """Long words that also count when run together: `btreemarketdepth`."""
    path_at: float = 1.5
    names_at: float = 0.5
    alone_at: float = 2.0
    """Weight of a word that the innermost item around a change needs to say it alone."""
    used_at: float = 0.5
    """Share of the names on changed lines that must belong to the room."""

    def seen_in_path(self, path: str) -> tuple[float, tuple[str, ...]]:
        """The weight of a path, and the words that made it."""
        folders, _, name = path.rpartition("/")
        above = [part for part in folders.split("/") if part]
        crate = above[above.index("src") - 1] if "src" in above[1:] else ""
        parts = [part for part in above if part != "src"]
        if name not in _CONTAINERS:
            parts.append(name.removesuffix(".rs"))
        total, seen = 0.0, []
        for index, part in enumerate(reversed(parts)):
            scale = _LAST if not index else _PARENT if index == 1 or part == crate else _ABOVE
            words = split(part)
            for word, weight in self._weigh(words):
                total += scale * weight
                if weight > 0:
                    seen.append(word)
            total += support_weight(words)
        return round(total, 6), tuple(dict.fromkeys(seen))

    def seen_in_names(self, names: Iterable[str]) -> tuple[float, tuple[str, ...]]:
        """How much of the names belongs to the room (0..1), and which of them."""
        told = [name for name in dict.fromkeys(names) if is_telling(name)]
        weights = [self.weight_of(name) for name in told]
        seen = tuple(name for name, weight in zip(told, weights, strict=True) if weight)
        return (sum(weights) / len(told) if told else 0.0), seen

    def weight_of(self, name: str) -> float:
        """How much a name belongs to the room: 1.0 if one of its words says so in full."""
        words = split(name)
        best = max((weight for _, weight in self._weigh(words)), default=0.0)
        return min(1.0, best / _FULL) if best > 0 and not names_support(words) else 0.0

    def names_alone(self, name: str) -> bool:
        """Whether one name says it without any other: `cancel_order`, `MarginCheck`."""
        words = split(name)
        best = max((weight for _, weight in self._weigh(words)), default=0.0)
        return best >= self.alone_at and not names_support(words)

    def _weigh(self, words: tuple[str, ...]) -> list[tuple[str, float]]:
        found = []
        pairs = [f"{a} {b}" for a, b in pairwise(words)]
        for word in (*words, *pairs):
            weight = self.weights.get(word, 0.0)
            if not weight:
                weight = _FULL if any(part in word for part in self.inside) else 0.0
            if weight:
                found.append((word, weight))
        return found


def is_telling(name: str) -> bool:
    """Whether a name is not one that every Rust file has."""
    return name.rpartition(" ")[2] not in _PLAIN


def is_support(path: str) -> bool:
    """Whether a file is support, by its name, its folder, or bindings and tools further up."""
    return _is(names_support, path)


def holds_settings(path: str, innermost: str) -> bool:
    """Whether a part of this path and innermost item is one of settings."""
    *folders, name = path.split("/")
    near = (*folders[-1:], name.removesuffix(".rs"), innermost)
    return any(names_settings(split(part)) for part in near)


def is_beside_trading(path: str) -> bool:
    """Whether a file is support that nothing of trading runs through: screens, tools, macros."""
    return _is(names_no_trading_code, path)


def _is(support: Callable[[Sequence[str]], bool], path: str) -> bool:
    *folders, name = path.split("/")
    near = [*folders[-1:], name.removesuffix(".rs")]
    return any(support(split(part)) for part in near) or any(
        support_folder(split(folder)) for folder in folders
    )


def helps_tests(path: str) -> bool:
    """Whether a folder or the file is one of helpers for tests, by its name."""
    return any(for_tests(split(part)) for part in path.removesuffix(".rs").split("/"))


def split(name: str) -> tuple[str, ...]:
    """`BidLevels`, `bid_levels` and `bid-levels` as `bid level`."""
    return _split(name) if len(name) <= _COMMON else _split.__wrapped__(name)


@lru_cache(maxsize=8192)
def _split(name: str) -> tuple[str, ...]:
    return tuple(_singular(word.lower()) for word in _PART.findall(name))


def plain_name(name: str) -> str:
    """A name without type arguments: `impl Depth for Book<P>` as `impl Depth for Book`."""
    return _GENERICS.sub("", name)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
