"""The changed files as HTML: line numbers, and comments under the line they stand on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from html import escape

from reviewer.sandbox.github_diff import FileChange
from reviewer.sandbox.github_markdown import markdown_html
from reviewer.sandbox.github_state import Anchor, ReviewComment, User

_HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)")
_MOST_LINES = 3000

_COLUMNS = '<colgroup><col class="number"><col class="number"><col class="mark"><col></colgroup>'

Thread = list[ReviewComment]


def threads_of(comments: Sequence[ReviewComment]) -> list[Thread]:
    """Comments with their replies behind them, in the order of their first."""
    threads: dict[int, Thread] = {}
    for comment in comments:
        threads.setdefault(comment.thread.id, []).append(comment)
    return list(threads.values())


def when(moment: datetime | None) -> str:
    """A time for a reader, in UTC."""
    return moment.strftime("%d %b %Y, %H:%M") if moment else ""


def author_html(user: User) -> str:
    """The name of an account, with GitHub's mark for a bot."""
    name = f"<b>{escape(user.login.removesuffix('[bot]'))}</b>"
    return f'{name} <span class="bot">bot</span>' if user.kind == "Bot" else name


def file_html(file: FileChange, threads: Sequence[Thread]) -> str:
    """One file, with the threads that stand in it."""
    name = escape(file.path)
    if file.previous:
        name = f"{escape(file.previous)} → {name}"
    counts = (
        f'<span class="plus">+{file.additions}</span> <span class="minus">−{file.deletions}</span>'  # noqa: RUF001 - the sign is a minus
    )
    on_file = [t for t in threads if t[0].on_file]
    body = "".join(f'<div class="note">{thread_html(t, [])}</div>' for t in on_file)
    if not file.patch:
        body += '<div class="note">There is no text to show.</div>'
    elif file.patch.count("\n") > _MOST_LINES:
        body += '<div class="note">Large diffs are not rendered.</div>'
    else:
        body += f'<table class="diff">{_COLUMNS}{"".join(_rows(file, threads))}</table>'
    return f'<details class="file" open><summary>{name} &nbsp; {counts}</summary>{body}</details>'


def _rows(file: FileChange, threads: Sequence[Thread]) -> Iterator[str]:
    waiting: dict[tuple[str, int], list[Thread]] = {}
    for thread in threads:
        anchor = thread[0].anchor
        if anchor is not None and anchor.line is not None:
            waiting.setdefault((anchor.side, anchor.line), []).append(thread)
    old = new = 0
    for line in file.patch.split("\n"):
        header = _HUNK.match(line)
        if header and line.startswith("@@"):
            old, new = int(header[1]), int(header[2])
            yield f'<tr class="hunk"><td colspan="4">{escape(line)}</td></tr>'
            continue
        mark, text = line[:1], line[1:]
        if mark == "\\":
            continue
        left = old if mark != "+" else None
        right = new if mark != "-" else None
        kind = {"+": "add", "-": "del"}.get(mark, "")
        yield (
            f'<tr class="{kind}"><td class="number">{left or ""}</td>'
            f'<td class="number">{right or ""}</td><td class="mark">{escape(mark)}</td>'
            f'<td class="code">{escape(text)}</td></tr>'
        )
        old += left is not None
        new += right is not None
        here = [("LEFT", left)] if left is not None else []
        here += [("RIGHT", right)] if right is not None else []
        for place in here:
            for thread in waiting.get(place, []):
                lines = lines_at(file, thread[0].anchor)
                yield f'<tr class="talk"><td colspan="4">{thread_html(thread, lines)}</td></tr>'


def lines_at(file: FileChange, anchor: Anchor | None) -> list[str]:
    """The text of the lines that a comment is about, as far as the patch shows them."""
    if anchor is None or anchor.line is None:
        return []
    patch = file.patch.split("\n")
    numbers = range(anchor.start_line or anchor.line, anchor.line + 1)
    shown = [file.find(anchor.side, number) for number in numbers]
    return [patch[place.position][1:] for place in shown if place is not None]


def thread_html(thread: Thread, lines: Sequence[str]) -> str:
    """A comment and its replies as cards; `lines` are what a suggestion would replace."""
    cards = "".join(
        f'<div class="card" id="discussion_r{comment.id}"><div class="head">'
        f"{author_html(comment.user)} {_about(comment)}"
        f'<a class="muted" href="#discussion_r{comment.id}">{when(comment.created_at)}</a></div>'
        f"{hidden_html(comment.hidden_as, markdown_html(comment.body, lines))}</div>"
        for comment in thread
    )
    by = thread[0].thread.resolved_by
    if by is not None:
        cards = f"<details><summary>Resolved by {author_html(by)}</summary>{cards}</details>"
    return f'<div class="thread">{cards}</div>'


def hidden_html(reason: str | None, text: str) -> str:
    """What a comment says, folded away when it was hidden for a reason."""
    body = f'<div class="body">{text}</div>'
    if reason is None:
        return body
    summary = f"This comment was marked as {escape(reason)}."
    return f"<details><summary>{summary}</summary>{body}</details>"


def _about(comment: ReviewComment) -> str:
    anchor = comment.anchor or comment.original
    if anchor.line is None:
        return "on this file · "
    outdated = "" if comment.anchor else "(outdated) "
    if anchor.start_line is not None:
        return f"on lines {anchor.start_line} to {anchor.line} {outdated}· "
    return f"on line {anchor.line} {outdated}· "
