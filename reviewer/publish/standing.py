"""What stands on the pull request: what the App's own comments say, and beside them the ledger.

Should the ledger be lost, GitHub alone is enough to say nothing twice that has a comment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from reviewer.finding import Category, Severity
from reviewer.publish.fingerprint import Mark, listed_marks, read_mark
from reviewer.publish.likeness import headline
from reviewer.publish.status_line import Change, change_told, says_closed
from reviewer.pull.diff import Side
from reviewer.refs import CommitSha


class State(StrEnum):
    """What became of a finding that was said. The order is the order of what counts more."""

    DISMISSED = "dismissed"
    RESOLVED_BY_PERSON = "resolved_by_person"
    SET_ASIDE = "set_aside"
    """Resolved by a person who could not let it go alone: nothing is said, and it counts."""
    OPEN = "open"
    OUTDATED = "outdated"
    """Open, and GitHub shows it on no line any more."""
    DELETED = "deleted"
    """A person deleted the comment, which lets the finding go."""
    RESOLVED_BY_US = "resolved_by_us"


SETTLED = frozenset({State.DISMISSED, State.RESOLVED_BY_PERSON, State.DELETED})
"""A person has decided; it is not raised again, however it is worded."""
LIVE = frozenset({State.OPEN, State.OUTDATED, State.SET_ASIDE})


class NotSettled(StrEnum):
    """Why a finding stands though a person resolved its thread."""

    ROLE = "who may not dismiss"
    SECOND_PERSON = "and it takes two people"


@dataclass(frozen=True, slots=True)
class OwnComment:
    """A review comment that this App wrote, as GitHub has it now."""

    comment_id: int
    body: str
    path: str
    side: Side
    line: int | None
    """None where GitHub shows it on no line: outdated, or on the file."""
    original_line: int | None = None
    thread_id: str | None = None
    on_file: bool = False


@dataclass(frozen=True, slots=True)
class Thread:
    """What was done to a thread."""

    thread_id: str
    resolved: bool = False
    resolved_by_us: bool = False
    resolved_by: str = ""
    """Login of the person; empty if unknown."""
    resolved_by_id: int = 0
    not_settled: NotSettled | None = None
    dismissed: bool = False
    """By a person's word: a command, a thumb down."""
    thumb_of: str = ""
    """Login of whoever dismissed it by a thumb down."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One finding that was said. What a marker of an early version lacks is None or empty."""

    fingerprint: str
    path: str
    """As it was when the comment was made; renames are followed when it is matched."""
    line: int | None
    side: Side
    state: State
    thread_id: str | None = None
    comment_id: int | None = None
    """None where the summary alone says it."""
    original_line: int | None = None
    source: str = ""
    severity: Severity | None = None
    category: Category | None = None
    scope_key: str = ""
    quote_key: str = ""
    title: str = ""
    head_sha: CommitSha | None = None
    round: int = 0
    named_only: bool = False
    """A further place that the comment of another finding names."""
    resolved_by: str = ""
    """With `SET_ASIDE` the person's login; empty if unknown."""
    not_settled: NotSettled | None = None
    thumb_of: str = ""
    """Login of whoever let it go by a thumb down that its comment does not tell of yet."""

    @property
    def by_rule(self) -> bool:
        """Whether a static rule said it."""
        return self.source.startswith("rule:")


def rebuild(
    comments: Iterable[OwnComment],
    threads: Mapping[str, Thread],
    reviews: Iterable[str] = (),
    said: Iterable[Standing] = (),
    since: int = 0,
) -> tuple[Standing, ...]:
    """What stands, one entry a fingerprint, in the order of fingerprints.

    The caller passes what this App wrote and nothing else: `comments`, and the bodies of its
    `reviews`, which tell of findings that have no comment. Of two comments with one fingerprint
    the one counts on which a person decided, then an open one, then the newer. `said` is what the
    ledger has, of which comments that are here tell better; what a body says of rounds before
    `since` the ledger knows better.
    """
    best: dict[str, Standing] = {}
    known: dict[int | None, list[Standing]] = defaultdict(list)
    for one in said:
        known[one.comment_id].append(one)
    for comment in comments:
        of_ledger = known.pop(comment.comment_id, [])
        thread = threads.get(comment.thread_id or "")
        mark = read_mark(comment.body)
        if mark is None:
            # Somebody edited the mark away.
            now_said = [_as_shown(one, comment, thread) for one in of_ledger]
        else:
            now_said = _said_by(comment, mark, thread)
        for one in now_said:
            held = best.get(one.fingerprint)
            if held is None or _weight(one) > _weight(held):
                best[one.fingerprint] = one
    for one in (one for left in known.values() for one in left):
        held = best.get(one.fingerprint)
        if held is None or held.state is State.RESOLVED_BY_US:
            # What moved has two comments: the old one says no more than that it moved.
            best[one.fingerprint] = one
    for body in reviews:
        for mark in listed_marks(body):
            if mark.round < since:
                continue
            for fingerprint in (mark.fingerprint, *mark.also):
                best.setdefault(fingerprint, _in_body(fingerprint, mark))
    return tuple(best[fingerprint] for fingerprint in sorted(best))


