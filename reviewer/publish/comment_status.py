"""What became of a finding, told in the comment that said it: an edit, which mails nobody."""

from __future__ import annotations

import re
from dataclasses import replace

from reviewer.publish.fingerprint import finding_marker, read_mark
from reviewer.publish.rounds import Change
from reviewer.refs import CommitSha

_SIGNS = {Change.FIXED: "✅", Change.BACK: "↩️", Change.MOVED: "➡️"}
_STATUS = re.compile(r"(?:✅|↩️|➡️) ")
_SUGGESTION = re.compile(r"^(`{3,})suggestion\n.*?\n\1[ \t]*$\n*", re.DOTALL | re.MULTILINE)


def with_status(body: str, change: Change, words: str) -> str:
    """The comment with one line on what became of it, in place of such a line that it has."""
    text, marker = _parted(body)
    return f"{text}\n\n{_SIGNS[change]} {words}\n\n{marker}".rstrip()


def said_again(body: str, head: CommitSha, round_number: int) -> str:
    """The comment for a new line. Its suggestion stays behind: it was made for other lines."""
    text, _ = _parted(body)
    mark = read_mark(body)
    marker = finding_marker(replace(mark, head=head, round=round_number)) if mark else ""
    return f"{_SUGGESTION.sub('', text).rstrip()}\n\n{marker}".rstrip()


def _parted(body: str) -> tuple[str, str]:
    """The words without a status, and the mark, which is the last line."""
    lines = body.rstrip().splitlines()
    marker = lines.pop() if lines and read_mark(lines[-1]) is not None else ""
    while lines and (not lines[-1].strip() or _STATUS.match(lines[-1])):
        lines.pop()
    return "\n".join(lines), marker
