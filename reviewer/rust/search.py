"""Searching many texts for a literal, a pattern or an identifier, in bounded time."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

import re2

from reviewer.policy.globs import path_glob
from reviewer.rust.scan import Part, scan
from reviewer.rust.texts import Texts

Pattern = str | re.Pattern[str]
"""A literal text, or a pattern; of a compiled one the source and the ignoring of case count."""

_LONGEST_PATTERN = 500
_MAX_MEMORY = 8_000_000
_LONGEST_LINE = 300
_IDENTIFIER = re.compile(r"(?:r#)?[^\W\d]\w*\Z")


@dataclass(frozen=True, slots=True)
class LineHit:
    """A line that was found; 1-based. `text` has no blanks around it and may be cut."""

    path: str
    line: int
    text: str


def search(
    texts: Texts, pattern: Pattern, glob: str, limit: int, seconds: float
) -> tuple[LineHit, ...]:
    """See `Repository.search`."""
    until = time.monotonic() + seconds
    wanted = _compiled(pattern)
    within = path_glob(glob) if glob else None
    hits: list[LineHit] = []
    for path in sorted(texts):
        if within is not None and not within.matches(path):
            continue
        if time.monotonic() > until:
            break
        content = texts.content(path)
        for at in _first_of_lines(wanted, content):
            if len(hits) >= limit or time.monotonic() > until:
                return tuple(hits)
            hits.append(_hit(path, content, at))
    return tuple(hits)


def references(texts: Texts, name: str, limit: int) -> tuple[LineHit, ...]:
    """See `Repository.references`."""
    if not _IDENTIFIER.match(name):
        return ()
    literal = name.encode()
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    hits: list[LineHit] = []
    for path in sorted(texts):
        content = texts.content(path)
        if literal not in content:
            continue
        text = content.decode("utf-8", "replace")
        seen: set[int] = set()
        row, counted = 1, 0
        for at in _in_code(text, word):
            row, counted = row + text.count("\n", counted, at), at
            if row not in seen:
                seen.add(row)
                start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
                line = text[start : end if end >= 0 else len(text)]
                hits.append(LineHit(path, row, line.strip()[:_LONGEST_LINE]))
            if len(hits) >= limit:
                return tuple(hits)
    return tuple(hits)


def _in_code(text: str, word: re.Pattern[str]) -> Iterator[int]:
    for stretch in scan(text):
        if stretch.part is Part.CODE:
            for found in word.finditer(text, stretch.start, stretch.end):
                yield found.start()


def _compiled(pattern: Pattern) -> re2._Regexp[bytes]:
    source = pattern if isinstance(pattern, str) else pattern.pattern
    if len(source) > _LONGEST_PATTERN:
        raise ValueError(f"a pattern has at most {_LONGEST_PATTERN} characters")
    options = re2.Options()
    options.encoding = re2.Options.Encoding.UTF8
    options.max_mem = _MAX_MEMORY
    options.log_errors = False
    if not isinstance(pattern, str):
        options.case_sensitive = not pattern.flags & re.IGNORECASE
    text = f"(?m){re2.escape(source) if isinstance(pattern, str) else source}"
    try:
        return re2.compile(text.encode(), options)
    except re2.error as error:
        raise ValueError(f"the pattern cannot be searched for: {error}") from error


def _first_of_lines(pattern: re2._Regexp[bytes], content: bytes) -> Iterator[int]:
    """The place of the first match on each line."""
    at = 0
    while at < len(content) and (found := pattern.search(content, at)):
        yield found.start()
        end = content.find(b"\n", found.start())
        if end < 0:
            return
        at = end + 1


def _hit(path: str, content: bytes, at: int) -> LineHit:
    start, end = content.rfind(b"\n", 0, at) + 1, content.find(b"\n", at)
    line = content[start : end if end >= 0 else len(content)].decode("utf-8", "replace")
    return LineHit(path, content.count(b"\n", 0, at) + 1, line.strip()[:_LONGEST_LINE])
