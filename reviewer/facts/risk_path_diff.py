"""What a change does to the ways to a send, and to the checks on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from reviewer.facts.change import Change
from reviewer.facts.risk_path_calls import Bodies, Calls
from reviewer.facts.risk_path_near import near_names
from reviewer.facts.risk_path_walk import DEEPEST, TOO_MANY, PathWalk, SendPath
from reviewer.facts.risk_words import RiskWords
from reviewer.pull.diff import Side, is_rust
from reviewer.rust.index import Index

_FEWEST = 2
"""Paths that must agree on a check before a third is held to it."""
_SIBLINGS = 10
_DEPTHS = (DEEPEST, 4, 2)
"""Functions of a way that are compared: fewer for the sends to which too many lead."""
_MOST_SENDERS = 150
"""Functions that send, near the change: each takes up to half a second."""


@dataclass(frozen=True, slots=True)
class PathChange:
    """A path that is new, or whose checks are others; `before` is None for a new one."""

    before: SendPath | None
    after: SendPath
    siblings: tuple[SendPath, ...]
    """Some of the other paths to the same send, as they were."""
    agreed: frozenset[str]
    """The checks that all paths to the send passed before, if there were two or more."""
    gone: frozenset[str]
    """Checks that nothing of the repository defines or calls any more."""

    @property
    def lost(self) -> frozenset[str]:
        """Checks that always ran and now never do."""
        return self.before.checks - self.after.perhaps if self.before else frozenset()

    @property
    def gained(self) -> frozenset[str]:
        """What may run now and never did, perhaps in the place of what is lost."""
        return self.after.perhaps - self.before.perhaps if self.before else frozenset()

    @property
    def lacking(self) -> frozenset[str]:
        """Of a new path: what all the others pass and it does not, from its entry on."""
        is_told = self.before is None and self.after.is_whole
        return self.agreed - self.after.perhaps if is_told else frozenset()


@dataclass(frozen=True, slots=True)
class PathsDiff:
    """All changed paths, and the sends near the change that have too many to compare."""

    changes: tuple[PathChange, ...]
    cut: frozenset[str]


def diff_paths(change: Change) -> PathsDiff:
    """The paths of the head that the base does not have in this form."""
    if not any(is_rust(file.path) or is_rust(file.old_path) for file in change.diff.files):
        return PathsDiff((), frozenset())
    words, bodies, near = RiskWords(change.profile), Bodies(), near_names(change)
    was, now = Calls(change.base, bodies), Calls(change.head, bodies)
    old_walk, new_walk = PathWalk(was, words), PathWalk(now, words)
    senders = old_walk.senders_near(near) | new_walk.senders_near(near)
    if len(senders) > _MOST_SENDERS:
        return PathsDiff((), frozenset({TOO_MANY}))
    old: list[SendPath] = []
    new: list[SendPath] = []
    only, cut = None, frozenset[str]()
    for deepest in _DEPTHS:
        before = old_walk.ways(senders, deepest, only)
        after = new_walk.ways(senders, deepest, only) if not was.is_cut else before
        if was.is_cut or now.is_cut:
            return PathsDiff((), frozenset({TOO_MANY}))
        only = cut = before.cut | after.cut
        old += [path for path in before.paths if path.send not in cut]
        new += [path for path in after.paths if path.send not in cut]
        if not cut:
            break
    changes = _changes(old, new, change)
    left = {path.send for path in after.paths if path.send in cut and _runs_through(path, change)}
    return PathsDiff(changes, frozenset(left | (cut & {TOO_MANY})))


def _changes(old: list[SendPath], new: list[SendPath], change: Change) -> tuple[PathChange, ...]:
    pairs = _without_renamed_checks(_pairs(old, new), change)
    by_send: dict[str, list[SendPath]] = {}
    for path in old:
        by_send.setdefault(path.send, []).append(path)
    agreed = {send: _agreed(paths) for send, paths in by_send.items()}
    changes = []
    for old_path, path in pairs:
        if old_path is not None and old_path.checks == path.checks:
            continue
        others = (p for p in by_send.get(path.send, ()) if p is not old_path)
        lost = old_path.checks - path.checks if old_path else frozenset()
        gone = frozenset(name for name in lost if not _is_there(change.head.index, name))
        changes.append(
            PathChange(
                old_path,
                path,
                tuple(islice(others, _SIBLINGS)),
                agreed.get(path.send, frozenset()),
                gone,
            )
        )
    return tuple(changes)


def _runs_through(path: SendPath, change: Change) -> bool:
    """Whether a function of a path is changed."""
    for name, line in path.lines:
        diff, function = change.diff.file(name), change.head.index.function_at(name, line)
        shown = (
            number for hunk in (diff.hunks if diff else ()) for number in hunk.numbers(Side.RIGHT)
        )
        if function is not None and any(function.start <= n <= function.end for n in shown):
            return True
    return False


def _agreed(paths: list[SendPath]) -> frozenset[str]:
    """What all of them pass; one alone agrees with nobody."""
    if len(paths) < _FEWEST:
        return frozenset()
    return frozenset.intersection(*(path.checks for path in paths))


def _pairs(old: list[SendPath], new: list[SendPath]) -> list[tuple[SendPath | None, SendPath]]:
    """Each path of the head with what it was; what is the same in both is left out."""
    same = Counter(map(_whole, old)) & Counter(map(_whole, new))
    left, right = _rest(old, same), _rest(new, same)
    pairs: list[tuple[SendPath | None, SendPath]] = []
    taken: set[int] = set()
    for alike in (_way, _way_by_name, _sender, _checks_to_send, _checks):
        waiting: dict[object, list[SendPath]] = {}
        for path in left:
            if id(path) in taken:
                continue
            waiting.setdefault(alike(path), []).append(path)
        unmatched = []
        for path in right:
            found = waiting.get(alike(path))
            if found:
                was = found.pop(0)
                taken.add(id(was))
                pairs.append((was, path))
            else:
                unmatched.append(path)
        right = unmatched
    return [*pairs, *((None, path) for path in right)]


def _rest(paths: list[SendPath], same: Counter[object]) -> list[SendPath]:
    left, open_ = [], Counter(same)
    for path in paths:
        if open_[_whole(path)] > 0:
            open_[_whole(path)] -= 1
        else:
            left.append(path)
    return left


def _whole(path: SendPath) -> object:
    return path.functions, path.send, path.checks


def _way(path: SendPath) -> object:
    return path.functions, path.send


def _way_by_name(path: SendPath) -> object:
    """A call that one function answered and two may answer now is the same call."""
    return path.functions, path.send.rpartition("::")[2]


def _sender(path: SendPath) -> object:
    """The same sender with the same checks under other callers."""
    return path.functions[-1], path.send, path.checks


def _checks_to_send(path: SendPath) -> object:
    return path.send, path.checks


def _checks(path: SendPath) -> object:
    """A sender that was renamed; only one that passes checks is known again by them."""
    return path.checks or (path.send, path.functions)


def _without_renamed_checks(
    pairs: Iterable[tuple[SendPath | None, SendPath]], change: Change
) -> list[tuple[SendPath | None, SendPath]]:
    """A check under another name is the same check."""
    kept: list[tuple[SendPath | None, SendPath]] = []
    for was, path in pairs:
        lost = was.checks - path.checks if was else frozenset()
        gained = path.checks - was.checks if was else frozenset()
        renamed = (
            len(lost) == len(gained) > 0
            and not any(_is_there(change.head.index, name) for name in lost)
            and not any(_is_there(change.base.index, name) for name in gained)
        )
        if not renamed:
            kept.append((was, path))
    return kept


def _is_there(index: Index, check: str) -> bool:
    name = check.rpartition(".")[2]
    return bool(index.named(name.rstrip("!"), kind="fn")) or name.endswith("!")
