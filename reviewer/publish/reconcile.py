"""What a push changes in what was said: nothing is said twice, and nothing is dropped unseen.

A person's word is final: what was dismissed or resolved is not raised again, reworded neither.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from reviewer.finding import Finding
from reviewer.publish.anchors import FileNow
from reviewer.publish.fingerprint import fingerprints, scope_key, unused
from reviewer.publish.let_go_before import LetGoBefore
from reviewer.publish.likeness import REWORDED, likeness
from reviewer.publish.pairing import Pairs, by_rule, in_order, once, pair
from reviewer.publish.round_now import Now
from reviewer.publish.standing import LIVE, SETTLED, Standing, State
from reviewer.pull.diff import Side


@dataclass(frozen=True, slots=True)
class New:
    """A finding to be said, under a fingerprint that no other on the pull request bears."""

    finding: Finding
    fingerprint: str
    after: Standing | None = None
    """The finding of the same item that the author was answering, where there is one."""
    on_new_line: bool = True
    """Whether its line was changed since the last round, as far as is known."""


@dataclass(frozen=True, slots=True)
class Moved:
    """GitHub lost the line, and it is here now: the comment is made again on it."""

    standing: Standing
    path: str
    line: int
    quote_key: str = ""
    """Of the line as it is now, where it was edited."""
    scope_key: str = ""
    """Of the item around it, where that is another one."""


class Reason(StrEnum):
    """Why a finding is gone for certain."""

    RULE_SILENT = "the rule no longer fires"
    NOT_IN_CHANGE = "the change no longer touches the file"
    REPAIRED = "it was looked at again"


@dataclass(frozen=True, slots=True)
class Gone:
    """A finding that needs no second look."""

    standing: Standing
    reason: Reason


@dataclass(frozen=True, slots=True)
class Unsaid:
    """A finding that is not said, for it is what `standing` says."""

    finding: Finding
    standing: Standing


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What to do about each finding. Each one that is live is in one of the first six groups."""

    new: tuple[New, ...] = ()
    silent: tuple[Standing, ...] = ()
    """They stand where they stand."""
    moved: tuple[Moved, ...] = ()
    gone: tuple[Gone, ...] = ()
    faded: tuple[Standing, ...] = ()
    """Gone places of comments that speak for others that stand."""
    to_verify: tuple[Standing, ...] = ()
    """The line is no longer in its item. Without a model to ask they stand."""
    returned: tuple[Standing, ...] = ()
    """Resolved by us, and back with its line: the thread is opened again."""
    suppressed: tuple[Unsaid, ...] = ()
    """A person has decided on them."""
    repeated: tuple[Unsaid, ...] = ()
    """The same again in other words."""
    let_go: tuple[LetGoBefore, ...] = ()
    """The same was let go on another pull request, and its item is as it was."""
    places: tuple[tuple[str, str, int], ...] = field(default=(), compare=False)
    """Fingerprint, head path and line of what stands, where the line is known."""


def reconcile(standing: Iterable[Standing], found: Iterable[Finding], now: Now) -> Reconciled:
    """Sort what was found into what is new and what is not, and what stood into what is left."""
    stood = sorted(standing, key=lambda one: (one.fingerprint, one.comment_id or 0))
    seen = once(in_order(found))
    matched = pair(stood, seen, now)
    finding_of = {s: seen[f] for s, f in matched.pairs}
    by_state: dict[State, list[tuple[Standing, Finding]]] = defaultdict(list)
    for s, finding in finding_of.items():
        by_state[stood[s].state].append((stood[s], finding))
    live = _live(stood, finding_of, matched, now)
    alone = [f for i, f in enumerate(seen) if i not in {f for _, f in matched.pairs}]
    fates = _Unpaired(stood, matched, now, live.gone, live.to_verify)
    new, suppressed, repeated = fates.sort(alone)
    back = by_state[State.RESOLVED_BY_US]
    settled = [Unsaid(f, one) for state in SETTLED for one, f in by_state[state]]
    return Reconciled(
        new=_named(new, seen, stood, now),
        silent=live.silent,
        moved=live.moved,
        gone=live.gone,
        faded=live.faded,
        to_verify=live.to_verify,
        returned=tuple(one for one, _ in back),
        suppressed=tuple(sorted(settled + suppressed, key=_unsaid_order)),
        repeated=tuple(sorted(repeated, key=_unsaid_order)),
        places=(*live.places, *((one.fingerprint, f.path, f.line) for one, f in back)),
    )


def _live(
    stood: Sequence[Standing], finding_of: Mapping[int, Finding], matched: Pairs, now: Now
) -> Reconciled:
    silent: list[Standing] = []
    moved: list[Moved] = []
    gone: list[Gone] = []
    to_verify: list[Standing] = []
    places: list[tuple[str, str, int]] = []
    for s, one in enumerate(stood):
        if one.state not in LIVE:
            continue
        anchor, finding = matched.anchors[s], finding_of.get(s)
        path = finding.path if finding else now.path_of(one)
        line = finding.line if finding else anchor.line if anchor else None
        if line is not None and path in now.files:
            places.append((one.fingerprint, path, line))
        if finding is None and (reason := _reason_gone(one, path, now)) is not None:
            gone.append(Gone(one, reason))
        elif line is None and _line_is_lost(one, path, now):
            to_verify.append(one)
        elif line is not None and one.state is State.OUTDATED and _shown(one, path, line, now):
            moved.append(_moved(one, path, line, now.files[path]))
        else:
            silent.append(one)
    speaking = {one.comment_id for one in silent} | {each.standing.comment_id for each in moved}
    faded = [each.standing for each in gone if each.standing.comment_id in speaking - {None}]
    gone = [each for each in gone if each.standing.comment_id not in speaking - {None}]
    return Reconciled(
        silent=tuple(sorted(silent, key=lambda one: one.fingerprint)),
        moved=tuple(moved),
        gone=tuple(gone),
        faded=tuple(faded),
        to_verify=tuple(to_verify),
        places=tuple(places),
    )


