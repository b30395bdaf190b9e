"""A patch without its words: what is kept of a reviewed one to tell later what was changed since.

A line is 8 hex digits of its hash, so that no code is stored and equal lines are still equal.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any

from reviewer.pull.diff import Diff, FileDiff, FileStatus, Hunk, Line, LineKind, is_rust

MOST_LINES = 40_000
"""Lines of a diff of which a trace is kept: about half a megabyte."""

_SIGNS = {LineKind.ADDED: "+", LineKind.REMOVED: "-", LineKind.CONTEXT: " "}
_KINDS = {sign: kind for kind, sign in _SIGNS.items()}
_UNENDED = {True: "", False: "!"}


def traced(diff: Diff) -> Diff:
    """The same diff with hashes for texts; what both sides of a comparison must be."""
    return Diff(tuple(replace(file, hunks=tuple(map(_hunk, file.hunks))) for file in diff.files))


def trace_of(diff: Diff) -> str:
    """The stored form; empty for a diff that is too large to keep one."""
    for files in (diff.files, [f for f in diff.files if is_rust(f.path) or is_rust(f.old_path)]):
        if sum(len(hunk.lines) for file in files for hunk in file.hunks) <= MOST_LINES:
            return json.dumps([_packed(file) for file in files], separators=(",", ":"))
    return ""


def read_trace(stored: str) -> Diff | None:
    """The traced diff of the stored form; None where none was kept."""
    return Diff(tuple(_file(*packed) for packed in json.loads(stored))) if stored else None


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def _hunk(hunk: Hunk) -> Hunk:
    return replace(hunk, lines=tuple(replace(line, text=_hashed(line.text)) for line in hunk.lines))


def _packed(file: FileDiff) -> list[Any]:
    return [
        file.path,
        file.old_path,
        file.status.value,
        file.binary,
        [[h.old_start, h.old_count, h.new_start, h.new_count, *_lines(h)] for h in file.hunks],
    ]


def _lines(hunk: Hunk) -> list[str]:
    return [f"{_SIGNS[x.kind]}{_hashed(x.text)}{_UNENDED[x.newline]}" for x in hunk.lines]


def _file(path: str, old_path: str, status: str, binary: bool, hunks: list[list[Any]]) -> FileDiff:
    read = tuple(_read_hunk(*hunk[:4], lines=hunk[4:]) for hunk in hunks)
    return FileDiff(path, old_path, FileStatus(status), read, binary)


def _read_hunk(
    old_start: int, old_count: int, new_start: int, new_count: int, *, lines: list[str]
) -> Hunk:
    old = old_start + (old_count == 0)
    new = new_start + (new_count == 0)
    read: list[Line] = []
    for packed in lines:
        kind = _KINDS[packed[0]]
        mine = None if kind is LineKind.ADDED else old
        theirs = None if kind is LineKind.REMOVED else new
        read.append(Line(kind, mine, theirs, packed[1:9], not packed.endswith("!")))
        old += mine is not None
        new += theirs is not None
    return Hunk(old_start, old_count, new_start, new_count, tuple(read))
