"""Finding the item around a line of any parsed file."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reviewer.rust.file import RustFile
from reviewer.rust.items import Item

Lookup = Callable[[str, int], Item | None]


def lookup(files: Mapping[str, RustFile]) -> Lookup:
    """A callable `(path, line) -> Item | None`; None also for a file that is not held."""

    def item_at(path: str, line: int) -> Item | None:
        file = files.get(path)
        return file.item_at(line) if file is not None else None

    return item_at
