"""What the agent room needs of the syntax tree: which item encloses a line."""

from __future__ import annotations

import re
from typing import Protocol

_TEST_ITEM = re.compile(r"(?:\A|::)(?:mod )?tests?(?:::|\Z)")


class Item(Protocol):
    """A function, type, impl or module of a head file; `start` and `end` are its lines."""

    @property
    def kind(self) -> str:
        """`fn`, `impl`, `struct`, …"""

    @property
    def name_path(self) -> str:
        """Enclosing items, outermost first: `impl Book::apply_delta`."""

    @property
    def start(self) -> int:
        """First line."""

    @property
    def end(self) -> int:
        """Last line."""


class ItemLookup(Protocol):
    """The innermost item around a head line."""

    def __call__(self, path: str, line: int, /) -> Item | None:
        """None outside all items, or when the file could not be parsed."""


def is_test(item: Item) -> bool:
    """Whether the item lies in a test module."""
    return bool(_TEST_ITEM.search(item.name_path))


def title(item: Item) -> str:
    """As a reader calls it: `fn Book::apply_delta`, `impl Book`."""
    return f"{item.kind} {item.name_path.removeprefix('impl ')}"
