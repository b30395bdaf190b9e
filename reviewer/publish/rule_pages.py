"""The rules in words: the list, one explained, the page in the documentation."""

from __future__ import annotations

import json
import re

from reviewer.detect.catalogue import CATALOGUE
from reviewer.detect.rule import Explained
from reviewer.finding import Severity
from reviewer.publish.defang import visible
from reviewer.publish.paint import paint, wrapped
from reviewer.scope.rooms import Room

_HEAD = """\
# The rules

What the reviewer proves without a model, on the added lines of a change: in Rust outside tests; H1
to H3 and S1 in any file; R1 and R2 on the ways to a send through the whole repository. Made by
`reviewer rules --markdown`; `reviewer rules A16` shows one rule.

A rule is more severe in the rooms where its mistake costs more. What the severities mean is in the
[guide](guide.md#severity)."""
_ELSEWHERE = "elsewhere"
_COLUMNS = (*(room.label for room in Room), _ELSEWHERE)


def rules_list(*, colour: bool) -> str:
    """All rules, one a line."""
    rows = [("id", *_COLUMNS, "title")]
    rows += [(rule.id, *_severities(rule), rule.title) for rule in CATALOGUE]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    lines = []
    for number, (*cells, title) in enumerate(rows):
        padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=True)]
        if number == 0:
            lines.append(paint("  ".join((*padded, title)), colour, bold=True))
        else:
            shown = [paint(cell, colour, severity=cell.strip()) for cell in padded]
            lines.append("  ".join((*shown, title)))
    return "\n".join(lines)


def rules_json() -> str:
    """All rules with all their texts."""
    return json.dumps([_fields(rule) for rule in CATALOGUE], indent=2)


def rule_json(rule: Explained) -> str:
    """One rule with all its texts."""
    return json.dumps(_fields(rule), indent=2)


def explained(rule: Explained, *, colour: bool, width: int) -> str:
    """One rule for a terminal."""
    rated = list(zip(_COLUMNS, _severities(rule), strict=True))
    if len(set(_severities(rule))) == 1:
        severities = paint(rule.severity, colour, severity=rule.severity)
    else:
        severities = ", ".join(
            f"{paint(severity, colour, severity=severity)} ({place})" for place, severity in rated
        )
    return "\n\n".join(
        (
            paint(f"{rule.id}  {rule.title}", colour, bold=True),
            f"Severity: {severities}",
            wrapped(rule.why, width),
            paint("This loses money:", colour, bold=True),
            _indented(rule.example),
            paint("This does not:", colour, bold=True),
            _indented(rule.counter_example),
        )
    )


def rule_text(rule: Explained) -> str:
    """One rule without any markup."""
    return (
        f"{rule.why}\n\nThis loses money:\n\n{_indented(rule.example)}\n\n"
        f"This does not:\n\n{_indented(rule.counter_example)}"
    )


def rule_markdown(rule: Explained) -> str:
    """What there is to say of a rule below its name."""
    return (
        f"{rule.why}\n\nThis loses money:\n\n{_fenced(rule.example)}\n\n"
        f"This does not:\n\n{_fenced(rule.counter_example)}"
    )


def rules_page() -> str:
    """docs/rules.md."""
    table = [f"| rule | {' | '.join(_COLUMNS)} |", "| --- |" + " --- |" * len(_COLUMNS)]
    table += [
        f"| [{rule.id}](#{_anchor(rule)}) {rule.title} | {' | '.join(_severities(rule))} |"
        for rule in CATALOGUE
    ]
    parts = [_HEAD, "\n".join(table)]
    for rule in CATALOGUE:
        parts += [f"## {_heading(rule)}", rule_markdown(rule)]
    return "\n\n".join(parts) + "\n"


def _fields(rule: Explained) -> dict[str, object]:
    return {
        "id": rule.id,
        "title": rule.title,
        "category": rule.category,
        "severity": {
            **{room.value: rule.severity_in((room,)) for room in Room},
            _ELSEWHERE: rule.severity,
        },
        "why": rule.why,
        "example": rule.example,
        "counter_example": rule.counter_example,
    }


def _severities(rule: Explained) -> tuple[Severity, ...]:
    return (*(rule.severity_in((room,)) for room in Room), rule.severity)


def _heading(rule: Explained) -> str:
    return f"{rule.id}: {rule.title}"


def _anchor(rule: Explained) -> str:
    """As GitHub makes it of a heading."""
    return re.sub(r"[^\w -]", "", _heading(rule).lower()).replace(" ", "-")


def _indented(code: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in visible(code).rstrip("\n").split("\n"))


def _fenced(code: str) -> str:
    return f"```rust\n{visible(code).rstrip()}\n```"
