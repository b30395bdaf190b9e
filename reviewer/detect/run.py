"""All rules over a change: findings on added lines of code that is no test."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reviewer.detect.registry import RULES
from reviewer.detect.rule import TITLE_LIMIT, Hit, Rule
from reviewer.finding import Evidence, Finding
from reviewer.pull.diff import FileDiff, Side
from reviewer.rust.file import RustFile
from reviewer.scope.rooms import Room, Scope

_LISTED = 10
"""Repeated lines that a finding names; the rest is a number."""


def detect(files: Iterable[tuple[FileDiff, RustFile]], scope: Scope) -> list[Finding]:
    """What the rules find, in the order of the files, of the lines, of the rules."""
    found: list[Finding] = []
    for diff, file in files:
        added = diff.added_numbers()
        if not added:
            continue
        rooms = scope.of(diff.path)
        posted = [
            _finding(rule, hits, diff, file, rooms)
            for rule in RULES
            if (hits := _on_added_lines(rule, file, added))
        ]
        found.extend(sorted(posted, key=lambda finding: finding.line))
    return found


def _on_added_lines(rule: Rule, file: RustFile, added: frozenset[int]) -> list[Hit]:
    by_line: dict[int, Hit] = {}
    for hit in rule.hits(file):
        moved = _onto(hit, file, added)
        if moved is not None and not file.in_test(moved.line):
            by_line.setdefault(moved.line, moved)
    return [by_line[line] for line in sorted(by_line)]


def _onto(hit: Hit, file: RustFile, added: frozenset[int]) -> Hit | None:
    """The hit on the line that the change added; None if the mistake was there before."""
    if hit.line in added:
        return hit
    line = next((line for line in hit.also if line in added), None)
    if line is None:
        return None
    also = (hit.line, *(other for other in hit.also if other != line))
    return Hit(line, None, hit.title, hit.scenario, file.line(line), also)


def _finding(
    rule: Rule, hits: Sequence[Hit], diff: FileDiff, file: RustFile, rooms: tuple[Room, ...]
) -> Finding:
    """One finding for all hits of a rule in a file: the first, which names the others."""
    first, *others = hits
    lines = [hit.line for hit in others]
    shown = (*first.also, *lines[:_LISTED])
    return Finding(
        path=diff.path,
        side=Side.RIGHT,
        line=first.line,
        start_line=_range_start(first, diff),
        quote=first.quote,
        category=rule.category,
        severity=rule.severity_in(rooms),
        title=first.title if len(first.title) <= TITLE_LIMIT else rule.title,
        scenario=first.scenario + _repeats(lines),
        source=f"rule:{rule.id}",
        scope_path=file.scope_path(first.line),
        evidence=tuple(Evidence(diff.path, line, file.line(line)) for line in shown),
        replacement=first.replacement,
    )


def _range_start(hit: Hit, diff: FileDiff) -> int | None:
    """A comment's range must lie in one hunk; otherwise it stands on the last line alone."""
    if hit.start_line is None or hit.start_line == hit.line:
        return None
    hunk = diff.hunk_at(Side.RIGHT, hit.line)
    return hit.start_line if hunk and hunk.new_start <= hit.start_line else None


def _repeats(lines: Sequence[int]) -> str:
    if not lines:
        return ""
    named = [str(line) for line in lines[:_LISTED]]
    rest = len(lines) - len(named)
    if rest:
        listed = f"{', '.join(named)} and {rest} more"
    elif len(named) > 1:
        listed = f"{', '.join(named[:-1])} and {named[-1]}"
    else:
        listed = named[0]
    times = "once more" if len(lines) == 1 else f"{len(lines)} more times"
    return f" The same {times} in this file: line{'s' if len(lines) > 1 else ''} {listed}."
