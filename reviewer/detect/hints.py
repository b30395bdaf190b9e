"""All hint rules over a change: claims for the agent, on added lines of code that is no test."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from reviewer.detect.hint import Hint
from reviewer.detect.hint_rule import HintRule, Spot, one_line
from reviewer.detect.hot import in_hot_function
from reviewer.detect.registry import HINTS
from reviewer.detect.run import lines_of_rules
from reviewer.detect.silence import allowance
from reviewer.looks import OUTRIGHT, Looks
from reviewer.pull.diff import FileDiff
from reviewer.rust.file import RustFile

MOST_IN_FILE = 6
"""Hints of one rule in one file: what a rule says a seventh time, it has said."""
MOST_IN_CHANGE = 60


@dataclass(frozen=True, slots=True)
class _Seen:
    rule: HintRule
    path: str
    spot: Spot
    turn: int
    """0 for the first `MOST_IN_FILE` of its rule in the change, 1 for the next, and so on."""


def hints(
    files: Iterable[tuple[FileDiff, RustFile]],
    looks: Looks = OUTRIGHT,
    rules: tuple[HintRule, ...] = HINTS,
) -> tuple[tuple[Hint, ...], tuple[str, ...]]:
    """The hints, the most important first, and at most one summary line a rule.

    What was most often a mistake when it was judged comes first (`HintRule.chance`), within a rule
    what stands in a hot function. No rule takes the places of others: each has its first six before
    any has its seventh. A rule that is told once a change gives one hint, at its first place.
    """
    found: dict[str, list[tuple[str, Spot]]] = {}
    every: dict[str, int] = {}
    for diff, file in files:
        added = diff.added_numbers()
        if not added:
            continue
        for rule in rules:
            see = partial(_hottest_first, rule, file, added)
            spots = looks.at(f"hint:{rule.id}", diff.path, see, ())
            every[rule.id] = every.get(rule.id, 0) + len(spots)
            places = [(diff.path, spot) for spot in spots[:MOST_IN_FILE]]
            found.setdefault(rule.id, []).extend(places)
    seen = [seen for rule in rules for seen in _in_turns(rule, found.get(rule.id, []))]
    seen.sort(key=lambda one: (one.turn, -one.rule.chance))
    chosen = tuple(_hint(one, every[one.rule.id]) for one in seen[:MOST_IN_CHANGE])
    once = (rule for rule in rules if rule.once_per_change and every.get(rule.id))
    return chosen, tuple(rule.summary(every[rule.id]) for rule in once)


def _hottest_first(rule: HintRule, file: RustFile, added: frozenset[int]) -> list[Spot]:
    spots = list(_on_added_lines(rule, file, added))
    return sorted(spots, key=lambda spot: not in_hot_function(file, spot.line))


def _on_added_lines(rule: HintRule, file: RustFile, added: frozenset[int]) -> Iterator[Spot]:
    """A spot a line, in the order of the lines."""
    by_line: dict[int, Spot] = {}
    for spot in rule.spots(file):
        if spot.line in added and not file.in_test(spot.line):
            by_line.setdefault(spot.line, spot)
    reported = file.once(lines_of_rules) if by_line else frozenset()
    for line in sorted(by_line):
        if line not in reported and allowance(file, rule.id, line) is None:
            yield by_line[line]


def _in_turns(rule: HintRule, places: list[tuple[str, Spot]]) -> Iterator[_Seen]:
    told = places[:1] if rule.once_per_change else places
    for number, (path, spot) in enumerate(told):
        yield _Seen(rule, path, spot, number // MOST_IN_FILE)


def _hint(seen: _Seen, count: int) -> Hint:
    text = seen.spot.text
    if seen.rule.once_per_change and count > 1:
        text = f"The first of {count}: {text}"
    return Hint(seen.path, seen.spot.line, f"hint:{seen.rule.id}", one_line(text))