def _moved(one: Standing, path: str, line: int, file: FileNow) -> Moved:
    """With what the new comment has to know of its line, so that the next round finds it."""
    if one.side is Side.LEFT:
        quote, scope = file.removed_key_at(line), one.scope_key
    else:
        quote, scope = file.key_at(line), file.scope_at(line)
    return Moved(
        one,
        path,
        line,
        quote_key=quote if quote != one.quote_key else "",
        scope_key=scope if scope != one.scope_key else "",
    )


def _reason_gone(one: Standing, path: str, now: Now) -> Reason | None:
    if one.comment_id is None and now.read_whole:
        # The summary alone tells of it: there is no thread to verify it in.
        return Reason.REPAIRED
    if not one.path or path in now.unread:
        return None
    if path not in now.files:
        return Reason.NOT_IN_CHANGE
    if one.by_rule and not now.may_be_missing(one, path):
        return Reason.RULE_SILENT
    return None


def _line_is_lost(one: Standing, path: str, now: Now) -> bool:
    """Whether its item was read in this round and has its quote no more."""
    return bool(one.quote_key) and path in now.files and now.was_read(path, one.scope_key)


def _shown(one: Standing, path: str, line: int, now: Now) -> bool:
    return path in now.files and now.files[path].shows(line, one.side)


@dataclass(frozen=True, slots=True)
class _Unpaired:
    """What becomes of findings that are none of those which stand."""

    stood: Sequence[Standing]
    matched: Pairs
    now: Now
    gone: Sequence[Gone]
    to_verify: Sequence[Standing]

    def sort(
        self, alone: Sequence[Finding]
    ) -> tuple[list[tuple[Finding, Standing | None]], list[Unsaid], list[Unsaid]]:
        """What is new with what it answers, what a person has decided on, what is a repetition."""
        in_scope: dict[tuple[str, str], list[int]] = defaultdict(list)
        for s, one in enumerate(self.stood):
            in_scope[self.now.path_of(one), one.scope_key].append(s)
        new: list[tuple[Finding, Standing | None]] = []
        suppressed: list[Unsaid] = []
        repeated: list[Unsaid] = []
        for finding in alone:
            beside = in_scope[finding.path, scope_key(finding.scope_path)]
            same = [s for s in beside if self._says(s, finding)]
            decided = next((s for s in same if self._is_decided(s)), None)
            if decided is not None:
                suppressed.append(Unsaid(finding, self.stood[decided]))
            elif same and not by_rule(finding) and not self._is_unread(finding):
                repeated.append(Unsaid(finding, self.stood[same[0]]))
            else:
                new.append((finding, self._answered(beside, finding)))
        return new, suppressed, repeated

    def _says(self, s: int, finding: Finding) -> bool:
        """A rule words all its places alike: it says the same again only of an edited line."""
        one = self.stood[s]
        return (
            one.category is finding.category
            and (not by_rule(finding) or self.matched.anchors[s] is None)
            and likeness(one.title, finding.title) >= REWORDED
        )

    def _is_decided(self, s: int) -> bool:
        # What counts in spite of a person is not lost with its old line.
        one = self.stood[s]
        lost = one.fingerprint in (each.standing.fingerprint for each in self.gone)
        return one.state in SETTLED or (one.state is State.SET_ASIDE and not lost)

    def _is_unread(self, finding: Finding) -> bool:
        return self.now.changed is None or self.now.is_new(finding)

    def _answered(self, beside: Sequence[int], finding: Finding) -> Standing | None:
        if not self._is_unread(finding):
            return None
        leaving = {each.standing.fingerprint for each in self.gone}
        leaving |= {one.fingerprint for one in self.to_verify}
        candidates = [
            one
            for one in (self.stood[s] for s in beside)
            if one.fingerprint in leaving or one.state is State.RESOLVED_BY_US
        ]
        return min(
            candidates,
            key=lambda one: (
                one.fingerprint not in leaving,
                abs((one.line or one.original_line or 0) - finding.line),
                one.fingerprint,
            ),
            default=None,
        )


def _named(
    new: Sequence[tuple[Finding, Standing | None]],
    seen: Sequence[Finding],
    stood: Sequence[Standing],
    now: Now,
) -> tuple[New, ...]:
    by_finding = dict(zip(map(id, seen), fingerprints(seen), strict=True))
    taken = {one.fingerprint for one in stood}
    named = []
    for finding, after in new:
        fingerprint = unused(by_finding[id(finding)], taken)
        taken.add(fingerprint)
        named.append(New(finding, fingerprint, after, now.changed is None or now.is_new(finding)))
    return tuple(named)


def _unsaid_order(unsaid: Unsaid) -> tuple[str, int, str, str]:
    finding = unsaid.finding
    return (finding.path, finding.line, finding.title, finding.scenario)
