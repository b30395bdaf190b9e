"""Reading the text of a diff into `Diff`.

The text is cut into files first and each file is handed to `unidiff` alone: names come from
git's extended headers, which unidiff guesses at where a path holds ` b/`, a quote or an escape.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from unidiff.errors import UnidiffParseError
from unidiff.patch import Hunk as ParsedHunk
from unidiff.patch import PatchSet

from reviewer.pull.diff import Diff, FileDiff, FileStatus, Hunk, Line, LineKind

_HEADER = "diff --git "
_BODY_STARTS = ("@@ ", "Binary files ", "GIT binary patch")
_ESCAPE = re.compile(rb'\\([abfnrtv"\\]|[0-7]{1,3})')
_ESCAPED = {
    b"a": b"\a",
    b"b": b"\b",
    b"f": b"\f",
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"v": b"\v",
    b'"': b'"',
    b"\\": b"\\",
}


class UnreadableDiff(ValueError):
    """The text is no diff that git makes; the message names the file."""


@dataclass(slots=True)
class _Section:
    """One file of the diff, still as text."""

    title: str
    headers: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)


def parse_diff(text: str) -> Diff:
    """Read what `git diff` and GitHub's diff media type print. Raises UnreadableDiff."""
    return Diff(tuple(_read_file(section) for section in _sections(text)))


def _sections(text: str) -> Iterator[_Section]:
    section: _Section | None = None
    for line in text.split("\n"):
        # Inside a hunk every line starts with a blank, a sign or a backslash, so this is a header.
        if line.startswith(_HEADER):
            if section is not None:
                yield section
            section = _Section(line)
        elif section is None:
            if line.strip():
                raise UnreadableDiff(f"expected 'diff --git', found {line[:80]!r}")
        elif section.body or line.startswith(_BODY_STARTS):
            section.body.append(line)
        else:
            section.headers.append(line)
    if section is not None:
        yield section


def _read_file(section: _Section) -> FileDiff:
    named = {key: value for key, value in map(_header, section.headers) if value is not None}
    old_path, path = _paths(section.title, named)
    if "new file mode" in named:
        status = FileStatus.ADDED
    elif "deleted file mode" in named:
        status = FileStatus.REMOVED
    elif "rename to" in named:
        status = FileStatus.RENAMED
    elif "copy to" in named:
        status = FileStatus.COPIED
    else:
        status = FileStatus.MODIFIED
    binary = bool(section.body) and not section.body[0].startswith("@@ ")
    index_mode = (named.get("index") or "").partition(" ")[2] or None
    return FileDiff(
        path=path,
        old_path=old_path,
        status=status,
        hunks=() if binary else _hunks(path, section.body),
        binary=binary,
        old_mode=named.get("old mode") or named.get("deleted file mode") or index_mode,
        new_mode=named.get("new mode") or named.get("new file mode") or index_mode,
    )


_KEYS = (
    "new file mode",
    "deleted file mode",
    "old mode",
    "new mode",
    "rename from",
    "rename to",
    "copy from",
    "copy to",
    "index",
    "---",
    "+++",
)


def _header(line: str) -> tuple[str, str | None]:
    for key in _KEYS:
        if line.startswith(key + " "):
            return key, line[len(key) + 1 :]
    return line, None


def _paths(title: str, named: dict[str, str]) -> tuple[str, str]:
    """The names before and after; both the same unless the file was renamed or copied."""
    for old, new in (("rename from", "rename to"), ("copy from", "copy to")):
        if old in named and new in named:
            return _unquote(named[old]), _unquote(named[new])
    for key, prefix in (("+++", "b/"), ("---", "a/")):
        name = _unquote(named.get(key, "/dev/null").removesuffix("\t"))
        if name != "/dev/null":
            return name.removeprefix(prefix), name.removeprefix(prefix)
    # No hunk and no rename: both halves of the title name the same file.
    names = title[len(_HEADER) :]
    half = _unquote(names[: len(names) // 2]).removeprefix("a/")
    return half, half


def _unquote(name: str) -> str:
    """Undo git's C-style quoting of a path."""
    if len(name) < 2 or name[0] != '"' or name[-1] != '"':
        return name

    def unescape(match: re.Match[bytes]) -> bytes:
        code = match[1]
        return _ESCAPED.get(code) or bytes([int(code, 8) & 0xFF])

    return _ESCAPE.sub(unescape, name[1:-1].encode()).decode("utf-8", "replace")


def _hunks(path: str, body: list[str]) -> tuple[Hunk, ...]:
    lines = body[:-1] if body and not body[-1] else body
    if not lines:
        return ()
    try:
        patch = PatchSet("--- a/file\n+++ b/file\n" + "\n".join(lines) + "\n")
    except UnidiffParseError as error:
        raise UnreadableDiff(f"{path}: {str(error)[:200]}") from error
    # What stands outside the hunks, unidiff passes over in silence.
    if sum(len(hunk) + 1 for file in patch for hunk in file) != len(lines):
        raise UnreadableDiff(f"{path}: text outside the hunks")
    return tuple(_hunk(hunk) for hunk in patch[0])


def _hunk(parsed: ParsedHunk) -> Hunk:
    lines: list[Line] = []
    for line in parsed:
        if line.line_type == "\\" and lines:
            last = lines[-1]
            lines[-1] = Line(last.kind, last.old, last.new, last.text, newline=False)
        elif line.is_added or line.is_removed or line.is_context:
            kind = LineKind.ADDED if line.is_added else LineKind.REMOVED
            lines.append(
                Line(
                    kind=LineKind.CONTEXT if line.is_context else kind,
                    old=line.source_line_no,
                    new=line.target_line_no,
                    text=line.value.removesuffix("\n"),
                )
            )
    return Hunk(
        old_start=parsed.source_start,
        old_count=parsed.source_length,
        new_start=parsed.target_start,
        new_count=parsed.target_length,
        lines=tuple(lines),
    )
