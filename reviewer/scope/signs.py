"""What speaks for a room in one changed part: its path, its items and the names that it uses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reviewer.rust.file import RustFile
from reviewer.rust.items import Item
from reviewer.scope.market_data import MARKET_DATA
from reviewer.scope.order_book import ORDER_BOOK
from reviewer.scope.parts import Part
from reviewer.scope.risk import RISK
from reviewer.scope.rooms import Room
from reviewer.scope.support import names_support
from reviewer.scope.touched import touched_names, used_names
from reviewer.scope.words import (
    Words,
    helps_tests,
    holds_settings,
    is_support,
    is_telling,
    plain_name,
    split,
)

ROOMS: tuple[Words, ...] = (ORDER_BOOK, RISK, MARKET_DATA)
_TOGETHER, _TOGETHER_NEAR = 2.0, 1.5
"""Signs, each as a share of what it needs alone, that several weak ones must reach together; the
second in a repository that trades."""
_MOST_OF_ONE = 1.5
_NAMES_TOGETHER = 2
"""Names of a room that the code must use for weak signs to count."""
_NEAR_STRONGEST = 0.85
"""Share of the strongest room's weight at which weak signs name another room as well."""
_WHOLE_ITEM = 200
"""Lines of an item up to which all of it is read; more of it is about more than the change."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What spoke for some rooms."""

    rooms: tuple[Room, ...] = ()
    path_words: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    used: tuple[str, ...] = ()


def look(
    path: str, part: Part, everything: Sequence[Item], file: RustFile | None, *, near: bool
) -> Seen:
    """The rooms of a part. `everything` are the items of the file where it changes no item.

    `near` says that the repository trades.
    """
    if part.aside:
        return Seen()
    items = part.items or tuple(everything)
    helps = helps_tests(path)
    support = helps or is_support(path)
    # A test module says `tests` and what it tests; both belong to the code it stands beside.
    names = [] if support else [plain_name(item.name) for item in items if item.name != "tests"]
    innermost = names[-1] if part.items and names else ""
    # What an error or a display of something uses is not what it does.
    beside = support or names_support(split(innermost))
    used = () if beside else touched_names(part.lines)
    settings = beside and not helps and holds_settings(path, innermost)
    set_names = used_names(part.lines) if settings else ()
    rooms: list[Room] = []
    path_words: dict[str, None] = {}
    items_seen: dict[str, None] = {}
    used_seen: dict[str, None] = {}
    for words in ROOMS:
        by_path, in_path = words.seen_in_path(path) if not helps else (0.0, ())
        by_names, in_names = words.seen_in_names(names)
        by_use, in_use = words.seen_in_names(used)
        set_here = tuple(name for name in set_names if words.names_alone(name))
        grounds = (
            (by_path >= words.path_at, path_words, in_path),
            (by_names >= words.names_at, items_seen, in_names),
            (words.names_alone(innermost), items_seen, (innermost,)),
            (by_use >= words.used_at and len(in_use) > 1, used_seen, in_use),
            (bool(set_here), used_seen, set_here),
        )
        if any(holds for holds, _, _ in grounds):
            rooms.append(words.room)
        for holds, kept, seen in grounds:
            kept.update(dict.fromkeys(seen if holds else ()))
    if not rooms and not beside and file is not None:
        return _weak_signs(path, names, part, file, _TOGETHER_NEAR if near else _TOGETHER)
    return Seen(tuple(rooms), tuple(path_words), tuple(items_seen), tuple(used_seen))


@dataclass(frozen=True, slots=True)
class _Claimed:
    """How much of some names belongs to any room, which of them, and the weight of each room."""

    share: float
    names: tuple[str, ...]
    weights: dict[Room, float]


def _weak_signs(path: str, names: Sequence[str], part: Part, file: RustFile, least: float) -> Seen:
    """The rooms that several signs name together of which none would do alone."""
    by_path = max(words.seen_in_path(path)[0] / words.path_at for words in ROOMS)
    named = _claimed(names)
    changed = _claimed(used_names(part.lines))
    whole = _claimed(used_names(_whole_item(part, file)))
    together = (
        min(_MOST_OF_ONE, by_path)
        + min(_MOST_OF_ONE, named.share / ORDER_BOOK.names_at)
        + min(_MOST_OF_ONE, changed.share / ORDER_BOOK.names_at)
        + min(_MOST_OF_ONE, whole.share / ORDER_BOOK.names_at)
    )
    used = tuple(dict.fromkeys((*changed.names, *whole.names)))
    if together < least or len(used) < _NAMES_TOGETHER:
        return Seen()
    weights = {
        room: sum(claimed.weights[room] for claimed in (named, changed, whole)) for room in Room
    }
    strongest = max(weights.values())
    rooms = tuple(room for room in Room if weights[room] >= _NEAR_STRONGEST * strongest)
    return Seen(rooms, names=named.names, used=used)


def _claimed(names: Iterable[str]) -> _Claimed:
    told = [name for name in dict.fromkeys(names) if is_telling(name)]
    seen = {words.room: [words.weight_of(name) for name in told] for words in ROOMS}
    best = [max(weights) for weights in zip(*seen.values(), strict=True)]
    return _Claimed(
        share=sum(best) / len(best) if best else 0.0,
        names=tuple(name for name, weight in zip(told, best, strict=True) if weight),
        weights={room: sum(weights) for room, weights in seen.items()},
    )


def _whole_item(part: Part, file: RustFile) -> Iterable[str]:
    """The lines of the item around a change, if it is no long one."""
    if not part.items or part.end - part.start >= _WHOLE_ITEM:
        return ()
    return (file.line(number) for number in range(part.start, part.end + 1))
