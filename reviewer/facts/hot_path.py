"""What a change makes the hot path do more or less often than before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby, islice

from reviewer.detect.hint import TEXT_LIMIT, Hint
from reviewer.facts.change import Change
from reviewer.facts.costs import INDEX, KINDS, costs
from reviewer.facts.fact import Fact, Points, Table
from reviewer.facts.hot_ledger import MOST_FUNCTIONS, Entry, hot_entries
from reviewer.facts.sites import Shift, Site, shifts
from reviewer.facts.source import Source
from reviewer.rust.file_index import Definition
from reviewer.scope.words import plain_name

NAME = "hot path"
_MOST_HINTS = 20


@dataclass(frozen=True, slots=True)
class _Row:
    """One kind of place in one function."""

    entry: Entry
    what: str
    before: int
    after: int
    first: Site | None

    @property
    def more(self) -> int:
        return self.after - self.before


def look(change: Change) -> Fact | None:
    """The ledger of the hot path; None if nothing on it was gained or lost."""
    ledger = hot_entries(change)
    added = {f.path: f.added_numbers() for f in change.diff.files}
    counted = shifts(
        (
            _sites(ledger.base, entry.before, frozenset()),
            _sites(ledger.head, entry.after, added.get(entry.after.path, frozenset()))
            if entry.after
            else (),
        )
        for entry in ledger.entries
    )
    both = [
        (entry, shift, _told(entry, shift))
        for entry, shift in zip(ledger.entries, counted, strict=True)
    ]
    rows = [row for _, _, told in both for row in told]
    if not rows:
        return None
    rows.sort(key=lambda row: (_group(row), *_place(row.entry), KINDS.index(row.what)))
    parts: list[Table | Points] = [
        Table(("function", "what", "before", "after", "line"), tuple(_lines(rows)))
    ]
    if ledger.truncated:
        parts.append(Points((f"Only the first {MOST_FUNCTIONS} hot functions were counted.",)))
    hints = (hint for entry, shift, told in both if told for hint in _hints(entry, shift))
    return Fact(NAME, _headline(rows), tuple(parts), tuple(islice(hints, _MOST_HINTS)))


def _sites(side: Source, function: Definition | None, added: frozenset[int]) -> list[Site]:
    """The counted places; those on added lines last, for of equal ones the last is the new one."""
    tree = side.tree(function) if function else None
    return sorted(costs(*tree), key=lambda site: site.line in added) if tree else []


def _rows(entry: Entry, shift: Shift) -> Iterable[_Row]:
    before = Counter(site.what for site in shift.before)
    after = Counter(site.what for site in shift.after)
    gained = Counter(site.what for site in shift.gained)
    lost = Counter(site.what for site in shift.lost)
    for what in KINDS:
        more = gained[what] - lost[what]
        if not more:
            continue
        # What moved to or from another hot function stands on both sides.
        first = min((s for s in shift.gained if s.what == what), key=_line, default=None)
        if more > 0:
            yield _Row(entry, what, max(after[what], more) - more, max(after[what], more), first)
        else:
            yield _Row(entry, what, max(before[what], -more), max(before[what], -more) + more, None)


def _told(entry: Entry, shift: Shift) -> list[_Row]:
    """The rows of a function that are worth a word.

    What a function did that is gone has moved, and then it is found, or the diff shows it. One
    index more says nothing where there are eleven.
    """
    rows = list(_rows(entry, shift)) if not entry.gone else []
    others = any(row.what != INDEX for row in rows)
    begins = any(not row.before for row in rows)
    return rows if others or (begins and entry.before is not None) else []


def _group(row: _Row) -> int:
    """What was there and does more, what came onto the path, what does less, what is new."""
    if row.entry.fresh:
        return 3
    return 2 if row.more < 0 else int(row.entry.before is None)


def _lines(rows: Iterable[_Row]) -> Iterable[tuple[str, ...]]:
    """One line for each kind in a function that stays, one for all of a function that came or went.

    Of the latter the difference is all there is, and the reader has it in front of him.
    """
    for entry, same in groupby(rows, key=lambda row: row.entry):
        found = list(same)
        if entry.before is not None and entry.after is not None:
            yield from (
                (_name(entry), row.what, str(row.before), str(row.after), _at(row)) for row in found
            )
            continue
        what = ", ".join(counted(abs(row.more), row.what) for row in found)
        other = "cold" if entry.cold else "-"
        sides = (other, "hot" if entry.cold else "new") if entry.after else ("hot", other)
        yield (_name(entry), what, *sides, _at(found[0]))


def _at(row: _Row) -> str:
    after = row.entry.after
    return f"{after.path}:{row.first.line}" if after and row.first else ""


def _name(entry: Entry) -> str:
    function = entry.after or entry.before
    name = short_name(function) if function else ""
    if function == entry.root or (entry.before == entry.root):
        return name
    return f"{name}, called from {short_name(entry.root)}"


def short_name(function: Definition) -> str:
    """`Book::apply` of `impl Depth for Book<P>::apply`."""
    return f"{function.owner}::{function.name}" if function.owner else plain_name(function.name)


def _headline(rows: Iterable[_Row]) -> str:
    more = [row for row in rows if row.more > 0]
    fresh = [row for row in more if row.entry.fresh]
    more = [row for row in more if row not in fresh]
    less = [row for row in rows if row.more < 0]
    said = []
    if more:
        does = ("hot function does", "hot functions do")
        said.append(f"{_functions(more, does)} more than before: {_sum(more, '+')}")
    if less:
        does = ("hot function does", "hot functions do")
        said.append(f"{_functions(less, does)} less: {_sum(less, '-')}")
    if fresh:
        names = ("new hot function has", "new hot functions have")
        said.append(f"{_functions(fresh, names)} {_sum(fresh, '')}")
    return "; ".join(said)


def _functions(rows: Iterable[_Row], names: tuple[str, str]) -> str:
    count = len({(row.entry.before, row.entry.after) for row in rows})
    return f"{count} {names[0] if count == 1 else names[1]}"


def _sum(rows: Iterable[_Row], sign: str) -> str:
    total: Counter[str] = Counter()
    for row in rows:
        total[row.what] += abs(row.more)
    return ", ".join(f"{sign}{counted(total[what], what)}" for what in KINDS if total[what])


def counted(number: int, what: str) -> str:
    """`2 allocations`."""
    many = {"indexing": "indexings"}.get(what, f"{what}s")
    return f"{number} {what if number == 1 else many}"


def _hints(entry: Entry, shift: Shift) -> Iterable[Hint]:
    if entry.after is None or not shift.gained:
        return
    name = short_name(entry.after)
    reached = "" if entry.after == entry.root else f", reached from `{short_name(entry.root)}`"
    if entry.call is not None:
        brought = Counter(site.what for site in shift.gained)
        what = ", ".join(counted(brought[kind], kind) for kind in KINDS if brought[kind])
        yield _hint(
            entry.call.path,
            entry.call.line,
            f"This call puts `{name}` on the hot path of `{short_name(entry.root)}`: {what}.",
        )
        return
    by_line: dict[int, list[Site]] = {}
    for site in shift.gained:
        by_line.setdefault(site.line, []).append(site)
    for line in sorted(by_line):
        kinds = Counter(site.what for site in by_line[line])
        what = ", ".join(counted(kinds[kind], kind) for kind in KINDS if kinds[kind])
        new = "new " if entry.before is None else ""
        more = "has" if new else "gains"
        yield _hint(
            entry.after.path, line, f"The {new}hot function `{name}`{reached} {more} {what} here."
        )


def _hint(path: str, line: int, text: str) -> Hint:
    return Hint(path, line, f"fact:{NAME}", text[:TEXT_LIMIT])


def _line(site: Site) -> int:
    return site.line


def _place(entry: Entry) -> tuple[str, int]:
    function = entry.after or entry.before
    return (function.path, function.start) if function else ("", 0)
