"""Claims that depend on the code that was really sent: what to say about which line.

Nothing here thinks; it only looks in the gutter for the line that a claim is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

_FILE = re.compile(r"### FILE (.+) \([^()]*\)\Z")
_LINE = re.compile(r"([RL])(\d+) ([+ -])(?: (.*))?\Z")
_CLAIM = re.compile(r"CLAIM (c\d+)\n(?:.*\n){0,3}?title: (.*)")
_KINDS = {"+": "added", " ": "context", "-": "removed"}


class Planted(BaseModel):
    """A claim, and the lines that it is made about."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path_regex: str = ""
    line_regex: str
    kinds: tuple[Literal["added", "context", "removed"], ...] = ("added",)
    most: int = 1
    """Claims of this sort in one answer."""
    finding: dict[str, Any]
    """Fields of a finding; those that say where it stands are filled in."""
    verdict: dict[str, Any] = {}
    """Fields of the verdict when a second reader is asked about it; left out, it is confirmed."""


@dataclass(frozen=True, slots=True)
class SeenLine:
    """A line of the packed view."""

    path: str
    side: Literal["LEFT", "RIGHT"]
    number: int
    kind: str
    text: str


def seen_lines(view: str) -> Iterator[SeenLine]:
    """The numbered lines under their files."""
    path = ""
    for line in view.split("\n"):
        heading = _FILE.match(line)
        if heading:
            path = heading[1]
            continue
        match = _LINE.match(line)
        if match and path:
            side: Literal["LEFT", "RIGHT"] = "RIGHT" if match[1] == "R" else "LEFT"
            yield SeenLine(path, side, int(match[2]), _KINDS[match[3]], match[4] or "")


def planted_envelope(view: str, table: Sequence[Planted]) -> dict[str, Any]:
    """An answer with every planted claim whose line is in the view, or with verdicts on claims."""
    asked = _CLAIM.findall(view)
    if asked:
        return _answer(
            f"The stand-in for the model judged {len(asked)} claims.",
            verdicts=[_verdict(name, title, table) for name, title in asked],
        )
    lines = list(seen_lines(view))
    findings: list[dict[str, Any]] = []
    for planted in table:
        hits = [
            line
            for line in lines
            if line.kind in planted.kinds
            and re.search(planted.path_regex, line.path)
            and re.search(planted.line_regex, line.text)
        ]
        findings.extend(_finding(planted, line) for line in hits[: planted.most])
    return _answer(f"The stand-in for the model read {len(lines)} lines.", findings=findings)


def _answer(
    summary: str,
    *,
    findings: Sequence[dict[str, Any]] = (),
    verdicts: Sequence[dict[str, Any]] = (),
) -> dict[str, Any]:
    return {
        "summary": summary,
        "findings": list(findings),
        "verdicts": list(verdicts),
        "not_checked": [],
        "questions": [],
    }


def _verdict(name: str, title: str, table: Sequence[Planted]) -> dict[str, Any]:
    planted = next((p for p in table if p.finding.get("title") == title), None)
    return {
        "against": "Nothing that is shown speaks against it.",
        "run": "As the claim says.",
        "verdict": "confirmed",
        "severity": planted.finding.get("severity", "important") if planted else "important",
        "assumption": "",
        "evidence": [],
        "replacement": None,
        "references": [],
        **(planted.verdict if planted else {}),
        "id": name,
    }


def _finding(planted: Planted, line: SeenLine) -> dict[str, Any]:
    return {
        "start_line": None,
        "category": "order_logic",
        "severity": "important",
        "evidence": [],
        "assumption": "",
        "confidence": "likely",
        **planted.finding,
        "path": line.path,
        "side": line.side,
        "line": line.number,
        "quote": line.text.strip(),
    }


PLANTED = (
    Planted(
        line_regex=r"\bas f64\b.*\bas [iu](?:32|64)\b",
        finding={
            "category": "money_arithmetic",
            "severity": "critical",
            "title": "An amount of money goes through a float and is cut off",
            "scenario": (
                "An amount above 2^53 loses its last digits as an `f64`, and the cast back drops "
                "the fraction instead of rounding against the account. A limit is then compared "
                "with a smaller amount than the order has, and the order passes."
            ),
            "confidence": "certain",
        },
    ),
    Planted(
        line_regex=r"self\.next_seq = seq \+ 1|pop_first\(\)",
        path_regex=r"market_data",
        finding={
            "category": "market_data",
            "severity": "critical",
            "title": "Held-back packets are applied across a second gap",
            "scenario": (
                "Packets 5 and 7 are missing, 6 and 8 are held back. When 5 arrives, 6 is applied "
                "and then 8 as well, although 7 never came. The book misses an update and is shown "
                "as whole, so that orders are priced on levels that do not exist."
            ),
            "confidence": "certain",
        },
    ),
    Planted(
        line_regex=r"let mut \w+ = self\.\w+\.lock\(\)",
        finding={
            "category": "concurrency",
            "severity": "important",
            "title": "A lock is held while the venue is waited for",
            "scenario": (
                "The guard lives until the end of the function and with it over the await of the "
                "send. While the venue is slow, every other task that needs the session blocks its "
                "worker thread, acknowledgements among them, so that nothing is confirmed."
            ),
        },
    ),
)
"""For the sample exchange of the demo."""
