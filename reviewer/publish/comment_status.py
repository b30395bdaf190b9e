"""What became of a finding, told in the comment that said it: an edit, which mails nobody."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from reviewer.publish.fingerprint import Mark, finding_marker, read_mark
from reviewer.publish.further_places import SENTENCE, further_places
from reviewer.publish.status_line import SIGNS, Change, parted
from reviewer.refs import CommitSha

_PLACES = re.compile(SENTENCE)
_SUGGESTION = re.compile(r"^(`{3,})suggestion\n.*?\n\1[ \t]*$\n*", re.DOTALL | re.MULTILINE)


def with_status(body: str, change: Change, words: str) -> str:
    """The comment with one line on what became of it, in place of such a line that it has."""
    lines, _, mark = parted(body)
    return "\n".join([*lines, "", f"{SIGNS[change]} {words}", "", mark]).rstrip()


def with_no_status(body: str) -> str:
    """The comment as it was before anything became of its finding."""
    lines, status, mark = parted(body)
    return "\n".join([*lines, "", mark]).rstrip() if status else body


def with_places(body: str, places: Mapping[str, int]) -> str:
    """The comment naming these further places and no others: lines by fingerprints."""
    mark = read_mark(body)
    if mark is None:
        return body
    every = dict.fromkeys((*mark.also, *mark.fixed, mark.fingerprint))
    also = tuple(one for one in every if one in places and one != mark.fingerprint)
    fixed = tuple(one for one in every if one not in places)
    lines, status, _ = parted(body)
    here = mark.fingerprint not in fixed
    named = further_places(sorted(places[one] for one in also if places[one]), here=here)
    told = [line for line in lines if not _PLACES.fullmatch(line)]
    if named:
        at = next((n for n, line in enumerate(lines) if _PLACES.fullmatch(line)), len(told))
        told[at:at] = [named] if at < len(told) else ["", named]
    marker = finding_marker(replace(mark, also=also, fixed=fixed))
    tail = ["", status] if status else []
    return re.sub("\n{3,}", "\n\n", "\n".join([*told, *tail, "", marker])).rstrip()


def said_again(
    body: str, head: CommitSha, round_number: int, quote_key: str = "", scope_key: str = ""
) -> str:
    """The comment for a new line. Its suggestion stays behind: it was made for other lines.

    The keys are those of the line and its item, where they are not what they were.
    """
    lines, _, _ = parted(body)
    mark = read_mark(body)
    marker = (
        finding_marker(_renewed(mark, head, round_number, quote_key, scope_key)) if mark else ""
    )
    text = _SUGGESTION.sub("", "\n".join(lines)).rstrip()
    return f"{text}\n\n{marker}".rstrip()


def _renewed(mark: Mark, head: CommitSha, number: int, quote_key: str, scope_key: str) -> Mark:
    return replace(
        mark,
        head=head,
        round=number,
        quote_key=quote_key or mark.quote_key,
        scope_key=scope_key or mark.scope_key,
    )
