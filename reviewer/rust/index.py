"""Who defines and who calls what in a repository, by name: candidates, never proofs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TypeVar

from reviewer.rust.file_index import Call, Definition, FileIndex

_K = TypeVar("_K")
_V = TypeVar("_V")
_MANY = 12
"""Definitions of one name above which a call is not followed: `new` has 49."""


class Index:
    """The index of all Rust files of one commit."""

    def __init__(self, files: Mapping[str, FileIndex]) -> None:
        self._files = files

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that it knows."""
        return tuple(self._files)

    def file(self, path: str) -> FileIndex | None:
        """The index of one file."""
        return self._files.get(path)

    def replaced(self, files: Mapping[str, FileIndex | None]) -> Index:
        """The same repository with other versions of some files; None for a file that is gone."""
        merged = {path: index for path, index in self._files.items() if path not in files}
        merged.update({path: index for path, index in files.items() if index is not None})
        return Index(merged)

    def named(self, name: str, *, kind: str = "") -> tuple[Definition, ...]:
        """The definitions of a name, of one kind if one is given."""
        return tuple(d for d in self._by_name.get(name, ()) if not kind or d.kind == kind)

    def calls_of(self, name: str) -> tuple[Call, ...]:
        """The places that call something of that name."""
        return tuple(self._calls_by_name.get(name, ()))

    def calls_in(self, function: Definition) -> tuple[Call, ...]:
        """The calls in the body of a function, in source order."""
        calls = self._calls_by_caller.get((function.path, function.name_path), ())
        return tuple(call for call in calls if function.start <= call.line <= function.end)

    def resolve(self, call: Call) -> tuple[Definition, ...]:
        """The functions of the repository that a call may mean; tests are no candidates.

        The owner's type where it is written or is `self`, else the same file, else the same
        crate, else all of that name; empty where there are too many to say.
        """
        found = [d for d in self.named(call.name, kind="fn") if not d.test]
        owner = self._owner(call)
        owned = [d for d in found if owner and d.owner == owner]
        if owned:
            return tuple(owned)
        if call.kind == "function" and not call.owner:
            found = [d for d in found if not d.owner]
        elif call.kind == "method":
            found = [d for d in found if d.owner]
        crate = crate_of(call.path)
        for near in (
            [d for d in found if d.path == call.path],
            [d for d in found if crate_of(d.path) == crate],
        ):
            if near:
                return tuple(near) if len(near) <= _MANY else ()
        return tuple(found) if len(found) <= _MANY else ()

    def callers(self, function: Definition) -> tuple[Call, ...]:
        """The calls that may mean this function."""
        return tuple(c for c in self.calls_of(function.name) if function in self.resolve(c))

    def field_type(self, owner: str, field: str) -> str:
        """The stated type of a field; empty when unknown or stated differently in two places."""
        stated = {
            f.fields[owner, field] for f in self._files.values() if (owner, field) in f.fields
        }
        return stated.pop() if len(stated) == 1 else ""

    def variants(self, enum: str) -> tuple[str, ...]:
        """The variants of an enum; empty when two enums share the name."""
        found = {f.variants[enum] for f in self._files.values() if enum in f.variants}
        return found.pop() if len(found) == 1 else ()

    def function_at(self, path: str, line: int) -> Definition | None:
        """The innermost function of a file around a line."""
        index = self._files.get(path)
        around = [
            d
            for d in (index.definitions if index else ())
            if d.kind == "fn" and d.start <= line <= d.end
        ]
        return min(around, key=lambda d: d.end - d.start, default=None)

    def _owner(self, call: Call) -> str:
        owner = call.owner
        if owner in ("self", "Self"):
            caller = self._by_place.get((call.path, call.caller))
            return caller.owner if caller else ""
        return owner.partition("<")[0].rpartition("::")[2] if call.kind == "function" else ""

    @cached_property
    def _by_name(self) -> dict[str, list[Definition]]:
        return _grouped((d.name, d) for f in self._files.values() for d in f.definitions)

    @cached_property
    def _by_place(self) -> dict[tuple[str, str], Definition]:
        return {(d.path, d.name_path): d for f in self._files.values() for d in f.definitions}

    @cached_property
    def _calls_by_name(self) -> dict[str, list[Call]]:
        return _grouped((c.name, c) for f in self._files.values() for c in f.calls)

    @cached_property
    def _calls_by_caller(self) -> dict[tuple[str, str], list[Call]]:
        return _grouped(((c.path, c.caller), c) for f in self._files.values() for c in f.calls)


def crate_of(path: str) -> str:
    """The folder that holds the crate's `src`; the first folder where there is none."""
    before, found, _ = f"/{path}".rpartition("/src/")
    return before.lstrip("/") if found else path.partition("/")[0]


def _grouped(pairs: Iterable[tuple[_K, _V]]) -> dict[_K, list[_V]]:
    grouped: dict[_K, list[_V]] = {}
    for key, value in pairs:
        grouped.setdefault(key, []).append(value)
    return grouped
