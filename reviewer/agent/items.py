"""What the agent room knows of the syntax tree: which item encloses a line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

_TEST_PATH = re.compile(r"(?:\A|/)(?:tests?|benches|examples|fuzz)/|(?:\A|[/_])tests?\.rs\Z")
_TEST_ITEM = re.compile(r"(?:\A|::)tests?(?:::|\Z)")


@dataclass(frozen=True, slots=True)
class Item:
    """A function, type, impl or module of a head file; `start` and `end` are its lines."""

    kind: str
    """`fn`, `impl`, `struct`, …"""
    name_path: str
    """`Book::apply_delta`"""
    start: int
    end: int

    @property
    def is_test(self) -> bool:
        """Whether it lies in a test module."""
        return bool(_TEST_ITEM.search(self.name_path))


class ItemLookup(Protocol):
    """The innermost item around a head line."""

    def __call__(self, path: str, line: int, /) -> Item | None:
        """None outside all items, or when the file could not be parsed."""


def is_test_path(path: str) -> bool:
    """Whether the whole file is tests, benchmarks or examples."""
    return bool(_TEST_PATH.search(path))
