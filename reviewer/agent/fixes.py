"""Code of a model that may stand in place of lines: unharmed, and taken as it is."""

from __future__ import annotations

from collections.abc import Iterable

from reviewer.agent.claims import Checker
from reviewer.agent.redact import HIDDEN, redact
from reviewer.agent.untrusted import visible
from reviewer.finding import Finding
from reviewer.pull.diff import Side

MOST_LINES = 20


def whole_lines(
    replacement: Iterable[str] | None, finding: Finding, checker: Checker
) -> tuple[str, ...] | None:
    """The lines that put a finding right; None where they cannot be taken as they are."""
    if replacement is None or finding.side is not Side.RIGHT:
        return None
    lines = tuple(line for text in replacement for line in text.rstrip("\n").split("\n"))
    too_many = len(lines) > MOST_LINES
    if too_many or is_harmed("\n".join(lines)) or list(lines) == checker.head_lines(finding):
        return None
    return lines


def is_harmed(code: str) -> bool:
    """Whether something in it is hidden, or has to be before it is shown."""
    return HIDDEN in code or redact(code) != code or visible(code) != code
