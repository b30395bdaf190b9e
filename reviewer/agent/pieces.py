"""A changed file cut into pieces that make sense by themselves: whole items, else hunks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from reviewer.agent.items import Item, ItemLookup
from reviewer.pull.diff import FileDiff, Line, LineKind

WHOLE_ITEM_LINES = 120
AROUND_IN_ITEM = 40
AROUND_OUTSIDE = 10
ITEM_HEAD_LINES = 6
LONGEST_RUN = 300
"""Lines outside all items that may stand in one piece."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Head lines to show together, with the removed lines that stand before some of them."""

    item: Item | None
    lines: tuple[int, ...]
    removed: dict[int, tuple[Line, ...]] = field(default_factory=dict)
    """Removed lines by the head line that follows them."""

    @property
    def first(self) -> int:
        """The first head line, where the piece begins."""
        return min((*self.lines[:1], *self.removed))

    @property
    def last(self) -> int:
        """The last head line."""
        return max((*self.lines[-1:], *(n - 1 for n in self.removed)))


def removed_before(file: FileDiff) -> dict[int, tuple[Line, ...]]:
    """Each run of removed lines by the number of the head line that follows it."""
    runs: dict[int, list[Line]] = {}
    for hunk in file.hunks:
        following = hunk.new_start if hunk.new_count else hunk.new_start + 1
        for line in hunk.lines:
            if line.kind is LineKind.REMOVED:
                runs.setdefault(following, []).append(line)
            elif line.new is not None:
                following = line.new + 1
    return {number: tuple(run) for number, run in runs.items()}


def cut(file: FileDiff, head: Sequence[str], item_at: ItemLookup) -> list[Piece]:
    """The pieces of a file that has a head, in its order. No head line stands in two of them."""
    head_lines = len(head)
    removals = removed_before(file)
    changed: dict[Item | None, set[int]] = {}
    added = file.added_numbers()
    for number in added:
        changed.setdefault(item_at(file.path, number), set()).add(number)
    owner: dict[int, Item | None] = {}
    for number in removals:
        owner[number] = _owner(file.path, number, added, item_at)
        changed.setdefault(owner[number], set()).add(number)
    items = sorted((i for i in changed if i is not None), key=lambda i: (i.end - i.start, i.start))
    items = [i for i in items if not any(_swallows(other, i) for other in items)]
    taken: set[int] = set()
    pieces: list[Piece] = []
    for item in items:
        wanted = set(_lines_of(item, changed[item])) - taken
        taken |= wanted
        mine = {n: r for n, r in removals.items() if (o := owner[n]) and _inside(o, item)}
        mine = {n: r for n, r in mine.items() if not any(n in p.removed for p in pieces)}
        pieces.append(Piece(item, tuple(sorted(wanted)), mine))
    outside = {n for n in changed.get(None, ()) if n in removals or head[n - 1].strip()}
    around = _around(outside, AROUND_OUTSIDE, 1, head_lines) - taken
    loose = {n: r for n, r in removals.items() if owner[n] is None}
    pieces.extend(_runs(around, loose, outside))
    return sorted((p for p in pieces if p.lines or p.removed), key=lambda p: (p.first, p.last))


def _owner(path: str, number: int, added: frozenset[int], item_at: ItemLookup) -> Item | None:
    """The item that the lines removed before `number` were part of."""
    after = item_at(path, number)
    if number in added or (after and after.start < number):
        return after  # replaced by what follows, or from within the item
    before = item_at(path, number - 1) if number > 1 else None
    return before if before and before.end >= number else None


def _inside(inner: Item, outer: Item) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _swallows(outer: Item, inner: Item) -> bool:
    """Whether the inner item is shown as part of the outer one, which is shown whole."""
    return outer != inner and _inside(inner, outer) and _length(outer) <= WHOLE_ITEM_LINES


def _length(item: Item) -> int:
    return item.end - item.start + 1


def _lines_of(item: Item, changed: Iterable[int]) -> Iterable[int]:
    if _length(item) <= WHOLE_ITEM_LINES:
        return range(item.start, item.end + 1)
    head = range(item.start, min(item.start + ITEM_HEAD_LINES, item.end + 1))
    return {*head, *_around(changed, AROUND_IN_ITEM, item.start, item.end)}


def _around(numbers: Iterable[int], margin: int, first: int, last: int) -> set[int]:
    return {
        shown
        for number in numbers
        for shown in range(max(first, number - margin), min(last, number + margin) + 1)
    }


def _runs(
    lines: set[int], removals: dict[int, tuple[Line, ...]], changed: set[int]
) -> Iterator[Piece]:
    """The lines outside all items, cut where lines are left out and where a run gets long."""
    runs: list[list[int]] = []
    for number in sorted(lines | set(removals)):
        if runs and number == runs[-1][-1] + 1 and len(runs[-1]) < LONGEST_RUN:
            runs[-1].append(number)
        else:
            runs.append([number])
    for run in runs:
        if changed.intersection(run):
            shown = tuple(n for n in run if n in lines)
            yield Piece(None, shown, {n: removals[n] for n in run if n in removals})
