"""What became of a finding, told in the comment that said it: an edit, which mails nobody."""

from __future__ import annotations

import re
from dataclasses import replace

from reviewer.publish.fingerprint import finding_marker, read_mark
from reviewer.publish.status_line import SIGNS, Change, parted
from reviewer.refs import CommitSha

_SUGGESTION = re.compile(r"^(`{3,})suggestion\n.*?\n\1[ \t]*$\n*", re.DOTALL | re.MULTILINE)


def with_status(body: str, change: Change, words: str) -> str:
    """The comment with one line on what became of it, in place of such a line that it has."""
    lines, _, mark = parted(body)
    return "\n".join([*lines, "", f"{SIGNS[change]} {words}", "", mark]).rstrip()


def said_again(body: str, head: CommitSha, round_number: int) -> str:
    """The comment for a new line. Its suggestion stays behind: it was made for other lines."""
    lines, _, _ = parted(body)
    mark = read_mark(body)
    marker = finding_marker(replace(mark, head=head, round=round_number)) if mark else ""
    text = _SUGGESTION.sub("", "\n".join(lines)).rstrip()
    return f"{text}\n\n{marker}".rstrip()
