"""`// reviewer: allow(A16) reason`: a rule is silent about a line, and says who asked for it.

The comment stands on the line, or alone on the lines right above it. Without a reason it is void.
A comment that the change itself adds is obeyed too, for the author may well be right, but it is
told with the review: no change can silence a rule on itself unseen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reviewer.detect.hint_rule import one_line
from reviewer.finding import Finding
from reviewer.pull.diff import FileDiff
from reviewer.rust.file import RustFile

_COMMENT = re.compile(r"//\s*reviewer:\s*allow\(([\w\s,]{1,200})\)\s*[:-]?\s*(.*)", re.DOTALL)
_WORD = re.compile(r"\w")
_STACKED = 8
"""Comment lines above a line that are looked through; each can allow another rule."""
_REASON_LIMIT = 120
_NAMED = 10
"""Silences that are named one by one; of more only the number is told."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """One comment that allows rules, by their ids in lower case. `line` is its own."""

    rules: frozenset[str]
    reason: str
    line: int


@dataclass(frozen=True, slots=True)
class Silence:
    """A finding that was not reported because a comment allows it."""

    rule: str
    path: str
    line: int
    reason: str
    """One line of plain text, as the author wrote it: to be defanged before it is shown."""
    by_this_change: bool
    """Whether the change added the comment itself."""


def allowance(file: RustFile, rule: str, *lines: int) -> Allowance | None:
    """The comment that allows the rule on one of these lines."""
    found = file.once(_allowances)
    if not found:
        return None
    name = rule.lower()
    near = (comment for line in lines for comment in found.get(line, ()))
    return next((comment for comment in near if name in comment.rules), None)


def heard(
    findings: Iterable[Finding], files: Mapping[str, tuple[FileDiff, RustFile]]
) -> tuple[tuple[Finding, ...], tuple[Silence, ...]]:
    """Findings that no comment allows, and those that one does; for what no rule found in a line
    alone."""
    loud: list[Finding] = []
    silenced: list[Silence] = []
    for finding in findings:
        rule = finding.source.removeprefix("rule:")
        at = files.get(finding.path)
        lines = (finding.line, finding.start_line or finding.line)
        allowed = allowance(at[1], rule, *lines) if at else None
        if at is None or allowed is None:
            loud.append(finding)
        else:
            own = allowed.line in at[0].added_numbers()
            silenced.append(Silence(rule, finding.path, finding.line, allowed.reason, own))
    return tuple(loud), tuple(silenced)


def told(silences: Iterable[Silence]) -> tuple[str, ...]:
    """What the review says of rules that the change silenced on itself, a line each."""
    own = [silence for silence in silences if silence.by_this_change]
    lines = [
        f"silenced by this change: {silence.rule} at {one_line(silence.path)}:{silence.line} "
        f"({silence.reason})"
        for silence in own[:_NAMED]
    ]
    if len(own) > _NAMED:
        lines.append(f"silenced by this change: {len(own) - _NAMED} more")
    return tuple(lines)


def _allowances(file: RustFile) -> Mapping[int, list[Allowance]]:
    """The comments by the line of code that they speak of."""
    found: dict[int, list[Allowance]] = {}
    for node in file.nodes("line_comment") if "allow(" in file.text else ():
        written = _COMMENT.match(file.code(node, 1_000))
        if written is None or not _WORD.search(written[2]):
            continue
        line = node.start_point.row + 1
        names = frozenset(name.strip().lower() for name in written[1].split(","))
        comment = Allowance(names, one_line(written[2], _REASON_LIMIT), line)
        found.setdefault(_meant(file, line), []).append(comment)
    return found


def _meant(file: RustFile, line: int) -> int:
    """The line itself if it holds code, else the first below that is no comment."""
    for number in range(line, line + _STACKED):
        if not file.line(number).lstrip("\ufeff \t").startswith("//"):
            return number
    return line
