"""What was found and nobody was told of: it is counted for as long as its line stands.

The rules find the same again in every round, and need to know that it was cut before. The model
reads a line once, so what the caps cut of its findings is kept, without the code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reviewer.finding import Category, Finding, Severity, VerdictKind
from reviewer.publish.anchors import find_anchor
from reviewer.publish.fingerprint import quote_key, scope_key
from reviewer.publish.pairing import by_rule
from reviewer.publish.round_now import Now
from reviewer.publish.standing import Standing, State
from reviewer.pull.diff import Side
from reviewer.rust.file import RustFile

MOST_KEPT = 1_000
"""Findings; the worst of them."""


@dataclass(frozen=True, slots=True)
class HeldBack:
    """One finding that was counted and not told, with the keys of its line."""

    path: str
    side: Side
    line: int
    scope_key: str
    quote_key: str
    category: Category
    severity: Severity
    title: str
    scenario: str
    source: str
    assumption: str
    verdict: VerdictKind

    def is_of(self, finding: Finding) -> bool:
        """Whether this is what was kept of the finding."""
        kept = (self.source, self.severity, self.title, self.scenario)
        if kept != (finding.source, finding.severity, finding.title, finding.scenario):
            return False
        # A rule words all its places alike.
        keys = (scope_key(finding.scope_path), quote_key(finding.quote))
        return not by_rule(finding) or (self.scope_key, self.quote_key) == keys


def held_back(unsaid: Iterable[Finding]) -> tuple[HeldBack, ...]:
    """What is kept of findings that are not told."""
    worst = sorted(unsaid, key=lambda f: f.severity.rank)
    return tuple(
        HeldBack(
            path=f.path,
            side=f.side,
            line=f.line,
            scope_key=scope_key(f.scope_path),
            quote_key=quote_key(f.quote),
            category=f.category,
            severity=f.severity,
            title=f.title,
            scenario=f.scenario,
            source=f.source,
            assumption=f.assumption,
            verdict=f.verdict,
        )
        for f in worst[:MOST_KEPT]
    )


def still_there(
    held: Sequence[HeldBack], now: Now, trees: Mapping[str, RustFile]
) -> tuple[Finding, ...]:
    """Those of the model whose line is there, as findings on the line where it is now."""
    by_model = (one for one in held if not one.source.startswith("rule:"))
    found = (_as_it_is(one, now, trees) for one in by_model)
    return tuple(finding for finding in found if finding is not None)


def _as_it_is(one: HeldBack, now: Now, trees: Mapping[str, RustFile]) -> Finding | None:
    stood = _standing(one)
    path = now.path_of(stood)
    file = now.files.get(path)
    if file is None:
        return None
    anchor = find_anchor(stood, file, now.changed_in(path))
    if anchor is None:
        return None
    line, on_head = anchor.line, one.side is Side.RIGHT
    return Finding(
        path=path,
        side=one.side,
        line=line,
        start_line=None,
        quote=file.lines[line - 1] if on_head else file.removed[line].text,
        category=one.category,
        severity=one.severity,
        title=one.title,
        scenario=one.scenario,
        source=one.source,
        scope_path=trees[path].scope_path(line) if on_head and path in trees else "",
        assumption=one.assumption,
        verdict=one.verdict,
    )


def _standing(one: HeldBack) -> Standing:
    return Standing(
        fingerprint="",
        path=one.path,
        line=one.line,
        side=one.side,
        state=State.OPEN,
        original_line=one.line,
        scope_key=one.scope_key,
        quote_key=one.quote_key,
    )
