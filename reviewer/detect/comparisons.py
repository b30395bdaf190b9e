"""The statements of a file that compare something: what may have looked at an amount before."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from reviewer.rust.file import RustFile

_LOOKS = re.compile(
    r"[<>](?!=?\s*0\b)|(?<![<>=!])==|!=|\b(?:min|max|cmp|clamp|ensure|require|assert\w*)\b"
    r"|\b(?:checked|saturating|validate|check|can|has|sum|retain)(?:_\w+)?\s*\("
)
"""What compares two amounts, or takes the smaller one. More than zero is not enough."""
_TYPE_ARGUMENTS = re.compile(r"::<[^;{}<>]{0,100}>|->|=>|<\w{1,100}>")
_STATEMENT = re.compile(rb"[^;{}]+")


@dataclass(frozen=True, slots=True)
class Comparison:
    """A statement that compares something, with its bytes."""

    start: int
    end: int
    text: str


def comparisons(file: RustFile, start: int, end: int) -> Iterator[Comparison]:
    """Those that begin between two bytes of the file."""
    every = file.once(_comparisons)
    first = bisect_left(every, start, key=lambda one: one.start)
    for one in islice(every, first, None):
        if one.start >= end:
            return
        yield one


def comparing(statement: bytes) -> str:
    """The text of a statement that compares something; empty if it does not."""
    text = _TYPE_ARGUMENTS.sub(" ", statement.decode("utf-8", "replace"))
    return text if _LOOKS.search(text) else ""


def one_of(names: Iterable[str]) -> re.Pattern[str]:
    """What finds any of these names."""
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")


def _comparisons(file: RustFile) -> list[Comparison]:
    found = []
    for statement in _STATEMENT.finditer(file.source):
        text = comparing(statement[0])
        if text:
            found.append(Comparison(statement.start(), statement.end(), text))
    return found
