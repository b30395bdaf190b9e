"""The trading rooms that a change can touch."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reviewer.looks import Missed


class Room(StrEnum):
    """A part of a trading system in which a mistake costs money."""

    ORDER_BOOK = "order_book"
    RISK = "risk"
    MARKET_DATA = "market_data"

    @property
    def label(self) -> str:
        """As people write it: `order book`."""
        return self.value.replace("_", " ")


@dataclass(frozen=True, slots=True)
class PartScope:
    """The rooms of one changed part of a file: an item around a change, or a hunk outside all."""

    start: int
    """First and last head line of the part."""
    end: int
    rooms: tuple[Room, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class FileScope:
    """Which rooms one changed Rust file touches."""

    path: str
    rooms: tuple[Room, ...]
    reason: str
    """One clause for a reader: `path has "book"; fn apply_delta, struct Level`."""
    parts: tuple[PartScope, ...] = ()
    nearby: bool = False
    """No room, but production code of a repository that trades."""

    @property
    def in_scope(self) -> bool:
        """Whether the change to this file is reviewed as trading code."""
        return bool(self.rooms) or self.nearby

    def at(self, line: int) -> tuple[Room, ...]:
        """The rooms of the innermost changed part around a head line; else those of the file."""
        around = [part for part in self.parts if part.start <= line <= part.end]
        return min(around, key=lambda part: part.end - part.start).rooms if around else self.rooms


@dataclass(frozen=True, slots=True)
class Scope:
    """The scope of a whole change: one entry for each changed Rust file, deleted ones included."""

    files: tuple[FileScope, ...]
    missed: tuple[Missed, ...] = ()
    """Files whose rooms could not be told; they are in scope."""

    @property
    def rooms(self) -> tuple[Room, ...]:
        """All rooms touched, in the order of `Room`."""
        return tuple(room for room in Room if any(room in f.rooms for f in self.files))

    @property
    def paths(self) -> frozenset[str]:
        """The files that are reviewed as trading code."""
        return frozenset(f.path for f in self.files if f.in_scope)

    def of(self, path: str) -> tuple[Room, ...]:
        """The rooms of one path; empty when it has none."""
        return next((f.rooms for f in self.files if f.path == path), ())

    def at(self, path: str, line: int) -> tuple[Room, ...]:
        """The rooms of one changed place."""
        return next((f.at(line) for f in self.files if f.path == path), ())
