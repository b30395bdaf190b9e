"""The ways to every send of an order, and the checks on them, before and after the change."""

from __future__ import annotations

from reviewer.detect.hint import Hint
from reviewer.facts.change import Change
from reviewer.facts.fact import Fact, Points, Table
from reviewer.facts.risk_path_claims import entry_of, finding_of, hint_of, short
from reviewer.facts.risk_path_diff import PathChange, PathsDiff, diff_paths
from reviewer.facts.risk_path_walk import CONDITION, SendPath
from reviewer.finding import Finding

NAME = "risk paths"
_HEADER = ("entry", "sends through", "checks before", "checks after", "line")
_MOST_ROWS, _MOST_HINTS = 20, 10


def look_at_risk_paths(change: Change) -> Fact | None:
    """The ways to a send that are new or pass other checks than before."""
    diff = diff_paths(change)
    if not diff.changes:
        notes = _notes(diff, 0)
        return (
            Fact(NAME, "some ways to send were not compared", (Points(notes),)) if notes else None
        )
    told = sorted(diff.changes, key=lambda changed: not (changed.lacking or changed.lost))
    rows = list(dict.fromkeys(_row(changed) for changed in told))
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
        headline=_headline(told),
        parts=(Table(_HEADER, tuple(rows[:_MOST_ROWS])), *([Points(notes)] if notes else [])),
        hints=tuple(hints.values())[:_MOST_HINTS],
        findings=tuple(findings.values()),
    )


def _headline(told: list[PathChange]) -> str:
    new = sum(changed.before is None for changed in told)
    bare = sum(changed.before is None and bool(changed.lacking) for changed in told)
    lost = sum(bool(changed.lost) for changed in told)
    counts = [f"{new} new {_ways(new)} to send"] if new else []
    if bare:
        counts.append(f"{bare} without the checks of its siblings")
    if lost:
        counts.append(f"{lost} {_ways(lost)} lost a check")
    other = len(told) - new - lost
    if other:
        counts.append(f"{other} {_ways(other)} with other checks than before")
    return ", ".join(counts)


def _ways(count: int) -> str:
    return "way" if count == 1 else "ways"


def _row(changed: PathChange) -> tuple[str, ...]:
    path = changed.after
    through = " > ".join([*(short(name) for name in path.functions[1:]), path.send])
    before = _checks(changed.before) if changed.before is not None else "no such way"
    line = f"{path.lines[-1][0]}:{path.lines[-1][1]}"
    return entry_of(path), through, before, _checks(path), line


def _checks(path: SendPath) -> str:
    names = sorted(path.checks)
    names += [
        name if name == CONDITION else f"{name} (not always)"
        for name in sorted(path.perhaps - path.checks)
    ]
    return ", ".join(names) or "none"


def _notes(diff: PathsDiff, left_out: int) -> tuple[str, ...]:
    notes = [f"and {left_out} more ways"] if left_out > 0 else []
    if diff.cut:
        notes.append(f"too many ways to compare: {', '.join(sorted(diff.cut)[:5])}")
    return tuple(notes)
