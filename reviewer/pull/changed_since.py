"""What changed in a patch since it was last reviewed: the diff of two diffs.

Both diffs are taken against the base of their time. So what a rebase or a merge from the base
brings in is no change of the patch, and a line that a force-push puts back is one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from reviewer.pull.diff import Diff, FileDiff, LineKind
from reviewer.pull.renames import renames_between
from reviewer.rust.file import RustFile

MOST_EQUAL = 200_000
"""Pairs of equal lines that are weighed in one file; above it the file counts as changed whole."""


_Edit = tuple[tuple[LineKind, str, bool], frozenset[int]]
"""What was done to a line, and the head lines that show it."""


@dataclass(frozen=True, slots=True)
class ChangedSince:
    """Head lines and items of the patch that nobody has read in this form."""

    lines: Mapping[str, frozenset[int]]
    """By head path: new added lines, and the lines around what is removed or put back."""
    items: frozenset[tuple[str, str]]
    """Head path and scope path."""
    renames: Mapping[str, str]
    """Head paths of the last review -> head paths now, where they differ."""


def changed_since(
    old: Diff,
    new: Diff,
    trees: Mapping[str, RustFile],
    old_trees: Mapping[str, RustFile] | None = None,
) -> ChangedSince:
    """Compare the patch with the one that was reviewed last.

    `trees` and `old_trees` are the changed Rust files at the two heads. With `old_trees` an item
    counts too when the patch has a part in it and its text was changed by anybody else, as by a
    merge from the base.
    """
    renames = renames_between(old, new)
    former = {now: was for was, now in renames.items()}
    lines: dict[str, frozenset[int]] = {}
    items: set[tuple[str, str]] = set()
    for file in new.files:
        was = former.get(file.path, file.path)
        changed = _changed_lines(old.file(was), file)
        if changed:
            lines[file.path] = changed
        tree = trees.get(file.path)
        if tree is None:
            continue
        items |= {(file.path, tree.scope_path(line)) for line in changed}
        if old_trees is not None and was in old_trees:
            items |= {(file.path, scope) for scope in _rewritten(file, tree, old_trees[was])}
    return ChangedSince(lines, frozenset(items), renames)


def _changed_lines(old: FileDiff | None, new: FileDiff) -> frozenset[int]:
    before, after = list(_edits(old)) if old else [], list(_edits(new))
    first = _equal_start(before, after)
    last = _equal_start(before[first:][::-1], after[first:][::-1])
    was = [key for key, _ in before[first : len(before) - last]]
    now = [key for key, _ in after[first : len(after) - last]]
    if not was and not now:
        return frozenset()
    counts, others = Counter(was), Counter(now)
    if sum(count * others[key] for key, count in counts.items()) > MOST_EQUAL:
        return frozenset(line for _, around in after for line in around)
    changed: set[int] = set()
    for tag, _, _, begin, stop in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        start, end = begin + first, stop + first
        # What was taken back of the patch stood between its neighbours.
        edits = after[start:end] or [*after[max(start - 1, 0) : start], *after[end : end + 1]]
        for _, around in edits:
            changed |= around
    return frozenset(changed)


def _equal_start(one: list[_Edit], other: list[_Edit]) -> int:
    pairs = zip(one, other, strict=False)
    return next((i for i, (a, b) in enumerate(pairs) if a[0] != b[0]), min(len(one), len(other)))


def _edits(file: FileDiff) -> Iterator[_Edit]:
    """Each added line with its number, each removed one with the head lines beside the gap."""
    for hunk in file.hunks:
        last = hunk.new_start - 1 if hunk.new_count else hunk.new_start
        end = hunk.new_start + hunk.new_count - 1
        for line in hunk.lines:
            if line.new is not None:
                last = line.new
            if line.kind is LineKind.ADDED and line.new is not None:
                yield (line.kind, line.text, line.newline), frozenset((line.new,))
            elif line.kind is LineKind.REMOVED:
                around = frozenset(n for n in (last, last + 1) if hunk.new_start <= n <= end)
                yield (line.kind, line.text, line.newline), around


def _rewritten(file: FileDiff, new: RustFile, old: RustFile) -> Iterator[str]:
    """The scopes of added lines whose item reads otherwise than at the last reviewed head."""
    texts: dict[str, set[str]] = {}
    for was in old.items:
        texts.setdefault(was.name_path, set()).add(_text(old, was.start, was.end))
    seen: set[tuple[str, int]] = set()
    for line in sorted(file.added_numbers()):
        item = new.item_at(line)
        if item is None or (item.name_path, item.start) in seen:
            continue
        seen.add((item.name_path, item.start))
        if _text(new, item.start, item.end) not in texts.get(item.name_path, set()):
            yield item.name_path


def _text(file: RustFile, start: int, end: int) -> str:
    return "\n".join(file.lines[start - 1 : end])
