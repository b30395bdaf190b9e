"""Which trading rooms a change touches, by the names its author chose.

It raises severity and picks checklists; it never switches a rule off, for most files of a trading
system carry no telling name. Changed parts are looked at, not files: a `main.rs` holds everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial

from reviewer.looks import Looks
from reviewer.pull.diff import FileDiff, is_rust
from reviewer.rust.file import RustFile
from reviewer.rust.items import Item
from reviewer.rust.testcode import is_test_path
from reviewer.scope.parts import BY_TOOL, TESTS, Part, changed_parts
from reviewer.scope.repository import Text, is_production, trades
from reviewer.scope.rooms import FileScope, PartScope, Room, Scope
from reviewer.scope.signs import ROOMS, Seen, look
from reviewer.scope.support import written_by_tool
from reviewer.scope.words import plain_name

Mapped = Callable[[str], tuple[Room, ...] | None]
"""What the repository's configuration says of a path; None where it says nothing."""
NEARBY = "production code of a trading system"
_SHOWN = 3
"""Names that a reason lists at most, of each kind."""


def classify(
    files: Iterable[tuple[FileDiff, str | None, RustFile | None]],
    mapped: Mapped = lambda _path: None,
    *,
    paths: Iterable[str] = (),
    text: Text = lambda _path: None,
) -> Scope:
    """The rooms of every changed Rust file; one without a head is classified by its path.

    `paths` are the Rust files of the repository, `text` gives what one holds. If they say that it
    trades, production code without a telling name is in scope as well: bugs do not keep to the
    files with good names.
    """
    near, looks = trades(paths, text, ROOMS), Looks()
    found = tuple(
        looks.at("scope", diff.path, partial(_of_file, diff, file, mapped, near), _unknown(diff))
        for diff, _, file in files
        if is_rust(diff.path)
    )
    return Scope(found, looks.missed)


def _unknown(diff: FileDiff) -> FileScope:
    """In scope: what nobody could place may be anything."""
    return FileScope(diff.path, (), "nothing could be told of it", nearby=True)


def _of_file(diff: FileDiff, file: RustFile | None, mapped: Mapped, near: bool) -> FileScope:
    said = mapped(diff.path)
    if said is not None:
        return FileScope(diff.path, said, "the repository's configuration says so")
    parts = changed_parts(diff, file) if file is not None else _whole(diff)
    if file is not None and diff.hunks and not parts:
        return FileScope(diff.path, (), "only comments, imports, module or log lines change")
    # A change outside all items is placed by the whole file.
    everything = file.items if file is not None and not any(part.items for part in parts) else ()
    parts = parts or [Part(0, 0, (), ())]
    if file is not None and written_by_tool(diff, file):
        parts = [replace(part, aside=part.aside or BY_TOOL) for part in parts]
    seen = [look(diff.path, part, everything, file, near=near) for part in parts]
    rooms = tuple(room for room in Room if any(room in one.rooms for one in seen))
    asides = [part.aside for part in parts]
    aside = "" if "" in asides else next((a for a in asides if a != TESTS), TESTS)
    nearby = not rooms and near and aside != TESTS and is_production(diff.path)
    reason = _reason(seen, [part.items or everything for part in parts])
    return FileScope(
        diff.path,
        rooms,
        NEARBY if nearby else aside or reason,
        tuple(
            PartScope(part.start, part.end, one.rooms, part.aside or _reason([one], [part.items]))
            for part, one in zip(parts, seen, strict=True)
            if part.end
        ),
        nearby,
    )


def _whole(diff: FileDiff) -> list[Part]:
    """Of a file without a head nothing but its path is known."""
    return [Part(0, 0, (), (), TESTS if is_test_path(diff.path) else "")]


def _reason(seen: Sequence[Seen], items: Sequence[Sequence[Item]]) -> str:
    kinds = {plain_name(item.name): item.kind for group in items for item in group}
    parts = []
    words = list(dict.fromkeys(word for one in seen for word in one.path_words))[:_SHOWN]
    if words:
        parts.append("path has " + ", ".join(f'"{word}"' for word in words))
    names = list(dict.fromkeys(name for one in seen for name in one.names))[:_SHOWN]
    if names:
        parts.append(", ".join(_with_kind(name, kinds.get(name, "")) for name in names))
    used = list(dict.fromkeys(name for one in seen for name in one.used))[:_SHOWN]
    if used:
        parts.append("uses " + ", ".join(used))
    return "; ".join(parts) or "no trading name in the path or the changed items"


def _with_kind(name: str, kind: str) -> str:
    return name if kind in ("impl", "") else f"{kind} {name}"
