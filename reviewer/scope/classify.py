"""Which trading rooms a change touches, by the names its author chose.

It raises severity and picks checklists; it never switches a rule off, for most files of a trading
system carry no telling name.
"""

from __future__ import annotations

from collections.abc import Iterable

from reviewer.pull.diff import FileDiff, LineKind, is_rust
from reviewer.rust.file import RustFile
from reviewer.rust.items import Item
from reviewer.scope.market_data import MARKET_DATA
from reviewer.scope.order_book import ORDER_BOOK
from reviewer.scope.risk import RISK
from reviewer.scope.rooms import FileScope, Room, Scope
from reviewer.scope.words import Words, plain_name

ROOMS: tuple[Words, ...] = (ORDER_BOOK, RISK, MARKET_DATA)
_SHOWN = 3
"""Names that a reason lists at most, of each kind."""


def classify(files: Iterable[tuple[FileDiff, str | None, RustFile | None]]) -> Scope:
    """The rooms of every changed Rust file; one without a head is classified by its path."""
    return Scope(tuple(_of_file(diff, file) for diff, _, file in files if is_rust(diff.path)))


def _of_file(diff: FileDiff, file: RustFile | None) -> FileScope:
    items = _changed_items(diff, file) if file is not None else ()
    kinds = {plain_name(item.name): item.kind for item in items}
    rooms: list[Room] = []
    path_words: dict[str, None] = {}
    names: dict[str, None] = {}
    for words in ROOMS:
        by_path, seen_in_path = words.seen_in_path(diff.path)
        by_names, seen_in_names = words.seen_in_names(kinds)
        if by_path >= words.path_at or by_names >= words.names_at:
            rooms.append(words.room)
        if by_path >= words.path_at:
            path_words.update(dict.fromkeys(seen_in_path))
        if by_names >= words.names_at:
            names.update(dict.fromkeys(seen_in_names))
    return FileScope(diff.path, tuple(rooms), _reason(path_words, names, kinds))


def _changed_items(diff: FileDiff, file: RustFile) -> tuple[Item, ...]:
    """The items around the change; every item of the file when the change lies outside them."""
    found: dict[Item, None] = {}
    for line in _touched_lines(diff):
        found.update(dict.fromkeys(file.items_around(line)))
    items = tuple(found) or file.items
    # A test module says `tests` and what it tests; both belong to the code it stands beside.
    return tuple(item for item in items if item.name != "tests")


def _touched_lines(diff: FileDiff) -> Iterable[int]:
    """Head lines that were added, and those just before a removed one."""
    for hunk in diff.hunks:
        last = hunk.new_start
        for line in hunk.lines:
            if line.kind is LineKind.ADDED and line.new is not None:
                yield line.new
            elif line.kind is LineKind.REMOVED:
                yield last
            if line.new is not None:
                last = line.new


def _reason(path_words: Iterable[str], names: Iterable[str], kinds: dict[str, str]) -> str:
    words = list(path_words)[:_SHOWN]
    parts = []
    if words:
        parts.append("path has " + ", ".join(f'"{word}"' for word in words))
    shown = [
        name if kinds[name] == "impl" else f"{kinds[name]} {name}" for name in list(names)[:_SHOWN]
    ]
    if shown:
        parts.append(", ".join(shown))
    return "; ".join(parts) or "no trading name in the path or the changed items"
