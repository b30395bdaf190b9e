"""From what the model claims to findings whose place and proof were checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reviewer.agent.envelope import BadEnvelope, Claim, Envelope, parse_envelope, salvage_envelope
from reviewer.agent.items import Item, ItemLookup
from reviewer.agent.quotes import find_quote
from reviewer.agent.redact import redact
from reviewer.agent.request import ModelAnswer
from reviewer.agent.untrusted import shown, shown_lines
from reviewer.finding import Evidence, Finding, VerdictKind
from reviewer.pull.diff import Diff, FileDiff, Line, LineKind, Side

LONGEST_RANGE = 20
"""Lines; a wider claim is shown on its last line alone."""


@dataclass(frozen=True, slots=True)
class Found:
    """The findings of one answer, and what was wrong with the answer."""

    findings: tuple[Finding, ...] = ()
    not_checked: tuple[str, ...] = ()
    """What the model says it could not judge."""
    problem: str = ""
    """Why the change was not, or not wholly, read; empty when it was."""
    unknown_paths: int = 0
    """Claims about files that the change does not touch, dropped."""
    unproved: int = 0
    """Claims whose quoted line does not exist, dropped."""


def read_answer(
    answer: ModelAnswer, diff: Diff, heads: Mapping[str, str], item_at: ItemLookup
) -> Found:
    """What an answer is worth, whatever made the model stop."""
    if answer.stop_reason == "refusal":
        return Found(problem="the model declined to read it")
    if answer.stop_reason not in ("end_turn", "max_tokens"):
        return Found(problem=f"the model stopped early ({answer.stop_reason})")
    cut_off = answer.stop_reason == "max_tokens"
    try:
        envelope = (salvage_envelope if cut_off else parse_envelope)(answer.text)
    except BadEnvelope:
        problem = "was cut off" if cut_off else "could not be understood"
        return Found(problem=f"the model's answer {problem}")
    problem = "the model's answer was cut off, more may be wrong" if cut_off else ""
    return check_claims(envelope, diff, heads, item_at, problem=problem)


def check_claims(
    envelope: Envelope,
    diff: Diff,
    heads: Mapping[str, str],
    item_at: ItemLookup,
    *,
    problem: str = "",
) -> Found:
    """The claims that stand on a line that exists, as findings."""
    checker = _Checker(diff, heads, item_at)
    findings: list[Finding] = []
    unknown = unproved = 0
    for claim in envelope.findings:
        file = diff.file(claim.path)
        if file is None:
            unknown += 1
            continue
        finding = checker.finding(claim, file)
        if finding is None:
            unproved += 1
        else:
            findings.append(finding)
    return Found(
        findings=tuple(findings),
        not_checked=tuple(redact(text) for text in envelope.not_checked if text),
        problem=problem,
        unknown_paths=unknown,
        unproved=unproved,
    )


class _Checker:
    """Holds the texts as the model saw them."""

    def __init__(self, diff: Diff, heads: Mapping[str, str], item_at: ItemLookup) -> None:
        self._diff = diff
        self._heads = heads
        self._item_at = item_at
        self._shown: dict[str, list[str]] = {}

    def finding(self, claim: Claim, file: FileDiff) -> Finding | None:
        side = claim.side if file.path in self._heads else Side.LEFT
        line = self._line(claim, file, side)
        if line is None:
            return None
        item = self._item(file, side, line)
        start = claim.start_line
        if start is not None:
            start += line - claim.line
            start = start if max(0, line - LONGEST_RANGE) < start < line else None
        return Finding(
            path=file.path,
            side=side,
            line=line,
            start_line=start,
            quote=self._text(file, side, line),
            category=claim.category,
            severity=claim.severity,
            title=redact(claim.title),
            scenario=redact(claim.scenario),
            source="model",
            scope_path=item.name_path if item else "",
            assumption=redact(claim.assumption),
            evidence=self._evidence(claim),
            verdict=VerdictKind.PLAUSIBLE,
        )

    def _line(self, claim: Claim, file: FileDiff, side: Side) -> int | None:
        if side is Side.LEFT:
            return find_quote(claim.quote, claim.line, self._removed(file))
        item = self._item_at(file.path, claim.line)
        within = (item.start, item.end) if item else None
        return find_quote(claim.quote, claim.line, self._head(file.path), within=within)

    def _text(self, file: FileDiff, side: Side, line: int) -> str:
        lines = self._removed(file) if side is Side.LEFT else self._head(file.path)
        return lines[line - 1]

    def _item(self, file: FileDiff, side: Side, line: int) -> Item | None:
        if file.path not in self._heads:
            return None
        number = line if side is Side.RIGHT else _head_line_near(file, line)
        return self._item_at(file.path, number) if number else None

    def _evidence(self, claim: Claim) -> tuple[Evidence, ...]:
        proved: list[Evidence] = []
        for quoted in claim.evidence:
            if quoted.path in self._heads:
                lines = self._head(quoted.path)
                line = find_quote(quoted.quote, quoted.line, lines)
                if line is not None:
                    proved.append(Evidence(quoted.path, line, lines[line - 1].strip()))
        return tuple(proved)

    def _head(self, path: str) -> list[str]:
        if path not in self._shown:
            self._shown[path] = shown_lines(self._heads[path])
        return self._shown[path]

    def _removed(self, file: FileDiff) -> list[str]:
        """The base file as far as the change removed it: other lines are blank."""
        key = f"{file.path}\0removed"
        if key not in self._shown:
            removed = list(file.removed())
            texts = shown([line.text for line in removed])
            base = [""] * max((line.old or 0 for line in removed), default=0)
            for line, text in zip(removed, texts, strict=True):
                base[(line.old or 1) - 1] = text
            self._shown[key] = base
        return self._shown[key]


def _head_line_near(file: FileDiff, old: int) -> int | None:
    """The head line next to a removed one, so that the item around it can be named."""
    hunk = file.hunk_at(Side.LEFT, old)
    before: Line | None = None
    passed = False
    for line in hunk.lines if hunk else ():
        passed = passed or (line.kind is LineKind.REMOVED and line.old == old)
        if line.new is None:
            continue
        if passed:
            return line.new
        before = line
    return before.new if before else None
