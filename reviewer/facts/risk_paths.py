"""The ways to every send of an order, and the checks on them, before and after the change."""

from __future__ import annotations

from reviewer.detect.hint import Hint
from reviewer.facts.change import Change
from reviewer.facts.fact import Fact, Points, Table
from reviewer.facts.risk_path_checks import CONDITION
from reviewer.facts.risk_path_claims import entry_of, finding_of, hint_of, short
from reviewer.facts.risk_path_diff import PathChange, PathsDiff, diff_paths
from reviewer.finding import Finding

NAME = "risk paths"
_HEADER = ("entry", "sends through", "checks before", "checks after", "line")
_MOST_ROWS, _MOST_HINTS = 20, 10
_SHOWN_ENTRIES, _SHOWN_SENDS, _SHOWN_CHECKS, _SHOWN_BETWEEN = 2, 2, 4, 2


def look_at_risk_paths(change: Change) -> Fact | None:
    """The ways to a send that are new or pass other checks than before."""
    diff = diff_paths(change)
    if not diff.changes:
        notes = _notes(diff, 0)
        return (
            Fact(NAME, "some ways to send were not compared", (Points(notes),)) if notes else None
        )
    told = sorted(diff.changes, key=lambda changed: not (changed.lacking or changed.lost))
    ways = _ways(told)
    rows = list(dict.fromkeys(_rows(ways)))
    findings: dict[tuple[str, int, str], Finding] = {}
    hints: dict[tuple[str, int], Hint] = {}
    for changed in told:
        finding, hint = finding_of(changed, change), hint_of(changed, change)
        if finding is not None:
            findings.setdefault((finding.path, finding.line, finding.source), finding)
        elif hint is not None:
            hints.setdefault((hint.path, hint.line), hint)
    notes = _notes(diff, len(rows) - _MOST_ROWS)
    return Fact(
        name=NAME,
        headline=_headline([same[0] for same in ways]),
        parts=(Table(_HEADER, tuple(rows[:_MOST_ROWS])), *([Points(notes)] if notes else [])),
        hints=tuple(hints.values())[:_MOST_HINTS],
        findings=tuple(findings.values()),
    )


def _headline(told: list[PathChange]) -> str:
    new = sum(changed.before is None for changed in told)
    bare = sum(changed.before is None and bool(changed.lacking) for changed in told)
    lost = sum(bool(changed.lost) and not changed.gained for changed in told)
    counts = [f"{new} new {_noun(new)} to send"] if new else []
    if bare:
        counts.append(f"{bare} without the checks of its siblings")
    if lost:
        counts.append(f"{lost} {_noun(lost)} lost a check")
    other = len(told) - new - lost
    if other:
        counts.append(f"{other} {_noun(other)} with other checks than before")
    return ", ".join(counts)


def _noun(count: int) -> str:
    return "way" if count == 1 else "ways"


def _ways(told: list[PathChange]) -> list[list[PathChange]]:
    """The changes of each way; those that differ in the send alone are one."""
    found: dict[tuple[str, ...], list[PathChange]] = {}
    for changed in told:
        found.setdefault((*changed.after.functions, *_sides(changed)), []).append(changed)
    return list(found.values())


def _rows(ways: list[list[PathChange]]) -> list[tuple[str, ...]]:
    """A row for each new way, and one for all ways that changed alike."""
    alike: dict[object, list[list[PathChange]]] = {}
    for same in ways:
        first = same[0]
        key = _sides(first) if first.before is not None else id(first)
        alike.setdefault(key, []).append(same)
    return [_row(found) for found in alike.values()]


def _row(ways: list[list[PathChange]]) -> tuple[str, ...]:
    path = ways[0][0].after
    entries = list(dict.fromkeys(entry_of(same[0].after) for same in ways))
    between = [short(name) for name in path.functions[1:]]
    if len(between) > _SHOWN_BETWEEN:
        between = [between[0], "…", between[-1]]
    sends = list(dict.fromkeys(changed.after.send for changed in ways[0]))
    through = " > ".join([*between, _listed(sends, _SHOWN_SENDS)])
    line = f"{path.lines[-1][0]}:{path.lines[-1][1]}"
    return _listed(entries, _SHOWN_ENTRIES), through, *_sides(ways[0][0]), line


def _sides(changed: PathChange) -> tuple[str, str]:
    """The checks before and after; of a way that was there, those that differ."""
    was, now = changed.before, changed.after
    if was is None:
        return "no such way", _checks(now.checks, now.perhaps - now.checks, 0)
    stay = len(was.checks & now.checks)
    return (
        _checks(was.checks - now.checks, (now.checks & was.perhaps) - was.checks, stay),
        _checks(now.checks - was.checks, (was.checks & now.perhaps) - now.checks, stay),
    )


def _checks(always: frozenset[str], perhaps: frozenset[str], others: int) -> str:
    names = sorted(always)
    names += [name if name == CONDITION else f"{name} (not always)" for name in sorted(perhaps)]
    if others:
        told = f"{others} other{'' if others == 1 else 's'}"
        return f"{_listed(names, _SHOWN_CHECKS)} and {told}" if names else told
    return _listed(names, _SHOWN_CHECKS) or "none"


def _listed(names: list[str], most: int) -> str:
    left = len(names) - most
    if left <= 1:
        return ", ".join(names)
    return f"{', '.join(names[:most])} and {left} more"


def _notes(diff: PathsDiff, left_out: int) -> tuple[str, ...]:
    notes = [f"and {left_out} more rows"] if left_out > 0 else []
    if diff.cut:
        notes.append(f"too many ways to compare: {', '.join(sorted(diff.cut)[:5])}")
    return tuple(notes)
