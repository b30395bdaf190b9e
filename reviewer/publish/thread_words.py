"""What a comment of ours says, read back out of it, and where its finding is at the head now."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reviewer.finding import Category, Finding, Severity
from reviewer.publish.fingerprint import Mark, quote_key, scope_key
from reviewer.publish.likeness import headline
from reviewer.pull.diff import Diff, Side

_ESCAPED = re.compile(r"\\([^\sA-Za-z0-9])")
_JOINER = "\u2060"
_ABOUT = re.compile(r"About line \d+, which this diff does not show:")
_ENDS = re.compile(
    r"- `|`{3,}|<sub>|<!--|Is it so here\?|The same rule fires on |\(cut at GitHub's limit\)"
)
"""What stands behind the scenario in a comment of ours."""


@dataclass(frozen=True, slots=True)
class OurComment:
    """The first comment of a thread, written by this App, as GitHub has it now."""

    comment_id: int
    mark: Mark
    body: str
    path: str
    side: Side
    line: int | None
    """None where GitHub shows it on no line: outdated, or on the file."""
    start_line: int | None
    original_line: int | None
    last_shown: str
    """The text of the line that it was written on, as GitHub's excerpt of the diff has it."""
    former_path: str = ""
    """What GitHub has for its path, where the file has another name now."""

    @property
    def title(self) -> str:
        """Its headline, as it was before it was made harmless."""
        return undone(headline(self.body))

    @property
    def scenario(self) -> str:
        """Its paragraphs, up to what was put behind them."""
        parts = self.body.split("\n\n")[1:]
        if parts and _ABOUT.match(parts[0]):
            parts = parts[2:]
        kept = []
        for part in parts:
            if _ENDS.match(part):
                break
            kept.append(undone(part))
        return "\n\n".join(kept)

    def finding_at(self, lines: Sequence[str], scope_path: Callable[[int], str]) -> Finding | None:
        """The finding on the line of the head that it is about; None where that is gone."""
        line, start, quote = self._place(lines, scope_path)
        if line is None:
            return None
        return Finding(
            path=self.path,
            side=self.side,
            line=line,
            start_line=start,
            quote=quote,
            category=self.mark.category or Category.OTHER,
            severity=self.mark.severity or Severity.IMPORTANT,
            title=self.title,
            scenario=self.scenario,
            source=self.mark.source or "model",
            scope_path=scope_path(line) if self.side is Side.RIGHT else "",
        )

    def can_be_replaced(self, finding: Finding, diff: Diff) -> bool:
        """Whether GitHub would put new lines in the place of the finding's, and of no others."""
        file = diff.file(self.path)
        first = finding.start_line or finding.line
        hunk = file.hunk_at(Side.RIGHT, finding.line) if file is not None else None
        return (
            file is not None
            and hunk is not None
            and self.side is Side.RIGHT
            and (self.line, self.start_line) == (finding.line, finding.start_line)
            and file.hunk_at(Side.RIGHT, first) is hunk
        )

    def _place(
        self, lines: Sequence[str], scope_path: Callable[[int], str]
    ) -> tuple[int | None, int | None, str]:
        if self.side is Side.LEFT:
            return self.line or self.original_line, None, self.last_shown
        key = self.mark.quote_key
        line = self.line
        if line is not None and 1 <= line <= len(lines):
            text = lines[line - 1]
            if not key or quote_key(text) == key:
                return line, self.start_line, text
        near = line or self.original_line or 1
        same = [n for n, text in enumerate(lines, 1) if key and quote_key(text) == key]
        if same:
            in_scope = [n for n in same if scope_key(scope_path(n)) == self.mark.scope_key]
            found = min(in_scope or same, key=lambda n: (abs(n - near), n))
            return found, None, lines[found - 1]
        if line is not None and 1 <= line <= len(lines):
            return line, self.start_line, lines[line - 1]
        return None, None, ""


def undone(text: str) -> str:
    """A text as it was before it was made harmless."""
    return html.unescape(_ESCAPED.sub(r"\1", text.replace(_JOINER, "")))
