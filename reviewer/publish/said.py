"""What the ledger keeps of findings that were said, so that GitHub need not remember them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from reviewer.publish.fingerprint import quote_key, scope_key
from reviewer.publish.markdown import title
from reviewer.publish.placement import InSummary, OnFile
from reviewer.publish.plan import Entry, PublicationPlan
from reviewer.publish.reconcile import Reconciled
from reviewer.publish.rounds import severity_of, still_open
from reviewer.publish.standing import LIVE, Standing, State, named_beside
from reviewer.refs import CommitSha

MOST_KEPT = 1000
"""Findings; those without a comment first, of them the worst."""
REFUSED = "GitHub takes no comment there"


def in_summary(plan: PublicationPlan, refused: Iterable[str]) -> PublicationPlan:
    """The plan with the findings of these fingerprints told by the summary alone."""
    names = frozenset(refused)
    if not names:
        return plan
    entries = (_without_comment(e) if e.fingerprint in names else e for e in plan.entries)
    return replace(plan, entries=tuple(entries))


def said_by(
    plan: PublicationPlan, comments: Mapping[str, int], head: CommitSha
) -> tuple[Standing, ...]:
    """The findings that a plan said, in comments of these ids or in the summary alone.

    One whose comment nobody has seen on GitHub is left out: it must not count as deleted.
    """
    found: list[Standing] = []
    for entry in plan.entries:
        comment_id = comments.get(entry.fingerprint)
        if comment_id is None and not isinstance(entry.placed.place, InSummary):
            continue
        main = _standing(entry, comment_id, head, plan.round)
        found += [main, *(named_beside(main, fingerprint) for fingerprint, _ in entry.more)]
    return tuple(found)


def said_before(
    earlier: Iterable[Standing], plan: Reconciled, renames: Mapping[str, str]
) -> tuple[Standing, ...]:
    """What earlier rounds said, as this one leaves it."""
    still = {one.fingerprint for one in still_open(plan)}
    fixed = {one.fingerprint for one in (*(each.standing for each in plan.gone), *plan.faded)}
    moved = {each.standing.fingerprint: each for each in plan.moved}

    def now(one: Standing) -> Standing:
        state, to = one.state, moved.get(one.fingerprint)
        if one.fingerprint in still:
            state = State.OPEN
        elif one.fingerprint in fixed:
            state = State.RESOLVED_BY_US
        # GitHub follows no rename for what has no comment.
        path = renames.get(one.path, one.path) if one.comment_id is None else one.path
        if to is None:
            return replace(one, state=state, path=path)
        keys = to.quote_key or one.quote_key, to.scope_key or one.scope_key
        return replace(one, state=state, path=to.path, quote_key=keys[0], scope_key=keys[1])

    return tuple(now(one) for one in earlier)


def kept(said: Iterable[Standing], moved: Mapping[int, int]) -> tuple[Standing, ...]:
    """What goes into the ledger; `moved` are comments that others took the place of."""
    found = [
        replace(one, comment_id=moved.get(one.comment_id, one.comment_id))
        if one.comment_id is not None
        else one
        for one in said
    ]
    found.sort(key=lambda one: (one.comment_id is not None, severity_of(one).rank, one.fingerprint))
    return tuple(found[:MOST_KEPT])


def without_comment(one: Standing, *, dismissed: bool, deleted: bool, takes_two: bool) -> Standing:
    """What the ledger has of a finding whose comment was not seen among ours.

    `deleted` says that GitHub was asked for that one comment, and has it no more: then somebody let
    the finding go, unless that `takes_two` people. A repaired finding stays repaired.
    """
    state = one.state
    if dismissed:
        state = State.DISMISSED
    elif state is State.DISMISSED:
        state = State.OPEN
    if one.comment_id is None or not deleted:
        return replace(one, state=state)
    if state in LIVE:
        state = State.OPEN if takes_two else State.DELETED
    return replace(one, state=state, comment_id=None, thread_id=None, line=None)


def _without_comment(entry: Entry) -> Entry:
    finding = entry.placed.finding
    place = InSummary(finding.path, finding.line, REFUSED, in_change=True)
    return replace(entry, placed=replace(entry.placed, place=place))


def _standing(entry: Entry, comment_id: int | None, head: CommitSha, number: int) -> Standing:
    finding, place = entry.placed.finding, entry.placed.place
    # Of a file that the change does not touch no round can say that it left the change.
    in_change = not isinstance(place, InSummary) or place.in_change
    return Standing(
        fingerprint=entry.fingerprint,
        path=finding.path if in_change else "",
        line=None if isinstance(place, InSummary | OnFile) else finding.line,
        side=finding.side,
        state=State.OPEN,
        comment_id=comment_id,
        original_line=finding.line,
        source=finding.source,
        severity=finding.severity,
        category=finding.category,
        scope_key=scope_key(finding.scope_path),
        quote_key=quote_key(finding.quote),
        title=title(finding),
        head_sha=head,
        round=number,
    )
