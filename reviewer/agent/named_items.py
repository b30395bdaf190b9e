"""Items by the names that people and models give them: `apply`, `Book::apply`, `Book`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from reviewer.agent.untrusted import visible_name
from reviewer.errors import ReviewerError
from reviewer.rust.items import Item
from reviewer.rust.repository import Repository

_GENERICS = re.compile(r"<[^<>]*>")
_NEAR = 3
_MOST_NAMES = 5_000
"""Names that are compared with one that does not exist."""
LONGEST_NAME = 300


class NoSuchItem(ReviewerError):
    """Nothing of that name is in the repository; the message gives the nearest names."""


@dataclass(frozen=True, slots=True)
class NamedItem:
    """An item and its file."""

    path: str
    item: Item

    @property
    def name(self) -> str:
        """As it is asked for: `src/book.rs::Book::apply`."""
        return f"{self.path}::{short_name(self.item)}"


def named(name: str, items: Iterable[Item]) -> list[Item]:
    """The items that a name may mean: functions first, modules last."""
    found = [item for item in items if _means(name, item)]
    return sorted(found, key=lambda item: (item.kind == "mod", item.kind == "impl", item.start))


def item_named(head: Repository, asked: str) -> NamedItem:
    """The item of `src/book.rs::Book::apply`, or of `Book::apply` where one file has it.

    Raises NoSuchItem.
    """
    asked = asked.strip()[:LONGEST_NAME]
    path, _, name = asked.rpartition(".rs::")
    path = f"{path}.rs".removeprefix("./") if path else ""
    if name:
        paths = [path] if path else _paths_with(head, name)
        found = [(p, named(name, file.items)) for p in paths if (file := head.file(p))]
        hits = [NamedItem(p, items[0]) for p, items in found if items]
        if len(hits) == 1:
            return hits[0]
        if hits:
            names = ", ".join(visible_name(hit.name) for hit in hits[:_NEAR])
            raise NoSuchItem(f"`{visible_name(asked)}` stands in several files: {names}")
    near = _nearest(head, path, name or asked)
    meant = f"; the nearest are {', '.join(near)}" if near else ""
    raise NoSuchItem(f"there is no item `{visible_name(asked)}`{meant}")


def short_name(item: Item) -> str:
    """`Book::apply` of `impl Depth for Book<P>::apply`."""
    around, _, last = item.name_path.rpartition("::")
    if item.kind == "impl":
        return owner_of(item.name)
    owner = owner_of(around) if "impl " in around or "impl<" in around else around
    return f"{owner}::{last}" if owner else last


def owner_of(head: str) -> str:
    """`Book` of `impl Depth for Book<P>`."""
    plain = _GENERICS.sub("", _GENERICS.sub("", head))
    return plain.rpartition("impl ")[2].rpartition(" for ")[2].strip().rpartition("::")[2]


def _means(name: str, item: Item) -> bool:
    if name in (item.name, item.name_path):
        return True
    owner, _, last = name.rpartition("::")
    if not owner:
        return item.kind == "impl" and owner_of(item.name) == name
    around = owner_of(item.name_path.rpartition("::")[0])
    return item.name == last and around == owner.rpartition("::")[2]


def _paths_with(head: Repository, name: str) -> list[str]:
    last = name.rpartition("::")[2]
    return sorted({definition.path for definition in head.index.named(last)})


def _nearest(head: Repository, path: str, name: str) -> list[str]:
    """Names of the same file if there is one, else of the whole repository."""
    paths = [path] if head.file(path) is not None else head.paths
    places: dict[str, str] = {}
    for short, where in _names(head, paths):
        if len(places) >= _MOST_NAMES:
            break
        places.setdefault(short, where)
    near = get_close_matches(name, places, _NEAR, 0.4)
    return [f"`{visible_name(f'{places[short]}::{short}')}`" for short in near]


def _names(head: Repository, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    for path in paths:
        indexed = head.index.file(path)
        for definition in indexed.definitions if indexed else ():
            owner = f"{definition.owner}::" if definition.owner else ""
            yield f"{owner}{definition.name}", path
