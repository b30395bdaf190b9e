"""What a change does to the transitions of each status enum."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from reviewer.facts.change import Change
from reviewer.facts.lifecycle_enums import (
    StatusEnum,
    StatusEnums,
    renamed_variants,
    same_enums,
)
from reviewer.facts.lifecycle_steps import ALL_BUT, Choice, Step, StepReader
from reviewer.pull.diff import FileDiff, is_rust
from reviewer.rust.repository import Repository
from reviewer.rust.testcode import is_test_path

_MOST_FILES = 150
"""Files that are read for one change, on each side."""


@dataclass(frozen=True, slots=True)
class Swallowed:
    """A state that the catch-all arm of a match takes now."""

    state: str
    choice: Choice
    is_new: bool
    """The variant is new; otherwise the match named it before."""


@dataclass(slots=True)
class EnumDiff:
    """One enum of the head. Steps stand for the first place that writes each transition."""

    enum: StatusEnum
    added: list[Step] = field(default_factory=list)
    removed: list[Step] = field(default_factory=list)
    """In base lines."""
    kept: list[Step] = field(default_factory=list)
    swallowed: list[Swallowed] = field(default_factory=list)


@dataclass(slots=True)
class _Read:
    steps: list[Step] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)


def diff_lifecycles(change: Change) -> tuple[list[EnumDiff], bool]:
    """The enums whose lifecycle changed, and whether files were left out."""
    touched = [file for file in change.diff.files if is_rust(file.path) or is_rust(file.old_path)]
    if not touched:
        return [], False
    named = change.profile.status_enums
    before = StatusEnums(change.base.index, named)
    after = StatusEnums(change.head.index, named)
    names = before.names | after.names
    texts = [
        text
        for file in touched
        for text in (change.base.text(file.old_path), change.head.text(file.path))
        if text is not None
    ]
    concerned = {name for name in names if any(name in text for text in texts)}
    if not concerned:
        return [], False
    moved = {file.old_path: file.path for file in touched}
    same = same_enums(
        (enum for enum in before.all if enum.name in concerned),
        (enum for enum in after.all if enum.name in concerned),
        moved,
    )
    return _Comparison(change, before, after, same, moved, touched).run()


class _Comparison:
    """Reads as few files as it can: those of the change, and all others only when needed."""

    def __init__(
        self,
        change: Change,
        before: StatusEnums,
        after: StatusEnums,
        same: dict[StatusEnum, StatusEnum],
        moved: dict[str, str],
        touched: list[FileDiff],
    ) -> None:
        self._change, self._before, self._after = change, before, after
        self._same, self._moved = same, moved
        self._variants = {old: renamed_variants(old, new) for old, new in same.items()}
        self._old_paths = [file.old_path for file in touched]
        self._new_paths = [file.path for file in touched]
        self._is_cut = before.is_cut or after.is_cut

    def run(self) -> tuple[list[EnumDiff], bool]:
        old = self._told_by_head(_read(self._change.base, self._before, self._old_paths))
        new = _read(self._change.head, self._after, self._new_paths)
        fresh = self._fresh_variants()
        changed = {
            enum
            for enum in {step.enum for step in (*old.steps, *new.steps)}
            if _ways(old.steps, enum) != _ways(new.steps, enum)
        }
        lost = _lost_arms(old.choices, new.choices)
        concerned = changed | set(fresh) | {found.choice.enum for found in lost}
        concerned &= set(self._after.all)
        if not concerned:
            return [], False
        others = self._others(concerned)
        rest = _read(self._change.head, self._after, others)
        known = {_key(choice) for choice in old.choices}
        met = [choice for choice in new.choices if _key(choice) in known] + rest.choices
        lost += [
            Swallowed(state, choice, is_new=True)
            for choice in met
            for state in sorted(fresh.get(choice.enum, ()))
            if choice.rest_line and state not in choice.named
        ]
        diffs = [
            _enum_diff(enum, [*old.steps, *rest.steps], [*new.steps, *rest.steps], lost)
            for enum in sorted(concerned, key=lambda enum: (enum.name, enum.path))
        ]
        return [d for d in diffs if d.added or d.removed or d.swallowed], self._is_cut

    def _others(self, concerned: set[StatusEnum]) -> list[str]:
        """Files that the change does not touch and that name one of the enums."""
        names = {enum.name for enum in concerned}
        texts = ((path, self._change.head.text(path) or "") for path in self._change.head.paths)
        found = [
            path
            for path, text in texts
            if path not in self._new_paths and any(name in text for name in names)
        ]
        self._is_cut = self._is_cut or len(found) > _MOST_FILES
        return found[:_MOST_FILES]

    def _fresh_variants(self) -> dict[StatusEnum, frozenset[str]]:
        fresh = {}
        for old, new in self._same.items():
            gained = set(new.variants) - set(old.variants) - set(self._variants[old].values())
            if gained:
                fresh[new] = frozenset(gained)
        return fresh

    def _told_by_head(self, read: _Read) -> _Read:
        """The base in the names of the head, so that a rename is no change."""
        steps = [
            replace(
                step,
                enum=self._same.get(step.enum, step.enum),
                before=self._renamed(step.enum, step.before),
                after=self._renamed(step.enum, step.after),
            )
            for step in read.steps
        ]
        choices = [
            replace(
                choice,
                enum=self._same.get(choice.enum, choice.enum),
                named=frozenset(self._renamed(choice.enum, state) for state in choice.named),
                path=self._moved.get(choice.path, choice.path),
            )
            for choice in read.choices
        ]
        return _Read(steps, choices)

    def _renamed(self, enum: StatusEnum, state: str) -> str:
        names = self._variants.get(enum, {})
        if not state.startswith(ALL_BUT):
            return names.get(state, state)
        states = state.removeprefix(ALL_BUT).split(", ")
        return ALL_BUT + ", ".join(sorted(names.get(one, one) for one in states))


def _read(repository: Repository, enums: StatusEnums, paths: Iterable[str]) -> _Read:
    read = _Read()
    for path in paths:
        text = repository.text(path)
        if text is None or is_test_path(path) or not any(name in text for name in enums.names):
            continue
        file = repository.file(path)
        if file is not None:
            found = StepReader(file, enums).read()
            read.steps += found.steps
            read.choices += found.choices
    return read


def _enum_diff(
    enum: StatusEnum, old: list[Step], new: list[Step], swallowed: list[Swallowed]
) -> EnumDiff:
    before, after = _first_places(old, enum), _first_places(new, enum)
    return EnumDiff(
        enum,
        added=[step for way, step in after.items() if way not in before],
        removed=[step for way, step in before.items() if way not in after],
        kept=[step for way, step in after.items() if way in before],
        swallowed=[found for found in swallowed if found.choice.enum == enum],
    )


def _first_places(steps: list[Step], enum: StatusEnum) -> dict[tuple[str, str], Step]:
    found: dict[tuple[str, str], Step] = {}
    for step in steps:
        if step.enum == enum:
            found.setdefault((step.before, step.after), step)
    return found


def _ways(steps: list[Step], enum: StatusEnum) -> frozenset[tuple[str, str]]:
    return frozenset(_first_places(steps, enum))


def _lost_arms(old: list[Choice], new: list[Choice]) -> list[Swallowed]:
    """States that a match named before and leaves to its catch-all arm now."""
    lost = []
    for choice, before in _paired(old, new):
        if choice.rest_line:
            gone = (before.named - choice.named) & set(choice.enum.variants)
            lost += [Swallowed(state, choice, is_new=False) for state in sorted(gone)]
    return lost


def _paired(old: list[Choice], new: list[Choice]) -> Iterable[tuple[Choice, Choice]]:
    """Each match of the head with the one that it was, by function and order."""
    waiting: dict[tuple[str, str, str, str], list[Choice]] = {}
    for choice in old:
        waiting.setdefault(_key(choice), []).append(choice)
    counts: dict[tuple[str, str, str, str], int] = {}
    for choice in new:
        counts[_key(choice)] = counts.get(_key(choice), 0) + 1
    for choice in new:
        before = waiting.get(_key(choice), [])
        if len(before) == counts[_key(choice)]:  # otherwise which is which cannot be said
            yield choice, before.pop(0)
            counts[_key(choice)] -= 1


def _key(choice: Choice) -> tuple[str, str, str, str]:
    return choice.path, choice.function, f"{choice.enum.path}:{choice.enum.name}", choice.place