def _said_by(comment: OwnComment, mark: Mark, thread: Thread | None) -> list[Standing]:
    state = _state(comment, thread)
    repaired = state if state in SETTLED else State.RESOLVED_BY_US
    main = Standing(
        fingerprint=mark.fingerprint,
        path=comment.path,
        line=comment.line,
        side=comment.side,
        state=repaired if mark.fingerprint in mark.fixed else state,
        thread_id=comment.thread_id,
        comment_id=comment.comment_id,
        original_line=comment.original_line,
        source=mark.source,
        severity=mark.severity,
        category=mark.category,
        scope_key=mark.scope_key,
        quote_key=mark.quote_key,
        title=headline(comment.body),
        head_sha=mark.head,
        round=mark.round,
        resolved_by=thread.resolved_by if thread is not None else "",
        not_settled=thread.not_settled if thread is not None else None,
        thumb_of=_untold_thumb(comment, thread),
    )
    fixed = [one for one in mark.fixed if one != mark.fingerprint]
    return [
        main,
        *(named_beside(main, fingerprint, state) for fingerprint in mark.also),
        *(named_beside(main, fingerprint, repaired) for fingerprint in fixed),
    ]


def _as_shown(one: Standing, comment: OwnComment, thread: Thread | None) -> Standing:
    state = _state(comment, thread)
    if one.named_only and state is State.OUTDATED:
        state = State.OPEN
    return replace(
        one,
        path=comment.path,
        line=None if one.named_only else comment.line,
        state=state,
        thread_id=comment.thread_id,
        resolved_by=thread.resolved_by if thread is not None else "",
        not_settled=thread.not_settled if thread is not None else None,
        thumb_of="",
    )


def _untold_thumb(comment: OwnComment, thread: Thread | None) -> str:
    told = change_told(comment.body) is Change.LET_GO
    return thread.thumb_of if thread is not None and not told else ""


def named_beside(main: Standing, fingerprint: str, state: State = State.OPEN) -> Standing:
    """A further place that the comment of a finding names."""
    return Standing(
        fingerprint=fingerprint,
        path=main.path,
        line=None,
        side=main.side,
        # Only the comment's own line can be outdated.
        state=State.OPEN if state is State.OUTDATED else state,
        thread_id=main.thread_id,
        comment_id=main.comment_id,
        source=main.source,
        severity=main.severity,
        category=main.category,
        title=main.title,
        head_sha=main.head_sha,
        round=main.round,
        named_only=True,
        resolved_by=main.resolved_by,
        not_settled=main.not_settled,
    )


def _in_body(fingerprint: str, mark: Mark) -> Standing:
    own = fingerprint == mark.fingerprint
    return Standing(
        fingerprint=fingerprint,
        path="",
        line=None,
        side=Side.RIGHT,
        state=State.OPEN,
        source=mark.source,
        severity=mark.severity,
        category=mark.category,
        scope_key=mark.scope_key if own else "",
        quote_key=mark.quote_key if own else "",
        head_sha=mark.head,
        round=mark.round,
        named_only=not own,
    )


def _state(comment: OwnComment, thread: Thread | None) -> State:
    if thread is not None and thread.dismissed:
        return State.DISMISSED
    if thread is not None and thread.resolved:
        if thread.resolved_by_us:
            return State.RESOLVED_BY_US
        if thread.not_settled is None:
            return State.RESOLVED_BY_PERSON
        return State.RESOLVED_BY_US if says_closed(comment.body) else State.SET_ASIDE
    if says_closed(comment.body):
        return State.RESOLVED_BY_US
    return State.OUTDATED if comment.line is None and not comment.on_file else State.OPEN


def _weight(one: Standing) -> tuple[int, bool, int]:
    return (-list(State).index(one.state), not one.named_only, one.comment_id or 0)
