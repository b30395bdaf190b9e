"""A finding that was said about an earlier head, and what people said to it since."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer.agent.redact import redact
from reviewer.agent.untrusted import visible, visible_name
from reviewer.finding import Category, Finding, Severity
from reviewer.refs import CommitSha

TITLE_CHARS = 300
SCENARIO_CHARS = 4_000
QUOTE_CHARS = 500
SAID_CHARS = 4_000
"""Of the reply that is answered."""
TURN_CHARS = 2_000
"""Of one that stands before it."""
MOST_TURNS = 10
_NAME_CHARS = 60
_CUT = "\n… the rest is left out"


@dataclass(frozen=True, slots=True)
class Earlier:
    """A finding in the words of our own comment. The words may quote a stranger's code."""

    fingerprint: str
    path: str
    """Where the file is at the head of now: renames are followed by the caller."""
    line: int
    """As it was numbered in `head_sha`."""
    head_sha: CommitSha
    """The head that it was said about."""
    title: str
    scenario: str
    severity: Severity | None = None
    category: Category | None = None
    scope_path: str = ""
    """The items around it as they were, where that is known: `impl Book::best`."""
    quote: str = ""
    """The line as it was, where that is known."""
    line_now: int | None = None
    """The line of the head of now that it stands on; None where it stands on none."""

    @classmethod
    def of(cls, fingerprint: str, finding: Finding, head_sha: CommitSha) -> Earlier:
        """A finding of that head that is still at hand."""
        return cls(
            fingerprint=fingerprint,
            path=finding.path,
            line=finding.line,
            head_sha=head_sha,
            title=finding.title,
            scenario=finding.scenario,
            severity=finding.severity,
            category=finding.category,
            scope_path=finding.scope_path,
            quote=finding.quote,
        )

    @property
    def rank(self) -> int:
        """0 for the worst; what is of unknown severity comes last."""
        return self.severity.rank if self.severity is not None else len(Severity)


@dataclass(frozen=True, slots=True)
class ThreadTurn:
    """One comment of a thread, after the finding itself. Hostile unless it is ours."""

    author: str
    text: str
    ours: bool = False


def told_earlier(one: Earlier) -> str:
    """A finding as a reader is told of it who has to look again: not how severe it was said to be,
    so that nobody is led by that."""
    rows = [f"place: {visible_name(one.path)} R{one.line} at head {one.head_sha[:12]}"]
    if one.line_now is not None:
        rows.append(f"stands now on: R{one.line_now}")
    if one.scope_path:
        rows.append(f"item: {one.scope_path[:QUOTE_CHARS]}")
    if one.quote.strip():
        rows.append(f"line then: {one.quote.strip()[:QUOTE_CHARS]}")
    if one.category is not None:
        rows.append(f"kind: {one.category}")
    rows.append(f"title: {_cut(one.title, TITLE_CHARS)}")
    rows.append(f"scenario: {_cut(one.scenario, SCENARIO_CHARS)}")
    return redact(visible("\n".join(rows)))


def told_thread(said: str, author: str, turns: tuple[ThreadTurn, ...]) -> str:
    """The thread as its reader is told. What was said is set in, so that no line of it can pass
    for the name of a speaker."""
    last = turns[-MOST_TURNS:]
    rows = [f"({len(turns) - len(last)} older replies left out)"] if len(last) < len(turns) else []
    for turn in last:
        rows += [_speaker(turn.author, turn.ours), _set_in(_cut(turn.text, TURN_CHARS))]
    rows += [f"{_speaker(author, False)[:-1]}, the reply to answer:"]
    rows.append(_set_in(_cut(said, SAID_CHARS)))
    return redact(visible("\n".join(rows)))


def _speaker(name: str, ours: bool) -> str:
    return "THE REVIEWER:" if ours else f"PERSON {' '.join(name.split())[:_NAME_CHARS]}:"


def _set_in(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.replace("\r", "\n").split("\n"))


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most] + _CUT
