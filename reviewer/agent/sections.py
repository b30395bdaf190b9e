"""A changed file written for the model, piece by piece, every line with its number.

A model copies numbers well and counts badly, so that every line carries its own:
`R142 + ` added, `R143   ` unchanged, `L131 - ` removed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reviewer.agent.items import Item, ItemLookup, is_test, title
from reviewer.agent.pieces import Piece, cut, removed_before
from reviewer.agent.request import estimate_tokens
from reviewer.agent.untrusted import shown, shown_lines, visible, visible_name
from reviewer.pull.diff import FileDiff, Line, LineKind

REMOVED_FILE_LINES = 150
BRIEF_AROUND = 3
"""Lines around a changed one, where there is no room for the whole item."""
BRIEF_LINES = 120
"""Lines of an item that was asked for by its name, where there is no room for all of it."""

NotPacked = tuple[str, str]
"""A path, and which part of it is missing and why."""


_SAID = "rule:"
"""Findings of rules are posted, whatever a model says of them; a hint is not."""


@dataclass(frozen=True, slots=True)
class Note:
    """What a simple rule says of one head line: a hint, or a finding of the evidence."""

    path: str
    line: int
    source: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """One piece, written."""

    path: str
    heading: str
    """Of its file."""
    text: str
    brief: str
    """The changed lines alone, with little around them."""
    item: Item | None
    rank: int
    """0 trading code, 1 other code, 2 tests."""
    part: str
    """What it is, should it have to be named as missing."""
    lines: frozenset[int] = frozenset()
    """Head lines that `text` shows."""
    added: frozenset[int] = frozenset()
    """Those of them that the change added; of what was asked for by its name, all."""

    @property
    def tokens(self) -> int:
        """Estimated, the file's heading included."""
        return estimate_tokens(self.heading) + estimate_tokens(self.text)


def file_sections(
    file: FileDiff, head: str, notes: Sequence[Note], rank: int, item_at: ItemLookup
) -> Iterable[Section]:
    """The sections of a file that has a head, in its order."""
    lines = shown_lines(head)
    runs = removed_before(file)
    shown_runs = {number: shown([line.text for line in run]) for number, run in runs.items()}
    added = file.added_numbers()
    for piece in cut(file, lines, item_at):
        about = [note for note in notes if note.line in piece.lines]
        tests = piece.item is not None and is_test(piece.item)
        heading = _item_heading(file.path, piece)
        whole = _write(piece, lines, added, shown_runs)
        brief = _write(_brief(piece, added), lines, added, shown_runs)
        yield Section(
            file.path,
            _file_heading(file),
            "\n".join([heading, *whole, *_hints(about)]),
            "\n".join([heading, *brief]),
            piece.item,
            2 if tests else rank,
            _part(piece),
            frozenset(piece.lines),
            added.intersection(piece.lines),
        )


def item_section(
    path: str, head: str, item: Item, file: FileDiff | None, notes: Sequence[Note]
) -> Section:
    """A whole item that was asked for by its name, in a file that was changed or not."""
    lines = shown_lines(head)
    numbers = range(item.start, min(item.end, len(lines)) + 1)
    return _asked_for(path, lines, Piece(item, tuple(numbers)), file, notes)


def lines_section(path: str, head: str, numbers: range) -> Section:
    """Lines that were asked for, in a file that was not changed."""
    lines = shown_lines(head)
    shown_numbers = tuple(n for n in numbers if 1 <= n <= len(lines))
    return _asked_for(path, lines, Piece(None, shown_numbers), None, ())


def _asked_for(
    path: str, lines: Sequence[str], piece: Piece, file: FileDiff | None, notes: Sequence[Note]
) -> Section:
    runs = removed_before(file) if file is not None else {}
    within = {number: run for number, run in runs.items() if number in piece.lines}
    piece = Piece(piece.item, piece.lines, within)
    shown_runs = {number: shown([line.text for line in run]) for number, run in within.items()}
    added = file.added_numbers() if file is not None else frozenset()
    heading = _item_heading(path, piece)
    whole = _write(piece, lines, added, shown_runs)
    brief = whole[:BRIEF_LINES]
    if len(whole) > len(brief):
        brief.append(f"… {len(whole) - len(brief)} more lines left out")
    about = [note for note in notes if note.line in piece.lines]
    return Section(
        path,
        _file_heading(file) if file else f"### FILE {visible_name(path)} (not changed)",
        "\n".join([heading, *whole, *_hints(about)]),
        "\n".join([heading, *brief]),
        piece.item,
        0,
        _part(piece),
        frozenset(piece.lines),
        frozenset(piece.lines),
    )


def removed_file(file: FileDiff, rank: int) -> tuple[Section, list[NotPacked]]:
    """A deleted file, in short, and what of it is left out."""
    run = list(file.removed())
    kept = run[:REMOVED_FILE_LINES]
    texts = shown([line.text for line in kept])
    missing: list[NotPacked] = []
    written = _removed(kept, texts)
    if len(run) > len(kept):
        written.append(f"… {len(run) - len(kept)} more removed lines left out")
        missing.append((file.path, f"deleted; only its first {len(kept)} lines were shown"))
    text = "\n".join(written)
    section = Section(file.path, _file_heading(file), text, text, None, rank, "the deleted file")
    return section, missing


def written(sections: Sequence[Section], *, brief: bool = False) -> str:
    """Sections one after the other; a file is named again where another stood between."""
    parts: list[str] = []
    current = ""
    for section in sections:
        if section.heading != current:
            current = section.heading
            parts.append(current)
        parts.append(section.brief if brief else section.text)
    return "\n\n".join(parts) + "\n"


def _brief(piece: Piece, added: frozenset[int]) -> Piece:
    changed = {*added.intersection(piece.lines), *piece.removed}
    near = {n for c in changed for n in range(c - BRIEF_AROUND, c + BRIEF_AROUND + 1)}
    return Piece(piece.item, tuple(n for n in piece.lines if n in near), piece.removed)


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
    if piece.item is not None and written and expected <= piece.item.end:
        written.append(f"… lines {expected}-{piece.item.end} left out")
    return written


def _removed(run: Sequence[Line], texts: Sequence[str]) -> list[str]:
    return [f"L{line.old} - {text}".rstrip() for line, text in zip(run, texts, strict=True)]


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


def _hints(notes: Sequence[Note]) -> list[str]:
    said = [note for note in notes if note.source.startswith(_SAID)]
    return [
        *_noted("SAID (the author is told this already; claim only what it does not say)", said),
        *_noted(
            "HINTS (claims of simple rules: confirm or refute them, they may be irrelevant)",
            [note for note in notes if note not in said],
        ),
    ]


def _noted(heading: str, notes: Sequence[Note]) -> list[str]:
    rows = dict.fromkeys(
        f"- R{note.line} {note.source}: {visible(' '.join(note.text.split()))}" for note in notes
    )
    return [heading, *rows] if rows else []
