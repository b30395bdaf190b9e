"""Text that reads otherwise than it is compiled, on the added lines of any changed file.

It needs the lines of the diff alone: what hides in a script or a manifest is as bad as in Rust.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from reviewer.detect.hidden_rules import BIDI_RULE, HOMOGLYPH_RULE, ZERO_WIDTH_RULE
from reviewer.detect.invisible import BIDI, ZERO_WIDTH, named, smuggled, zero_widths
from reviewer.detect.lookalikes import deceiving, latin_reading, visible_scripts
from reviewer.detect.rule import TITLE_LIMIT, Explained, Hit
from reviewer.finding import Finding
from reviewer.looks import OUTRIGHT, Looks
from reviewer.pull.diff import FileDiff, Line, LineKind, Side, is_rust
from reviewer.rust.scan import Part, Stretch, scan
from reviewer.scope.rooms import Room, Scope

_WORD = re.compile(r"[^\W\d]\w*")
_NAME_PART = re.compile(r"[A-Za-z0-9_]")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_ALONE = ('""', "''", "``")
_COMMENT = ("#", "//", "*", "--", ";", "<!--", "%")
_PROSE = re.compile(
    r"\.(?:md|mdx|markdown|txt|rst|adoc|html?|xml|svg|tex|po|pot|xlf|arb|ftl|strings|srt|vtt|csv"
    r"|tsv|log)\Z",
    re.IGNORECASE,
)
"""Words and data for people; soft hyphens and the like belong to typesetting there."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """The head side of one hunk, as one text."""

    lines: tuple[Line, ...]
    text: str
    starts: tuple[int, ...]
    """Where each line begins in the text."""

    def line_at(self, offset: int) -> Line:
        return self.lines[bisect_right(self.starts, offset) - 1]


def detect_hidden_text(
    files: Iterable[FileDiff], scope: Scope, looks: Looks = OUTRIGHT
) -> list[Finding]:
    """What hides on added lines, a finding a place, in the order of files, lines and rules."""
    found: list[Finding] = []
    for file in files:
        if not any(not line.text.isascii() for line in file.added()):
            continue
        rooms = scope.of(file.path)
        in_file = [
            _finding(rule, hit, file, rooms)
            for rule, find in _FINDERS
            for hit in looks.at(f"rule:{rule.id}", file.path, partial(_hits, find, file), ())
        ]
        found.extend(sorted(in_file, key=lambda finding: finding.line))
    return found


def _bidi(file: FileDiff) -> Iterator[Hit]:
    for line in file.added():
        control = BIDI.search(line.text)
        if control:
            yield _hit(
                line,
                f"`{named(control[0]).partition(' ')[0]}` shows this line in another order than "
                "it is read",
                f"{named(control[0])} stands at character {control.start() + 1}. Editors and "
                "GitHub show what follows in another order than the compiler reads it, so that a "
                "check can look like code and be a comment: a limit is approved that never runs, "
                "and the first order beyond it goes out.",
            )


def _invisible(file: FileDiff) -> Iterator[Hit]:
    for line in file.added():
        count = smuggled(line.text)
        if count:
            yield _hit(
                line,
                f"{count} characters that nobody sees carry text",
                f"The line holds {count} tag characters or variation selectors, which can spell "
                "any bytes and are shown as nothing. A person approves the line without them; a "
                "program or a model reads them, and acts on what no reviewer has seen.",
            )
    if is_rust(file.path):
        yield from _zero_width_in_rust(file)
    elif not _PROSE.search(file.path):
        for line in file.added():
            at = _zero_width_in_text(line)
            if at is not None:
                yield _zero_width_hit(line, at, "a name or a string")


def _zero_width_in_rust(file: FileDiff) -> Iterator[Hit]:
    last: Line | None = None
    for shown, stretches in _scanned(file, ZERO_WIDTH):
        for stretch in stretches:
            if stretch.part is Part.COMMENT:
                continue
            for offset in zero_widths(shown.text, stretch.start, stretch.end):
                index = bisect_right(shown.starts, offset) - 1
                line, at = shown.lines[index], offset - shown.starts[index]
                if (
                    line is not last
                    and line.kind is LineKind.ADDED
                    and not _is_order_mark(line, at)
                ):
                    last = line
                    yield _zero_width_hit(
                        line, at, "a string" if stretch.part is Part.STRING else "the code"
                    )


def _zero_width_in_text(line: Line) -> int | None:
    """Where one stands inside a name or a string of a file in some other language."""
    if line.text.isascii() or line.text.lstrip("\ufeff \t").startswith(_COMMENT):
        return None
    quoted = [match.span() for match in _QUOTED.finditer(line.text)]
    for at in zero_widths(line.text):
        around = (line.text[at - 1 : at], line.text[at + 1 : at + 2])
        inside = any(start < at < end for start, end in quoted)
        if (inside or all(map(_NAME_PART.match, around))) and not _is_order_mark(line, at):
            return at
    return None


def _zero_width_hit(line: Line, at: int, where: str) -> Hit:
    character = named(line.text[at])
    return _hit(
        line,
        f"`{character.partition(' ')[0]}` hides in {where}",
        f"{character} stands at character {at + 1} and takes no room. Two names or symbols that "
        "look the same are not equal: a lookup by symbol misses, a limit keyed by account is not "
        "found, and the order passes by the default.",
    )


def _is_order_mark(line: Line, at: int) -> bool:
    """Whether it begins the file, or is all that a string holds: what begins a written one."""
    around = line.text[max(at - 1, 0) : at] + line.text[at + 1 : at + 2]
    begins = line.new == 1 and at == 0
    return line.text[at] == "\ufeff" and (begins or around in _ALONE)


def _homoglyphs(file: FileDiff) -> Iterator[Hit]:
    if not is_rust(file.path):
        return
    for shown, stretches in _scanned(file, None):
        code = [s for s in stretches if _may_hold_names(s, shown.text)]
        names = {name for s in code for name in _WORD.findall(shown.text, s.start, s.end)}
        foreign = visible_scripts("".join(shown.text[s.start : s.end] for s in code))
        for stretch in code:
            for word in _WORD.finditer(shown.text, stretch.start, stretch.end):
                line = shown.line_at(word.start())
                letter = deceiving(word[0], names, foreign)
                if letter and line.kind is LineKind.ADDED:
                    yield _homoglyph_hit(line, word[0], letter)


def _may_hold_names(stretch: Stretch, text: str) -> bool:
    """Code; and what seems a long string, since the hunk may have begun in the middle of one."""
    return stretch.part is Part.CODE or (
        stretch.part is Part.STRING and text.find("\n", stretch.start, stretch.end) >= 0
    )


def _homoglyph_hit(line: Line, name: str, letter: str) -> Hit:
    reading = latin_reading(name)
    return _hit(
        line,
        f"`{name}` is not the `{reading}` that it looks like",
        f"It is spelled with {named(letter)}, so `{reading}` and this are two names to the "
        "compiler and one to a reader. What is written to the one is read from the other: a fill "
        "moves a position that the limit check never looks at.",
    )


def _scanned(
    file: FileDiff, holding: re.Pattern[str] | None
) -> Iterator[tuple[_Shown, list[Stretch]]]:
    """The hunks that add a line with something to look at."""
    for hunk in file.hunks:
        lines = tuple(line for line in hunk.lines if line.new is not None)
        added = [line.text for line in lines if line.kind is LineKind.ADDED]
        if not any(holding.search(text) if holding else not text.isascii() for text in added):
            continue
        starts, at = [], 0
        for line in lines:
            starts.append(at)
            at += len(line.text) + 1
        text = "\n".join(line.text for line in lines)
        yield _Shown(lines, text, tuple(starts)), list(scan(text))


def _hit(line: Line, title: str, scenario: str) -> Hit:
    return Hit(line.new or 1, None, title, scenario, line.text)


def _hits(find: Callable[[FileDiff], Iterator[Hit]], file: FileDiff) -> list[Hit]:
    """A hit a line."""
    by_line: dict[int, Hit] = {}
    for hit in find(file):
        by_line.setdefault(hit.line, hit)
    return [by_line[line] for line in sorted(by_line)]


def _finding(rule: Explained, hit: Hit, file: FileDiff, rooms: tuple[Room, ...]) -> Finding:
    return Finding(
        path=file.path,
        side=Side.RIGHT,
        line=hit.line,
        start_line=None,
        quote=hit.quote,
        category=rule.category,
        severity=rule.severity_in(rooms),
        title=hit.title if len(hit.title) <= TITLE_LIMIT else rule.title,
        scenario=hit.scenario,
        source=f"rule:{rule.id}",
    )


_FINDERS: tuple[tuple[Explained, Callable[[FileDiff], Iterator[Hit]]], ...] = (
    (BIDI_RULE, _bidi),
    (ZERO_WIDTH_RULE, _invisible),
    (HOMOGLYPH_RULE, _homoglyphs),
)
