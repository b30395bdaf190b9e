"""The rules in words: the list, one explained, the page in the documentation."""

from __future__ import annotations

import json
import re

from reviewer.detect.catalogue import CATALOGUE
from reviewer.detect.hint_rule import HintRule
from reviewer.detect.registry import HINTS
from reviewer.detect.rule import Described, Explained, Rule
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
[guide](guide.md#severity). Below the rules stand the [hints](#hints-for-the-agent-only)."""
_SILENCE = """\
## How to silence one

On a line, by a comment on it or alone above it, with a reason; without one the comment is void:

```rust
// reviewer: allow(A16) an empty field means a market order here
let price = row.price.parse().unwrap_or(0.0);
```

Several ids stand between the brackets with commas. A change that brings such a comment is obeyed,
and its review says so: `silenced by this change: A16 at src/row.rs:2 (an empty field ...)`. A
secret (S) is allowed by the scanner's own words, `pragma: allowlist secret`, and what hides in a
line (H) by nothing.

In a whole repository, in `.github/trading-reviewer.yml` on the base branch:

```yaml
rules:
  off:
    - id: A16
      reason: "prices are checked where they are used"
```"""
_HINT_HEAD = """\
## Hints for the agent only

What is worth a look and too often harmless to be shown. A hint is never posted: the agent gets it
as a claim to confirm or refute, with what would have to be true for it to cost money. Without an
agent hints are silent. It gets those first that were most often mistakes when places of eight
public crates were read, at most 6 of a hint in a file and 60 in a change. Hints marked *once* are
decisions rather than mistakes and are told once a change. They are silenced as rules are."""
_ONCE = "once"
_COMMENT = "// reviewer: allow({}) <reason>"
_ELSEWHERE = "elsewhere"
_COLUMNS = (*(room.label for room in Room), _ELSEWHERE)


def rules_list(*, colour: bool) -> str:
    """All rules, one a line, and the hints below them."""
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
    lines += ["", paint("hints (for the agent only)", colour, bold=True)]
    lines += [f"{hint.id.ljust(widths[0])}  {hint.title}" for hint in HINTS]
    return "\n".join(lines)


def rules_json() -> str:
    """All rules and hints with all their texts."""
    return json.dumps([_fields(rule) for rule in (*CATALOGUE, *HINTS)], indent=2)


def rule_json(rule: Described) -> str:
    """One rule with all its texts."""
    return json.dumps(_fields(rule), indent=2)


def explained(rule: Described, *, colour: bool, width: int) -> str:
    """One rule or hint for a terminal."""
    return "\n\n".join(
        (
            paint(f"{rule.id}  {rule.title}", colour, bold=True),
            _standing(rule, colour),
            wrapped(rule.why, width),
            paint(_loses(rule), colour, bold=True),
            _indented(rule.example),
            paint("This does not:", colour, bold=True),
            _indented(rule.counter_example),
            *_silencing(rule, colour),
        )
    )


def _silencing(rule: Described, colour: bool) -> tuple[str, ...]:
    """The comment that allows it; none for what is not found in the tree of one file."""
    if not isinstance(rule, Rule | HintRule):
        return ()
    return paint("To silence it on a line:", colour, bold=True), f"    {_COMMENT.format(rule.id)}"


def _standing(rule: Described, colour: bool) -> str:
    """How severe a rule is; of a hint, that it is none."""
    if not isinstance(rule, Explained):
        return "A hint for the agent only: it is never posted by itself."
    rated = list(zip(_COLUMNS, _severities(rule), strict=True))
    if len(set(_severities(rule))) == 1:
        lowered = ", less in some places" if rule.lowered else ""
        return f"Severity: {paint(rule.severity, colour, severity=rule.severity)}{lowered}"
    severities = ", ".join(
        f"{paint(severity, colour, severity=severity)} ({place})" for place, severity in rated
    )
    return f"Severity: {severities}"


def _loses(rule: Described) -> str:
    return "This loses money:" if isinstance(rule, Explained) else "This can lose money:"


def rule_text(rule: Explained) -> str:
    """One rule without any markup."""
    return (
        f"{rule.why}\n\nThis loses money:\n\n{_indented(rule.example)}\n\n"
        f"This does not:\n\n{_indented(rule.counter_example)}"
    )


def rule_markdown(rule: Described) -> str:
    """What there is to say of a rule below its name."""
    return (
        f"{rule.why}\n\n{_loses(rule)}\n\n{_fenced(rule.example)}\n\n"
        f"This does not:\n\n{_fenced(rule.counter_example)}"
    )


def rules_page() -> str:
    """docs/rules.md."""
    table = [f"| rule | {' | '.join(_COLUMNS)} |", "| --- |" + " --- |" * len(_COLUMNS)]
    table += [
        f"| [{rule.id}](#{_anchor(rule)}) {rule.title} | {' | '.join(_severities(rule))} |"
        for rule in CATALOGUE
    ]
    parts = [_HEAD, "\n".join(table), _lowered_ones(), _SILENCE]
    for rule in CATALOGUE:
        parts += [f"## {_heading(rule)}", rule_markdown(rule)]
    parts += [_HINT_HEAD, "\n".join(_hint_table())]
    for hint in HINTS:
        parts += [f"### {_heading(hint)}", rule_markdown(hint)]
    return "\n\n".join(parts) + "\n"


def _lowered_ones() -> str:
    """Which rows of the table say the worst and not all."""
    lowered = [f"[{rule.id}](#{_anchor(rule)})" for rule in CATALOGUE if rule.lowered]
    *others, last = lowered
    return f"Of {', '.join(others)} and {last} some places are less severe than that: see there."


def _hint_table() -> list[str]:
    rows = [
        f"| [{hint.id}](#{_anchor(hint)}) {hint.title} | {_ONCE if hint.once_per_change else ''} |"
        for hint in HINTS
    ]
    return ["| hint | |", "| --- | --- |", *(row.replace("|  |", "| |") for row in rows)]


def _fields(rule: Described) -> dict[str, object]:
    fields: dict[str, object] = {"id": rule.id, "title": rule.title, "category": rule.category}
    if isinstance(rule, Explained):
        fields["shown"] = True
        fields["severity"] = {
            **{room.value: rule.severity_in((room,)) for room in Room},
            _ELSEWHERE: rule.severity,
        }
    if isinstance(rule, HintRule):
        fields["shown"] = False
        fields["chance"] = rule.chance
        fields["once_per_change"] = bool(rule.once_per_change)
    return fields | {
        "why": rule.why,
        "example": rule.example,
        "counter_example": rule.counter_example,
    }


def _severities(rule: Explained) -> tuple[Severity, ...]:
    return (*(rule.severity_in((room,)) for room in Room), rule.severity)


def _heading(rule: Described) -> str:
    return f"{rule.id}: {rule.title}"


def _anchor(rule: Described) -> str:
    """As GitHub makes it of a heading."""
    return re.sub(r"[^\w -]", "", _heading(rule).lower()).replace(" ", "-")


def _indented(code: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in visible(code).rstrip("\n").split("\n"))


def _fenced(code: str) -> str:
    return f"```rust\n{visible(code).rstrip()}\n```"
