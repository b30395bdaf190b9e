"""The changed parts of a file: each changed item, and what a hunk changes outside all items."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reviewer.pull.diff import FileDiff, Line, LineKind
from reviewer.rust.file import RustFile
from reviewer.rust.items import Item
from reviewer.rust.macro_calls import macro_calls
from reviewer.scope.inert import InertLines
from reviewer.scope.support import binds

TESTS = "only tests change"
BINDING = "only what is offered to another language changes"
HELPS_TESTS = "only what helps tests changes"
BY_TOOL = "a tool wrote the file"
_STRING = re.compile(r"\"(?:[^\"\\]|\\.)*\"")
_LOG_NAMES = frozenset(
    {"trace", "debug", "info", "warn", "error", "println", "eprintln", "print", "eprint", "msg"}
)
_LOGS = re.compile(
    r"\s*(?:log::|tracing::)?(?:trace|debug|info|warn|error|e?println|e?print|msg)!\([^()]*\);?\s*\Z"
)
"""A log call that calls nothing else."""
_TEST_HELP = re.compile(r"(?:\A|_)(?:tests?|testing|mocks?|fixtures?)(?:_|\Z)")
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Part:
    """A changed item, or what a hunk changes outside all items."""

    start: int
    end: int
    items: tuple[Item, ...]
    lines: tuple[str, ...]
    aside: str = ""
    """Why it is in no room, whatever its names are; else empty. Only `TESTS` is never reviewed:
    a name, an attribute or a comment can be chosen to look harmless."""


def changed_parts(diff: FileDiff, file: RustFile) -> list[Part]:
    """In the order of the file. What runs nothing is left out; so is a log line put differently."""
    lines: dict[tuple[int, int], list[tuple[Line, bool]]] = {}
    chains: dict[tuple[int, int], tuple[Item, ...]] = {}
    asides: dict[tuple[int, int], str] = {}
    inert, logged = InertLines(file), _log_rows(file)
    for number, hunk, line in _touched(diff):
        if inert.holds(number, line.text, removed=line.kind is LineKind.REMOVED):
            continue
        chain = file.items_around(number)
        inner = chain[-1] if chain else None
        place = (inner.start, inner.end) if inner else hunk
        # A removed line has the number of the line before it.
        within = number in logged or (line.kind is LineKind.REMOVED and number + 1 in logged)
        lines.setdefault(place, []).append((line, within or _logs(line)))
        chains[place] = chain
        if file.in_test(number):
            asides[place] = TESTS
        elif asides.get(place, TESTS) == TESTS:
            asides[place] = _aside(file, chain)
    return [
        Part(*place, chains[place], left, asides[place])
        for place in sorted(lines)
        if (left := _without_logs(lines[place]))
    ]


def _aside(file: RustFile, chain: Sequence[Item]) -> str:
    if any(_helps_tests(item) for item in chain):
        return HELPS_TESTS
    return BINDING if binds(file, chain) else ""


def _helps_tests(item: Item) -> bool:
    return item.kind == "mod" and bool(_TEST_HELP.search(item.name))


def _without_logs(lines: list[tuple[Line, bool]]) -> tuple[str, ...]:
    """The texts; without its log calls where none is added that does not replace one."""
    logs = [line for line, logs in lines if logs]
    added = sum(line.kind is LineKind.ADDED for line in logs)
    if 2 * added > len(logs):
        return tuple(line.text for line, _ in lines)
    return tuple(line.text for line, logs in lines if not logs)


def _logs(line: Line) -> bool:
    return bool(_LOGS.match(_STRING.sub("", line.text[:_LONGEST])))


def _log_rows(file: RustFile) -> frozenset[int]:
    """The inner lines of log calls that call nothing else."""
    rows: set[int] = set()
    for _, node in macro_calls(file, _LOG_NAMES):
        first, last = node.start_point.row + 1, node.end_point.row + 1
        if last - first > 1 and _STRING.sub("", file.code(node)).count("(") == 1:
            rows.update(range(first + 1, last))
    return frozenset(rows)


def _touched(diff: FileDiff) -> Iterable[tuple[int, tuple[int, int], Line]]:
    """Changed lines with a head line number (removed ones: of the line before) and their hunk."""
    for hunk in diff.hunks:
        span = (hunk.new_start, max(hunk.new_start, hunk.new_start + hunk.new_count - 1))
        last = hunk.new_start
        for line in hunk.lines:
            last = line.new if line.new is not None else last
            if line.kind is not LineKind.CONTEXT:
                yield last, span, line
