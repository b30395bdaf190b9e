"""The change as the model sees it: whole items, numbered in the gutter, cut to the size of a call.

A model copies numbers well and counts badly, so that every line carries its own:
`R142 + ` added, `R143   ` unchanged, `L131 - ` removed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reviewer.agent.items import Item, ItemLookup, is_test, title
from reviewer.agent.pieces import Piece, cut, removed_before
from reviewer.agent.request import estimate_tokens
from reviewer.agent.untrusted import shown, shown_lines, visible_name
from reviewer.finding import Finding
from reviewer.pull.diff import Diff, FileDiff, FileStatus, Line, LineKind, Side, is_rust
from reviewer.rust.testcode import is_test_path
from reviewer.scope.rooms import Scope

UNIT_TOKENS = 24_000
REMOVED_FILE_LINES = 150

NotPacked = tuple[str, str]
"""A path, and which part of it is missing and why."""


@dataclass(frozen=True, slots=True)
class ReviewUnit:
    """A part of the change that one call can be about."""

    id: str
    diff_view: str
    items: tuple[Item, ...]
    paths: tuple[str, ...]
    tokens: int
    """Estimated."""


@dataclass(frozen=True, slots=True)
class Packed:
    """The whole change in units, most important first, and what could not be packed."""

    units: tuple[ReviewUnit, ...]
    not_packed: tuple[NotPacked, ...]


@dataclass(frozen=True, slots=True)
class _Section:
    """One piece, written."""

    path: str
    heading: str
    text: str
    item: Item | None
    rank: int
    """0 trading code, 1 other code, 2 tests."""
    part: str
    """What it is, should it have to be named as missing."""

    @property
    def tokens(self) -> int:
        return estimate_tokens(self.heading) + estimate_tokens(self.text)


def pack(
    diff: Diff,
    heads: Mapping[str, str],
    scope: Scope,
    evidence: Iterable[Finding],
    item_at: ItemLookup,
    *,
    unread: Mapping[str, str] | None = None,
    unit_tokens: int = UNIT_TOKENS,
) -> Packed:
    """Pack the changed Rust files. `unread` says why some of them have no text in `heads`."""
    claims = list(evidence)
    sections: list[_Section] = []
    not_packed: list[NotPacked] = []
    for file in diff.files:
        if not is_rust(file.path) or not file.hunks:
            continue
        rank = _rank(file.path, scope)
        if file.status is FileStatus.REMOVED:
            section, missing = _removed_file(file, rank)
            sections.append(section)
            not_packed.extend(missing)
        elif file.path not in heads:
            reason = (unread or {}).get(file.path, "its text was not read")
            not_packed.append((file.path, reason))
        else:
            hints = [f for f in claims if f.path == file.path]
            sections.extend(_sections(file, heads[file.path], hints, rank, item_at))
    sections.sort(key=lambda section: section.rank)
    fitting = [section for section in sections if section.tokens <= unit_tokens]
    not_packed.extend(
        (s.path, f"{s.part} is too long to be shown whole")
        for s in sections
        if s.tokens > unit_tokens
    )
    return Packed(tuple(_units(fitting, unit_tokens)), tuple(not_packed))


def for_one_call(packed: Packed, max_tokens: int) -> tuple[Packed, tuple[NotPacked, ...]]:
    """The units that one call can hold, in order, and all that is left out with them."""
    chosen: list[ReviewUnit] = []
    left_out: list[NotPacked] = []
    free = max_tokens
    for unit in packed.units:
        if unit.tokens <= free:
            chosen.append(unit)
            free -= unit.tokens
        else:
            free = 0  # what comes later matters less, and shall not be read in its place
            left_out.extend((path, "the change is larger than one reading") for path in unit.paths)
    return Packed(tuple(chosen), packed.not_packed), (*packed.not_packed, *dict.fromkeys(left_out))


def _rank(path: str, scope: Scope) -> int:
    if is_test_path(path):
        return 2
    return 0 if scope.of(path) else 1


def _sections(
    file: FileDiff, head: str, hints: Sequence[Finding], rank: int, item_at: ItemLookup
) -> Iterable[_Section]:
    lines = shown_lines(head)
    runs = removed_before(file)
    shown_runs = {number: shown([line.text for line in run]) for number, run in runs.items()}
    added = file.added_numbers()
    for piece in cut(file, lines, item_at):
        written = _write(piece, lines, added, shown_runs)
        about = [h for h in hints if h.side is Side.RIGHT and h.line in piece.lines]
        text = "\n".join([_item_heading(file.path, piece), *written, *_hints(about)])
        tests = piece.item is not None and is_test(piece.item)
        yield _Section(
            file.path,
            _file_heading(file),
            text,
            piece.item,
            2 if tests else rank,
            _part(piece),
        )


def _write(
    piece: Piece, lines: Sequence[str], added: frozenset[int], shown_runs: Mapping[int, list[str]]
) -> list[str]:
    written: list[str] = []
    expected = piece.first
    for number in sorted({*piece.lines, *piece.removed}):
        if number > expected:
            written.append(f"… lines {expected}-{number - 1} left out")
        expected = number
        if number in piece.removed:
            written.extend(_removed(piece.removed[number], shown_runs[number]))
        if number in piece.lines:
            mark = "+" if number in added else " "
            written.append(f"R{number} {mark} {lines[number - 1]}".rstrip())
            expected = number + 1
    return written


def _removed(run: Sequence[Line], texts: Sequence[str]) -> list[str]:
    return [f"L{line.old} - {text}".rstrip() for line, text in zip(run, texts, strict=True)]


def _removed_file(file: FileDiff, rank: int) -> tuple[_Section, list[NotPacked]]:
    run = list(file.removed())
    kept = run[:REMOVED_FILE_LINES]
    texts = shown([line.text for line in kept])
    missing: list[NotPacked] = []
    written = _removed(kept, texts)
    if len(run) > len(kept):
        written.append(f"… {len(run) - len(kept)} more removed lines left out")
        missing.append((file.path, f"deleted; only its first {len(kept)} lines were shown"))
    heading = _file_heading(file)
    section = _Section(file.path, heading, "\n".join(written), None, rank, "the deleted file")
    return section, missing


def _file_heading(file: FileDiff) -> str:
    count = dict.fromkeys(LineKind, 0)
    for hunk in file.hunks:
        for line in hunk.lines:
            count[line.kind] += 1
    how = file.status.value
    if file.old_path != file.path:
        how += f" from {visible_name(file.old_path)}"
    size = f"+{count[LineKind.ADDED]} −{count[LineKind.REMOVED]}"  # noqa: RUF001 - a minus sign
    return f"### FILE {visible_name(file.path)} ({how}, {size})"


def _item_heading(path: str, piece: Piece) -> str:
    where = f"[{visible_name(path)}:{piece.first}-{piece.last}]"
    if piece.item is None:
        return f"#### outside all items {where}"
    item = piece.item
    where = f"[{visible_name(path)}:{item.start}-{item.end}]"
    return f"#### {visible_name(title(item))} {where}"


def _part(piece: Piece) -> str:
    lines = f"lines {piece.first}-{piece.last}"
    return f"{title(piece.item)} ({lines})" if piece.item else lines


def _hints(findings: Sequence[Finding]) -> list[str]:
    if not findings:
        return []
    return [
        "HINTS (claims of simple rules: confirm or refute them, they may be irrelevant)",
        *(f"- R{f.line} {f.source}: {f.title}" for f in findings),
    ]


def _units(sections: Sequence[_Section], limit: int) -> Iterable[ReviewUnit]:
    """Neighbours together, as many as fit; the file is named again where a unit begins."""
    group: list[_Section] = []
    size = 0
    count = 0
    for section in sections:
        if group and size + section.tokens > limit:
            count += 1
            yield _unit(count, group)
            group, size = [], 0
        group.append(section)
        size += section.tokens
    if group:
        yield _unit(count + 1, group)


def _unit(number: int, sections: Sequence[_Section]) -> ReviewUnit:
    written: list[str] = []
    current = ""
    for section in sections:
        if section.heading != current:
            current = section.heading
            written.append(current)
        written.append(section.text)
    view = "\n\n".join(written) + "\n"
    return ReviewUnit(
        id=f"u{number}",
        diff_view=view,
        items=tuple(s.item for s in sections if s.item is not None),
        paths=tuple(dict.fromkeys(s.path for s in sections)),
        tokens=estimate_tokens(view),
    )
