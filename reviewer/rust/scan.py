"""Which parts of a piece of Rust are code, string or comment, with no whole file to parse.

It reads a hunk, which may begin in the middle of anything, so it never fails; what is opened and
not closed lasts to the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple


class Part(StrEnum):
    """What a stretch of text is to the compiler."""

    CODE = "code"
    STRING = "string"
    COMMENT = "comment"


class Stretch(NamedTuple):
    """Characters `start` to `end` of the text."""

    part: Part
    start: int
    end: int


_OPENING = re.compile(
    r"""
    (?P<line>//[^\n]*)
    | (?P<block>/\*)
    | \b[bc]?r(?P<hashes>\#*)"
    | (?P<string>"(?:[^"\\]|\\.)*+"?)
    | (?P<char>'(?:\\[^\n][^'\n]{0,9}|[^'\\\n])')
    """,
    re.VERBOSE | re.DOTALL,
)
_BLOCK_EDGE = re.compile(r"/\*|\*/")


def scan(text: str) -> Iterator[Stretch]:
    """The text cut into stretches, in order and without a gap; in linear time."""
    if '"' not in text and "'" not in text and "/" not in text:
        if text:
            yield Stretch(Part.CODE, 0, len(text))
        return
    at = 0
    while opening := _OPENING.search(text, at):
        if opening.start() > at:
            yield Stretch(Part.CODE, at, opening.start())
        part, end = Part.COMMENT, opening.end()
        if opening.lastgroup == "block":
            end = _end_of_block(text, end)
        elif opening.lastgroup != "line":
            part = Part.STRING
            if opening.lastgroup == "hashes":
                close = text.find('"' + opening["hashes"], end)
                end = close + 1 + len(opening["hashes"]) if close >= 0 else len(text)
        yield Stretch(part, opening.start(), end)
        at = end
    if at < len(text):
        yield Stretch(Part.CODE, at, len(text))


def _end_of_block(text: str, at: int) -> int:
    """Block comments nest."""
    depth = 1
    for edge in _BLOCK_EDGE.finditer(text, at):
        depth += 1 if edge[0] == "/*" else -1
        if depth == 0:
            return edge.end()
    return len(text)
