"""Names that files had, and the names they have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from reviewer.pull.diff import Diff, FileDiff, FileStatus

ALIKE = 0.5
"""Share of lines from which on a file that came is one that went, as git has it."""

MOST_PAIRS = 400
"""Pairs of files that are compared; a change that renames more is taken by its names."""


def renames_of(diff: Diff) -> dict[str, str]:
    """Base path -> head path of each renamed file."""
    return {f.old_path: f.path for f in diff.files if f.status is FileStatus.RENAMED}


def followed(first: Mapping[str, str], second: Mapping[str, str]) -> dict[str, str]:
    """One set of renames and then another."""
    both = {old: second.get(new, new) for old, new in first.items()}
    return {**{old: new for old, new in second.items() if old not in both}, **both}


def renames_between(old: Diff, new: Diff) -> dict[str, str]:
    """Head path at the last review -> head path now, where they differ.

    A file of the base is known by its base path. One that the patch itself adds is known by what
    it holds.
    """
    now_by_base = {f.old_path: f.path for f in new.files if _from_base(f)}
    found = {
        f.path: now_by_base.get(f.old_path, f.path)
        for f in old.files
        if _from_base(f) and f.old_path in now_by_base
    }
    went = [f for f in old.files if f.status is FileStatus.ADDED and new.file(f.path) is None]
    came = [f for f in new.files if f.status is FileStatus.ADDED and old.file(f.path) is None]
    if len(went) * len(came) <= MOST_PAIRS:
        found |= _by_content(went, came)
    return {was: now for was, now in found.items() if was != now}


def _from_base(file: FileDiff) -> bool:
    return file.status in (FileStatus.MODIFIED, FileStatus.RENAMED)


def _by_content(went: list[FileDiff], came: list[FileDiff]) -> dict[str, str]:
    lines = {id(f): Counter(line.text for line in f.added()) for f in (*went, *came)}
    alike = sorted(
        (-_share(lines[id(old)], lines[id(new)]), old.path, new.path)
        for old in went
        for new in came
    )
    found: dict[str, str] = {}
    for share, old, new in alike:
        if -share >= ALIKE and old not in found and new not in found.values():
            found[old] = new
    return found


def _share(one: Counter[str], other: Counter[str]) -> float:
    most = max(one.total(), other.total())
    return (one & other).total() / most if most else 0.0
