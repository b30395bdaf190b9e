"""What a round does to what earlier ones said: the count of it, and each thread's change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from reviewer.finding import Severity
from reviewer.publish.defang import code
from reviewer.publish.fingerprint import Mark
from reviewer.publish.reconcile import Gone, Reason, Reconciled
from reviewer.publish.standing import SETTLED, NotSettled, Standing, State
from reviewer.publish.status_line import Change
from reviewer.pull.diff import Side
from reviewer.refs import CommitSha


@dataclass(frozen=True, slots=True)
class Tally:
    """Findings of earlier rounds by severity."""

    open: Mapping[Severity, int] = field(default_factory=dict)
    fixed: Mapping[Severity, int] = field(default_factory=dict)
    dismissed: Mapping[Severity, int] = field(default_factory=dict)

    @property
    def told(self) -> bool:
        """Whether there is anything to count."""
        return any(self.open.values()) or any(self.fixed.values()) or any(self.dismissed.values())


@dataclass(frozen=True, slots=True)
class OpenFinding:
    """One that stands, as the summary lists it."""

    fingerprint: str
    severity: Severity
    path: str
    line: int | None
    title: str
    """Defanged, as our own comment has it."""
    comment_id: int | None
    mark: Mark
    told: str = ""
    """Its words, where the summary alone tells of it."""
    more: int = 0
    """Further places for which its comment speaks."""
    resolved_by: str = ""
    not_settled: NotSettled | None = None
    """Set where a person resolved its thread, and it counts all the same."""
    on_head: bool = False
    """Whether the line is one of the head, and where it is now."""


@dataclass(frozen=True, slots=True)
class ThreadChange:
    """One change of one thread of ours."""

    change: Change
    comment_id: int
    thread_id: str | None
    words: str
    """One sentence of ours, markdown."""
    path: str = ""
    line: int = 0
    side: Side = Side.RIGHT
    quote_key: str = ""
    scope_key: str = ""
    """With `MOVED` the new place, and what its mark says otherwise of it."""
    places: tuple[tuple[str, int], ...] = ()
    """With `PLACES` fingerprint and line of each place of the comment that stands."""


def looked_again(plan: Reconciled, repaired: Iterable[str]) -> Reconciled:
    """The plan with the findings gone of which a second look said that they are repaired."""
    names = frozenset(repaired)
    gone = [Gone(one, Reason.REPAIRED) for one in plan.to_verify if one.fingerprint in names]
    left = tuple(one for one in plan.to_verify if one.fingerprint not in names)
    return replace(plan, gone=(*plan.gone, *gone), to_verify=left)


def still_open(plan: Reconciled) -> tuple[Standing, ...]:
    """All that stands after this round."""
    moved = (each.standing for each in plan.moved)
    return (*plan.silent, *moved, *plan.to_verify, *plan.returned)


def tally(earlier: Iterable[Standing], plan: Reconciled) -> Tally:
    """The count of what was said before."""
    stood = tuple(earlier)
    back = {one.fingerprint for one in plan.returned}
    fixed = [*(each.standing for each in plan.gone), *plan.faded]
    fixed += [s for s in stood if s.state is State.RESOLVED_BY_US and s.fingerprint not in back]
    return Tally(
        open=_count(still_open(plan)),
        fixed=_count(fixed),
        dismissed=dict(
            Counter(severity_of(s) for s in stood if s.state in SETTLED)
            + Counter(one.finding.severity for one in plan.let_go)
        ),
    )


def open_findings(plan: Reconciled, told: Mapping[str, str]) -> tuple[OpenFinding, ...]:
    """What the summary lists of earlier rounds: one row for all places of a comment."""
    at = {fingerprint: (path, line) for fingerprint, path, line in plan.places}
    rows = []
    for one, more in _by_comment(still_open(plan)):
        path, line = at.get(one.fingerprint, (one.path, one.line or one.original_line))
        row = OpenFinding(
            fingerprint=one.fingerprint,
            severity=severity_of(one),
            path=path,
            line=line,
            title=one.title,
            comment_id=one.comment_id,
            mark=mark_again(one),
            told=told.get(one.fingerprint, "") if one.comment_id is None else "",
            resolved_by=one.resolved_by,
            not_settled=one.not_settled if one.state is State.SET_ASIDE else None,
            more=more,
            on_head=one.side is Side.RIGHT and one.fingerprint in at,
        )
        rows.append(row)
    return tuple(sorted(rows, key=lambda o: (o.severity.rank, o.path, o.line or 0, o.fingerprint)))


def thread_changes(
    plan: Reconciled,
    head: CommitSha,
    repaired: Mapping[str, str] | None = None,
    *,
    earlier: Iterable[Standing] = (),
    prefix: str = "/",
) -> tuple[ThreadChange, ...]:
    """What is done to threads, in a fixed order.

    `repaired` are the words about findings that were looked at again, by their fingerprints.
    Of `earlier` those are told of that a thumb down dismissed; `prefix` is that of commands.
    """
    short = f"`{head[:12]}`"
    made: dict[int, ThreadChange] = {}
    for one in earlier:
        if one.thumb_of:
            by = f"Let go by {code(one.thumb_of)} (thumb down)"
            _add(made, Change.LET_GO, one, f"{by}; `{prefix}reopen` takes it back.")
    for gone in plan.gone:
        told = (repaired or {}).get(gone.standing.fingerprint)
        words = told or f"Fixed in {short}: {gone.reason}."
        _add(made, Change.FIXED, gone.standing, words)
    for one, places in _places_told_anew(plan):
        made[one.comment_id or 0] = ThreadChange(
            Change.PLACES, one.comment_id or 0, one.thread_id, "", places=places
        )
    for one in plan.returned:
        _add(made, Change.BACK, one, f"Back in {short}.")
    for moved in plan.moved:
        if moved.standing.named_only or moved.standing.comment_id is None:
            continue
        there = code(f"{moved.path}:{moved.line}")
        where = f"line {moved.line}" if moved.path == moved.standing.path else there
        words = f"Moved to {where} in {short}."
        made[moved.standing.comment_id] = ThreadChange(
            Change.MOVED,
            moved.standing.comment_id,
            moved.standing.thread_id,
            words,
            moved.path,
            moved.line,
            moved.standing.side,
            moved.quote_key,
            moved.scope_key,
        )
    return tuple(made[key] for key in sorted(made))


def _by_comment(standing: Iterable[Standing]) -> list[tuple[Standing, int]]:
    """One finding of each comment with the number of the others, and those without a comment."""
    ordered = sorted(standing, key=lambda one: (one.named_only, one.fingerprint))
    alone = [(one, 0) for one in ordered if one.comment_id is None and not one.named_only]
    groups: dict[int, list[Standing]] = {}
    for one in ordered:
        if one.comment_id is not None:
            groups.setdefault(one.comment_id, []).append(one)
    return [*alone, *((group[0], len(group) - 1) for group in groups.values())]


def _places_told_anew(plan: Reconciled) -> list[tuple[Standing, tuple[tuple[str, int], ...]]]:
    """One finding of each comment of whose places some were repaired or came back."""
    line_of = {fingerprint: line for fingerprint, _, line in plan.places}
    standing: dict[int | None, list[Standing]] = {}
    for one in still_open(plan):
        standing.setdefault(one.comment_id, []).append(one)
    spoke = {one.comment_id for one in plan.silent} - {None}
    back = [one for one in plan.returned if one.comment_id in spoke]
    changed = {one.comment_id: one for one in (*plan.faded, *back)}
    return [
        (one, tuple((s.fingerprint, line_of.get(s.fingerprint, 0)) for s in standing[comment]))
        for comment, one in changed.items()
        if comment in standing
    ]


def severity_of(one: Standing) -> Severity:
    """Its severity; a mark that lacks one is taken for the least."""
    return one.severity or Severity.SUGGESTION


def mark_again(one: Standing) -> Mark:
    """The mark that a standing finding bears."""
    return Mark(
        fingerprint=one.fingerprint,
        source=one.source,
        severity=one.severity,
        category=one.category,
        quote_key=one.quote_key,
        scope_key=one.scope_key,
        head=one.head_sha,
        round=one.round,
    )


def _add(made: dict[int, ThreadChange], change: Change, one: Standing, words: str) -> None:
    # A comment that speaks for several places says it once.
    if one.comment_id is not None:
        made.setdefault(one.comment_id, ThreadChange(change, one.comment_id, one.thread_id, words))


def _count(standing: Iterable[Standing]) -> dict[Severity, int]:
    return dict(Counter(severity_of(one) for one in standing))
