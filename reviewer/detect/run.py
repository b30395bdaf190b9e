"""All rules over a change: findings on added lines of code that is no test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from reviewer.detect.registry import RULES
from reviewer.detect.rule import TITLE_LIMIT, Hit, Rule
from reviewer.detect.silence import Silence, allowance
from reviewer.finding import Evidence, Finding
from reviewer.looks import OUTRIGHT, Looks
from reviewer.pull.diff import FileDiff, Side
from reviewer.rust.file import RustFile
from reviewer.scope.rooms import Room, Scope


@dataclass(frozen=True, slots=True)
class Detected:
    """What the rules find, and what they would have found had no comment allowed it."""

    findings: list[Finding]
    silenced: tuple[Silence, ...]


def detect(files: Iterable[tuple[FileDiff, RustFile]], scope: Scope) -> list[Finding]:
    """What the rules find, a finding a place, in the order of the files, lines and rules.

    Places of one rule in one file are told together only when they are published: each has an
    identity of its own, so that a new one is seen beside an old one that stands.
    """
    return examine(files, scope).findings


def examine(
    files: Iterable[tuple[FileDiff, RustFile]],
    scope: Scope,
    looks: Looks = OUTRIGHT,
    rules: tuple[Rule, ...] = RULES,
) -> Detected:
    """The findings as `detect` gives them, with those that a comment in the code silenced."""
    found: list[Finding] = []
    silenced: list[Silence] = []
    for diff, file in files:
        added = diff.added_numbers()
        if not added:
            continue
        in_file: list[Finding | Silence] = []
        for rule in rules:
            see = partial(_said, rule, HitsOf(rules), (diff, added), file, scope)
            in_file += looks.at(f"rule:{rule.id}", diff.path, see, ())
        for said in sorted(in_file, key=lambda said: said.line):
            if isinstance(said, Finding):
                found.append(said)
            else:
                silenced.append(said)
    return Detected(found, tuple(silenced))


@dataclass(frozen=True, slots=True)
class HitsOf:
    """All hits of these rules by rule, tests included; ask through `file.once`.

    Of a rule that raises it is what it raised.
    """

    rules: tuple[Rule, ...]

    def __call__(self, file: RustFile) -> Mapping[str, tuple[Hit, ...] | Exception]:
        """The hits in one file."""
        return {rule.id: _hits(rule, file) for rule in self.rules}


def lines_of_rules(file: RustFile) -> frozenset[int]:
    """The lines that a shown rule speaks of, allowed or not; ask through `file.once`."""
    by_rule = file.once(HitsOf(RULES)).values()
    return frozenset(hit.line for hits in by_rule if isinstance(hits, tuple) for hit in hits)


def _hits(rule: Rule, file: RustFile) -> tuple[Hit, ...] | Exception:
    try:
        return tuple(rule.hits(file))
    except Exception as error:  # noqa: BLE001 - raised again by whoever asks for this rule
        return error


def _said(
    rule: Rule,
    hits_of: HitsOf,
    changed: tuple[FileDiff, frozenset[int]],
    file: RustFile,
    scope: Scope,
) -> Sequence[Finding | Silence]:
    """What one rule says of one file, of which the change added these lines."""
    diff, added = changed
    hits = file.once(hits_of)[rule.id]
    if isinstance(hits, Exception):
        raise hits
    said: list[Finding | Silence] = []
    for hit in _on_added_lines(hits, file, added):
        allowed = allowance(file, rule.id, hit.line, hit.start_line or hit.line)
        if allowed is None:
            said.append(_finding(rule, hit, diff, file, scope.at(diff.path, hit.line)))
        else:
            own = allowed.line in added
            said.append(Silence(rule.id, diff.path, hit.line, allowed.reason, own))
    return said


def _on_added_lines(hits: Iterable[Hit], file: RustFile, added: frozenset[int]) -> list[Hit]:
    by_line: dict[int, Hit] = {}
    for hit in hits:
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
    quote = file.line(line)
    return Hit(line, None, hit.title, hit.scenario, quote, also, at_most=hit.at_most)


def _finding(
    rule: Rule, hit: Hit, diff: FileDiff, file: RustFile, rooms: tuple[Room, ...]
) -> Finding:
    return Finding(
        path=diff.path,
        side=Side.RIGHT,
        line=hit.line,
        start_line=_range_start(hit, diff),
        quote=hit.quote,
        category=rule.category,
        severity=max(rule.severity_in(rooms), hit.at_most, key=lambda severity: severity.rank),
        title=hit.title if len(hit.title) <= TITLE_LIMIT else rule.title,
        scenario=hit.scenario,
        source=f"rule:{rule.id}",
        scope_path=file.scope_path(hit.line),
        evidence=tuple(Evidence(diff.path, line, file.line(line)) for line in hit.also),
        replacement=hit.replacement,
    )


def _range_start(hit: Hit, diff: FileDiff) -> int | None:
    """A comment's range must lie in one hunk; otherwise it stands on the last line alone."""
    if hit.start_line is None or hit.start_line == hit.line:
        return None
    hunk = diff.hunk_at(Side.RIGHT, hit.line)
    return hit.start_line if hunk and hunk.new_start <= hit.start_line else None
