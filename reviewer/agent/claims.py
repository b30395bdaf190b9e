"""From what the model claims to findings whose place and proof were checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from reviewer.agent.envelope import Claim, Envelope, QuotedLine
from reviewer.agent.items import Item, ItemLookup
from reviewer.agent.paths import LONGEST, meant_file, spellings
from reviewer.agent.quotes import Lines, find_quote
from reviewer.agent.redact import redact
from reviewer.agent.untrusted import shown, shown_lines, visible_name
from reviewer.finding import Evidence, Finding, VerdictKind
from reviewer.looks import log_missed
from reviewer.pull.diff import Diff, FileDiff, Line, LineKind, Side

LONGEST_RANGE = 20
"""Lines; a wider claim is shown on its last line alone."""


NOT_IN_THE_CHANGE = "the change does not touch its file"
NOT_THERE = "the line that it quotes is not there"


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A claim that stands on no line, as it was made, and why."""

    claimed: Finding
    why: str


@dataclass(frozen=True, slots=True)
class Found:
    """The findings of one answer, and its claims that are none."""

    findings: tuple[Finding, ...] = ()
    unplaced: tuple[Unplaced, ...] = ()


class Checker:
    """Holds the texts as the model saw them. Used by one thread."""

    def __init__(
        self,
        diff: Diff,
        heads: Mapping[str, str],
        item_at: ItemLookup,
        other_head: Callable[[str], str | None] = lambda _path: None,
    ) -> None:
        """`other_head` gives the text of a file that the change does not touch."""
        self._diff = diff
        self._heads = heads
        self._item_at = item_at
        self._other_head = other_head
        self._shown: dict[str, Lines] = {}

    def check(self, envelope: Envelope) -> Found:
        """The claims that stand on a line that exists, as findings."""
        findings: list[Finding] = []
        unplaced: list[Unplaced] = []
        for claim in envelope.findings:
            file = meant_file(self._diff, claim.path)
            finding = self._proved(claim, file) if file is not None else None
            if finding is not None:
                findings.append(finding)
            else:
                unplaced.append(Unplaced(_as_made(claim), NOT_THERE if file else NOT_IN_THE_CHANGE))
        return Found(tuple(findings), tuple(unplaced))

    def _proved(self, claim: Claim, file: FileDiff) -> Finding | None:
        try:
            return self.finding(claim, file)
        except Exception as error:  # noqa: BLE001 - logged and counted; one claim ends no review
            log_missed("checker of claims", file.path, error)
            return None

    def evidence(self, quoted_lines: Iterable[QuotedLine]) -> tuple[Evidence, ...]:
        """The lines that are really there."""
        proved: dict[Evidence, None] = {}
        for quoted in quoted_lines:
            path = self._named(quoted.path)
            lines = self._head(path)
            line = find_quote(quoted.quote, quoted.line, lines)
            if line is not None:
                proved[Evidence(path, line, lines[line - 1].strip())] = None
        return tuple(proved)

    def shows(self, quoted_lines: Iterable[QuotedLine]) -> bool:
        """Whether one of the lines is there, or was and is removed: that it is gone proves too."""
        return any(self.evidence([quoted]) or self._was_removed(quoted) for quoted in quoted_lines)

    def _was_removed(self, quoted: QuotedLine) -> bool:
        file = meant_file(self._diff, quoted.path)
        if file is None:
            return False
        return find_quote(quoted.quote, quoted.line, self._removed(file)) is not None

    def _named(self, path: str) -> str:
        """The path of the file that is meant; of files that are not there, as it was given."""
        for name in spellings(path):
            if self._head(name):
                return name
        file = meant_file(self._diff, path)
        return file.path if file else path

    def head_lines(self, finding: Finding) -> list[str]:
        """The head lines that a finding is about, as the model saw them."""
        first = finding.start_line or finding.line
        return self._head(finding.path)[first - 1 : finding.line]

    def finding(self, claim: Claim, file: FileDiff) -> Finding | None:
        """The claim as a finding; None when its quote stands nowhere."""
        place = self._place(claim, file)
        if place is None:
            return None
        side, line = place
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
            evidence=self.evidence(claim.evidence),
            verdict=VerdictKind.PLAUSIBLE,
        )

    def _place(self, claim: Claim, file: FileDiff) -> tuple[Side, int] | None:
        """Where the quote stands: on the claimed side, else on the other one."""
        other = Side.LEFT if claim.side is Side.RIGHT else Side.RIGHT
        for side in (claim.side, other):
            line = self._line(claim, file, side)
            if line is not None:
                return side, line
        return None

    def _line(self, claim: Claim, file: FileDiff, side: Side) -> int | None:
        if side is Side.LEFT:
            return find_quote(claim.quote, claim.line, self._removed(file))
        if file.path not in self._heads:
            return None
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

    def _head(self, path: str) -> Lines:
        if path not in self._shown:
            text = self._heads[path] if path in self._heads else self._other_head(path)
            self._shown[path] = Lines(shown_lines(text) if text is not None else ())
        return self._shown[path]

    def _removed(self, file: FileDiff) -> Lines:
        """The base file as far as the change removed it: other lines are blank."""
        key = f"{file.path}\0removed"
        if key not in self._shown:
            removed = list(file.removed())
            texts = shown([line.text for line in removed])
            base = Lines([""] * max((line.old or 0 for line in removed), default=0))
            for line, text in zip(removed, texts, strict=True):
                base[(line.old or 1) - 1] = text
            self._shown[key] = base
        return self._shown[key]


def _as_made(claim: Claim) -> Finding:
    """A claim whose place nobody could check, with nothing in it that must not be shown."""
    return Finding(
        path=redact(visible_name(claim.path[:LONGEST])),
        side=claim.side,
        line=claim.line,
        start_line=None,
        quote=redact(claim.quote),
        category=claim.category,
        severity=claim.severity,
        title=redact(claim.title),
        scenario=redact(claim.scenario),
        source="model",
        assumption=redact(claim.assumption),
        verdict=VerdictKind.PLAUSIBLE,
    )


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
