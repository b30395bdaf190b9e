"""Which finding of this round is which that stands: each with one of the other at the most."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from reviewer.finding import Finding
from reviewer.publish.anchors import Anchor
from reviewer.publish.edited_line import Edit, edit_of
from reviewer.publish.fingerprint import fingerprints, quote_key, scope_key
from reviewer.publish.likeness import NEAR_WORDS, REWORDED, REWORDED_IN_PLACE, SAME_WORDS, likeness
from reviewer.publish.own_anchors import anchors_of
from reviewer.publish.round_now import Now
from reviewer.publish.standing import Standing, State
from reviewer.pull.diff import Side


@dataclass(frozen=True, slots=True)
class Pairs:
    """`pairs` are indices (standing, found); `anchors` is parallel to the standing findings."""

    pairs: tuple[tuple[int, int], ...]
    anchors: tuple[Anchor | None, ...]


_ENOUGH: Mapping[Edit | None, float] = {
    Edit.IN_PLACE: REWORDED_IN_PLACE,
    Edit.ALIKE: NEAR_WORDS,
    Edit.OTHER: SAME_WORDS,
}
"""How alike titles must be that are said of an edited line; of one in its stead, as elsewhere."""
Grade = Callable[[int, int], float | None]
"""How well (standing, found) fit, more is better; None for not at all."""


def pair(standing: Sequence[Standing], found: Sequence[Finding], now: Now) -> Pairs:
    """Match in the order of certainty. Both must come in an order of their own.

    First the line itself, then the identity, then an equal line of the item, then the wording
    where the line was edited, and last a line that went to another file.
    """
    return _Pairing(standing, found, now).run()


class _Pairing:
    def __init__(self, standing: Sequence[Standing], found: Sequence[Finding], now: Now) -> None:
        self.standing, self.found, self.now = standing, found, now
        self.paths = [now.path_of(one) for one in standing]
        self.anchors = anchors_of(standing, self.paths, now)
        former = {new: old for old, new in sorted(now.renames.items())}
        self.identities = fingerprints(found, former)
        self.unrenamed = fingerprints(found)
        self.quotes = [quote_key(f.quote) for f in found]
        self.scopes = [scope_key(f.scope_path) for f in found]
        self.free_standing = set(range(len(standing)))
        self.free_found = set(range(len(found)))
        self.pairs: list[tuple[int, int]] = []

    def run(self) -> Pairs:
        stood, found = self.standing, self.found
        bare = [s for s, one in enumerate(stood) if not one.quote_key or not one.path]
        full = [s for s, one in enumerate(stood) if one.quote_key and one.path]
        self._tier(full, self._here, self._at, self._on_its_line)
        # What has no more than a fingerprint; for the others the next tier sees more.
        self._tier(
            bare,
            lambda s: [stood[s].fingerprint],
            lambda f: list({self.identities[f], self.unrenamed[f]}),
            lambda _s, _f: 1.0,
        )
        self._tier(
            full,
            lambda s: [(self.paths[s], stood[s].scope_key, stood[s].quote_key)],
            lambda f: [(found[f].path, self.scopes[f], self.quotes[f])],
            self._same_quote,
        )
        self._tier(
            full,
            lambda s: [(self.paths[s], stood[s].scope_key)],
            lambda f: [(found[f].path, self.scopes[f])],
            self._edited,
        )
        self._tier(
            full,
            lambda s: [(self.paths[s], stood[s].quote_key)],
            lambda f: [(found[f].path, self.quotes[f])],
            self._elsewhere,
        )
        self._tier(full, lambda s: [self.paths[s]], lambda f: [found[f].path], self._item_renamed)
        self._tier(
            full, lambda s: [stood[s].quote_key], lambda f: [self.quotes[f]], self._other_file
        )
        return Pairs(tuple(sorted(self.pairs)), tuple(self.anchors))

    def _tier(
        self,
        among: Sequence[int],
        keys: Callable[[int], Sequence[object]],
        found_keys: Callable[[int], Sequence[object]],
        grade: Grade,
    ) -> None:
        by_key: dict[object, list[int]] = {}
        for f in sorted(self.free_found):
            for key in found_keys(f):
                by_key.setdefault(key, []).append(f)
        fitting: list[tuple[float, int, int, int]] = []
        for s in (s for s in among if s in self.free_standing):
            for f in sorted({f for key in keys(s) for f in by_key.get(key, ())}):
                if not self._same_kind(s, f):
                    continue
                grade_found = grade(s, f)
                if grade_found is not None:
                    fitting.append((-grade_found, self._distance(s, f), s, f))
        for _, _, s, f in sorted(fitting):
            if s in self.free_standing and f in self.free_found:
                self.free_standing.discard(s)
                self.free_found.discard(f)
                self.pairs.append((s, f))

    def _same_kind(self, s: int, f: int) -> bool:
        one, finding = self.standing[s], self.found[f]
        return one.category in (None, finding.category) and one.side is finding.side

    def _distance(self, s: int, f: int) -> int:
        anchor, one = self.anchors[s], self.standing[s]
        line = anchor.line if anchor else one.line or one.original_line or 0
        return abs(line - self.found[f].line)

    def _alike(self, s: int, f: int) -> float:
        return likeness(self.standing[s].title, self.found[f].title)

    def _here(self, s: int) -> Sequence[object]:
        lines = {self.standing[s].line, getattr(self.anchors[s], "line", None)} - {None}
        return [(self.paths[s], line) for line in lines]

    def _at(self, f: int) -> Sequence[object]:
        return [(self.found[f].path, self.found[f].line)]

    def _on_its_line(self, s: int, f: int) -> float | None:
        if self.standing[s].quote_key != self.quotes[f]:
            return None
        return (self.standing[s].source == self.found[f].source) + self._alike(s, f)

    def _same_quote(self, s: int, f: int) -> float | None:
        anchor = self.anchors[s]
        if anchor and anchor.sure and self.now.is_new(self.found[f]):
            return None  # a second line like it, written since
        return (self.standing[s].source == self.found[f].source) + self._alike(s, f)

    def _edited(self, s: int, f: int) -> float | None:
        """The line was edited; or the model speaks of the same on another line than before."""
        one, finding, alike = self.standing[s], self.found[f], self._alike(s, f)
        if one.state is State.RESOLVED_BY_US:
            return None
        if self.anchors[s] is not None:
            old = not by_rule(finding) and not self.now.is_new(finding)
            return alike if old and alike >= REWORDED else None
        if by_rule(finding) and one.scope_key == self.scopes[f] and self._is_old(finding):
            return None  # the line was there beside the old one
        known = self._is_edit(s, f)
        if known is Edit.OTHER and by_rule(finding):
            return None  # a rule words all its places alike
        if alike < _ENOUGH.get(known, REWORDED):
            return None
        return (
            alike + (one.source == finding.source) + (known in (Edit.IN_PLACE, Edit.IN_ITS_STEAD))
        )

    def _is_old(self, finding: Finding) -> bool:
        changed = self.now.changed_in(finding.path)
        return changed is not None and finding.line not in changed

    def _elsewhere(self, s: int, f: int) -> float | None:
        """The same line and the same words in another item; an equal line is in its own at most."""
        anchor, alike = self.anchors[s], self._alike(s, f)
        return alike if alike >= REWORDED and not (anchor and anchor.sure) else None

    def _item_renamed(self, s: int, f: int) -> float | None:
        one, file = self.standing[s], self.now.files.get(self.paths[s])
        if file is None or file.has_scope(one.scope_key):
            return None
        if file.has_scope(self.scopes[f]) and not self.now.is_new(self.found[f]):
            return None
        if self._is_edit(s, f) is Edit.OTHER:
            return None  # another line of another item, in like words
        return self._edited(s, f)

    def _is_edit(self, s: int, f: int) -> Edit | None:
        """Whether the finding's line is the old one edited; None if the old file is not had."""
        one, finding = self.standing[s], self.found[f]
        file = self.now.files.get(finding.path)
        before = self.now.before_of(one)
        was = one.original_line or 0
        if one.side is Side.LEFT or file is None or before is None:
            return None
        if before.key_at(was) != one.quote_key:
            return None
        return edit_of(before, was, file, finding.line)

    def _other_file(self, s: int, f: int) -> float | None:
        one, here = self.standing[s], self.now.files.get(self.paths[s])
        if self.anchors[s] is not None or self.paths[s] in self.now.unread:
            return None
        if here is not None and here.places(one.quote_key, one.side):
            return None
        there = self.now.files.get(self.found[f].path)
        if there is None or len(there.places(one.quote_key, one.side)) != 1:
            return None
        alike = self._alike(s, f)
        return alike if alike >= REWORDED else None


def by_rule(finding: Finding) -> bool:
    """Whether a static rule found it."""
    return finding.source.startswith("rule:")


def in_order(found: Iterable[Finding]) -> list[Finding]:
    """The findings in an order that does not depend on who found them first."""
    return sorted(
        found,
        key=lambda f: (
            f.path, f.line, f.side.value, f.category.value, not by_rule(f), f.source,
            f.severity.rank, f.title, f.scenario, f.quote, f.scope_path,
        ),
    )  # fmt: skip


def once(found: Sequence[Finding]) -> list[Finding]:
    """Without what says the same on the same line."""
    kept: dict[tuple[object, ...], list[Finding]] = defaultdict(list)
    for finding in found:
        on_line = kept[finding.path, finding.side, finding.line, finding.category]
        if not any(
            (one.source == finding.source or not (by_rule(one) and by_rule(finding)))
            and likeness(one.title, finding.title) >= REWORDED
            for one in on_line
        ):
            on_line.append(finding)
    return [finding for on_line in kept.values() for finding in on_line]
