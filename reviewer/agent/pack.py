"""The change as the model sees it: sections gathered into units, each the size of one call."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from reviewer.agent.focus import Focus
from reviewer.agent.items import Item, ItemLookup
from reviewer.agent.request import estimate_tokens
from reviewer.agent.sections import (
    Note,
    NotPacked,
    Section,
    file_sections,
    removed_file,
    written,
)
from reviewer.detect.hint import Hint
from reviewer.finding import Finding
from reviewer.pull.diff import Diff, FileStatus, Side, is_rust
from reviewer.rust.index import crate_of
from reviewer.rust.testcode import is_test_path
from reviewer.scope.rooms import Scope

UNIT_TOKENS = 24_000


@dataclass(frozen=True, slots=True)
class ReviewUnit:
    """A part of the change that one call can be about."""

    id: str
    sections: tuple[Section, ...]
    brief: bool = False
    """Shown by its changed lines alone."""
    context: str = ""
    """What stands around it (context.py)."""
    part: str = ""
    """Which part of the change it is, where there are several: `Part 1 of 2`."""

    @property
    def diff_view(self) -> str:
        """The change as the model reads it, without the context."""
        view = written(self.sections, brief=self.brief)
        return f"{self.part} of the change; others read the rest\n\n{view}" if self.part else view

    @property
    def items(self) -> tuple[Item, ...]:
        """The items that are shown, in order."""
        return tuple(s.item for s in self.sections if s.item is not None)

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that it is about, each once."""
        return tuple(dict.fromkeys(s.path for s in self.sections))

    @property
    def rank(self) -> int:
        """0 when trading code is in it, 1 for other code, 2 for tests alone."""
        return min(s.rank for s in self.sections)

    @property
    def tokens(self) -> int:
        """Estimated."""
        return estimate_tokens(self.diff_view)

    def holds(self, path: str, line: int) -> bool:
        """Whether it shows this head line."""
        return any(s.path == path and line in s.lines for s in self.sections)

    def reordered(self, seed: int) -> ReviewUnit:
        """The same sections in another order; seed 0 is the order of the diff, 1 its reverse.

        What a model reads first it reads best, so that two orders find more than one twice.
        """
        if seed == 0:
            return self
        files: dict[str, list[Section]] = {}
        for section in self.sections:
            files.setdefault(section.path, []).append(section)

        def drawn(text: str) -> str:
            return hashlib.sha256(f"{seed}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()

        if seed == 1:
            mixed = [s for group in reversed(files.values()) for s in reversed(group)]
        else:
            mixed = [
                section
                for path in sorted(files, key=drawn)
                for section in sorted(files[path], key=lambda s: drawn(s.part))
            ]
        return replace(self, sections=tuple(mixed))

    def in_brief(self) -> ReviewUnit:
        """Its changed lines alone."""
        return replace(self, id=f"{self.id}-", brief=True, context="")

    def halves(self) -> tuple[ReviewUnit, ...]:
        """Two smaller units; of one section its changed lines alone; of those nothing."""
        if len(self.sections) > 1:
            middle = len(self.sections) // 2
            return (
                self._half("a", self.sections[:middle]),
                self._half("b", self.sections[middle:]),
            )
        return () if self.brief else (self.in_brief(),)

    def _half(self, name: str, sections: tuple[Section, ...]) -> ReviewUnit:
        return replace(self, id=f"{self.id}{name}", sections=sections, context="", part="A part")


@dataclass(frozen=True, slots=True)
class Packed:
    """The whole change in units, most important first, and what could not be packed."""

    units: tuple[ReviewUnit, ...]
    not_packed: tuple[NotPacked, ...]


def notes_of(findings: Iterable[Finding], hints: Iterable[Hint] = ()) -> tuple[Note, ...]:
    """What simple rules say of head lines, for the model to confirm or refute."""
    said = [Note(f.path, f.line, f.source, f.title) for f in findings if f.side is Side.RIGHT]
    return (*said, *(Note(h.path, h.line, h.source, h.text) for h in hints))


def pack(
    diff: Diff,
    heads: Mapping[str, str],
    scope: Scope,
    notes: Iterable[Note],
    item_at: ItemLookup,
    *,
    unread: Mapping[str, str] | None = None,
    focus: Focus | None = None,
    unit_tokens: int = UNIT_TOKENS,
) -> Packed:
    """Pack the changed Rust files, or what of them is in focus.

    `unread` says why some of them have no text in `heads`.
    """
    about: dict[str, list[Note]] = {}
    for note in notes:
        about.setdefault(note.path, []).append(note)
    sections: list[Section] = []
    not_packed: list[NotPacked] = []
    for file in diff.files:
        if not is_rust(file.path) or not file.hunks:
            continue
        rank = _rank(file.path, scope)
        if file.status is FileStatus.REMOVED:
            section, missing = removed_file(file, rank)
            sections.append(section)
            not_packed.extend(missing)
        elif file.path not in heads:
            reason = (unread or {}).get(file.path, "its text was not read")
            not_packed.append((file.path, reason))
        else:
            written_here = about.get(file.path, [])
            sections.extend(file_sections(file, heads[file.path], written_here, rank, item_at))
    if focus is not None:
        sections = [section for section in sections if focus.wants(section)]
        not_packed = [(path, why) for path, why in not_packed if path in focus.whole]
    fitting = [fitted for section in sections if (fitted := _fitted(section, unit_tokens))]
    kept = {(section.path, section.part) for section in fitting}
    not_packed.extend(
        (s.path, f"{s.part} is too long to be shown whole")
        for s in sections
        if (s.path, s.part) not in kept
    )
    return Packed(_told_apart(tuple(_units(_in_order(fitting), unit_tokens))), tuple(not_packed))


def _told_apart(units: tuple[ReviewUnit, ...]) -> tuple[ReviewUnit, ...]:
    if len(units) < 2:
        return units
    return tuple(replace(u, part=f"Part {n} of {len(units)}") for n, u in enumerate(units, 1))


def _rank(path: str, scope: Scope) -> int:
    if is_test_path(path):
        return 2
    return 0 if scope.of(path) else 1


def _fitted(section: Section, limit: int) -> Section | None:
    """The section, whole or else by its changed lines alone; None when even those are too long."""
    if section.tokens <= limit:
        return section
    brief = replace(section, text=section.brief)
    return brief if brief.tokens <= limit else None


def _in_order(sections: Sequence[Section]) -> list[Section]:
    """Trading code first and tests last; then crate by crate, in the order of the diff."""
    crates: dict[str, int] = {}
    for section in sections:
        crates.setdefault(crate_of(section.path), len(crates))
    return sorted(sections, key=lambda s: (s.rank, crates[crate_of(s.path)]))


def _units(sections: Sequence[Section], limit: int) -> Iterable[ReviewUnit]:
    """Neighbours together, as many as fit; the file is named again where a unit begins."""
    group: list[Section] = []
    size = 0
    count = 0
    for section in sections:
        if group and size + section.tokens > limit:
            count += 1
            yield ReviewUnit(f"u{count}", tuple(group))
            group, size = [], 0
        group.append(section)
        size += section.tokens
    if group:
        yield ReviewUnit(f"u{count + 1}", tuple(group))
