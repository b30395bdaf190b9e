"""The functions of a change, each with itself as it was before: through renames and moves."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

from reviewer.facts.change import Change
from reviewer.facts.source import Source
from reviewer.pull.diff import FileDiff, FileStatus, is_rust
from reviewer.rust.file_index import Definition
from reviewer.scope.words import plain_name

_MOST_FILES = 300
Key = Callable[[Definition], Hashable]


@dataclass(frozen=True, slots=True)
class Pair:
    """One function before and after; None where it does not exist."""

    before: Definition | None
    after: Definition | None


def changed_functions(change: Change, base: Source, head: Source) -> tuple[Pair, ...]:
    """The functions whose text differs, that came or that went; test code is left out.

    The same function has the same name path in the same file, else anywhere in the change, else
    the same name on the same type, else
    in the same file, else the same body. Of equal names the order decides.
    """
    files = [f for f in change.diff.files if is_rust(f.path) or is_rust(f.old_path)][:_MOST_FILES]
    renamed = {f.old_path: f.path for f in files}
    before = _functions(base, files, lambda f: f.old_path, FileStatus.ADDED)
    after = _functions(head, files, lambda f: f.path, FileStatus.REMOVED)
    keys: tuple[tuple[Key, Key], ...] = (
        (lambda d: (renamed[d.path], d.name_path), lambda d: (d.path, d.name_path)),
        (
            lambda d: (renamed[d.path], plain_name(d.name_path)),
            lambda d: (d.path, plain_name(d.name_path)),
        ),
        (lambda d: plain_name(d.name_path), lambda d: plain_name(d.name_path)),
        (lambda d: (d.owner, d.name), lambda d: (d.owner, d.name)),
        (lambda d: (renamed[d.path], d.name), lambda d: (d.path, d.name)),
        (base.body, head.body),
    )
    found: list[Pair] = []
    for of_base, of_head in keys:
        matched = _matched(before, after, of_base, of_head)
        found += [Pair(was, now) for was, now in matched if base.words(was) != head.words(now)]
        gone = {id(was) for was, _ in matched}
        come = {id(now) for _, now in matched}
        before = [d for d in before if id(d) not in gone]
        after = [d for d in after if id(d) not in come]
    found += [Pair(None, now) for now in after]
    found += [Pair(was, None) for was in before]
    return tuple(sorted(found, key=_place))


def _functions(
    side: Source, files: Iterable[FileDiff], path: Callable[[FileDiff], str], missing: FileStatus
) -> list[Definition]:
    paths = dict.fromkeys(path(f) for f in files if f.status is not missing)
    return [d for one in paths for d in side.functions(one)]


def _matched(
    before: list[Definition], after: list[Definition], of_base: Key, of_head: Key
) -> list[tuple[Definition, Definition]]:
    waiting: dict[Hashable, list[Definition]] = {}
    for was in before:
        waiting.setdefault(of_base(was), []).append(was)
    for same in waiting.values():
        same.reverse()
    found = []
    for now in after:
        same_names = waiting.get(of_head(now))
        if same_names:
            found.append((same_names.pop(), now))
    return found


def _place(pair: Pair) -> tuple[str, int]:
    function = pair.after or pair.before
    return (function.path, function.start) if function else ("", 0)
