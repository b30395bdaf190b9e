"""Who defines and who calls what in a repository, by name: candidates, never proofs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TypeVar

from reviewer.rust.file_index import Call, Definition, FileIndex
from reviewer.rust.modules import crate_of
from reviewer.rust.resolve import Resolver
from reviewer.rust.type_text import bare

__all__ = ["Index", "crate_of"]

_K = TypeVar("_K")
_V = TypeVar("_V")
_TYPES = frozenset({"struct", "enum", "union", "trait", "type"})


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

        Those of the type that is written, is `self`, or is stated for the receiver; for a trait,
        those of its impls. Else those of the same file, else the imported, else those of the same
        crate, else all of that name; empty where there are too many to say, for a type that is not
        of this repository, and for `len` and its like on a receiver that nothing is known of.
        """
        return self._resolver.resolve(call)

    def callers(self, function: Definition) -> tuple[Call, ...]:
        """The calls that may mean this function."""
        return tuple(c for c in self.calls_of(function.name) if function in self.resolve(c))

    def caller_of(self, call: Call) -> Definition | None:
        """The function that a call stands in."""
        found = self._by_place.get((call.path, call.caller), ())
        return next((d for d in found if d.start <= call.line <= d.end), None)

    def functions(self, name: str) -> tuple[Definition, ...]:
        """The functions of a name that are no tests."""
        return tuple(self._functions.get(name, ()))

    def methods(self, owner: str, name: str) -> tuple[Definition, ...]:
        """The functions of a type by bare name: its own, else those its traits bring.

        Of a trait the functions of its impls, else its own.
        """
        owned = self._owned.get((owner, name), ())
        if any(d.owner == d.trait for d in owned):
            return tuple(self._implementing.get((owner, name), ())) or tuple(owned)
        if owned or name not in self._functions:
            return tuple(owned)
        alias = bare(self.field_type(owner, ""))
        if alias:
            return tuple(self._owned.get((alias, name), ()))
        return tuple(
            d for trait in sorted(self.traits_of(owner)) for d in self._owned.get((trait, name), ())
        )

    def traits_of(self, type_name: str) -> frozenset[str]:
        """The traits that are implemented for a type, by bare names; derived ones are not known."""
        return frozenset(self._traits.get(type_name, ()))

    def implemented(self, method: Definition) -> Definition | None:
        """The trait's function that this one implements; None where it is not here, or two are."""
        found = [
            d
            for d in self.named(method.name, kind="fn")
            if method.trait and d.owner == method.trait and d is not method
        ]
        return found[0] if len(found) == 1 and method.owner != method.trait else None

    def is_type(self, name: str) -> bool:
        """Whether the repository defines a type or trait of that name."""
        return any(d.kind in _TYPES for d in self.named(name))

    def field_type(self, owner: str, field: str) -> str:
        """The stated type of a field; empty when unknown or stated differently in two places."""
        stated = self._fields.get((owner, field), set())
        return next(iter(stated)) if len(stated) == 1 else ""

    def variants(self, enum: str) -> tuple[str, ...]:
        """The variants of an enum; empty when two enums share the name."""
        found = {f.variants[enum] for f in self._files.values() if enum in f.variants}
        return found.pop() if len(found) == 1 else ()

    def imports(self, path: str) -> Mapping[str, str]:
        """The paths that a file imports, by the names that they have there."""
        index = self._files.get(path)
        return index.imports if index else {}

    def locals(self, function: Definition, name: str, line: int) -> tuple[str, ...]:
        """What a function says of a local up to a line: see `FileIndex.locals`."""
        index = self._files.get(function.path)
        said = index.locals.get((function.name_path, name), ()) if index else ()
        return tuple(text for at, text in said if function.start <= at <= line)

    def function_at(self, path: str, line: int) -> Definition | None:
        """The innermost function of a file around a line."""
        index = self._files.get(path)
        around = [
            d
            for d in (index.definitions if index else ())
            if d.kind == "fn" and d.start <= line <= d.end
        ]
        return min(around, key=lambda d: d.end - d.start, default=None)

    @cached_property
    def _resolver(self) -> Resolver:
        return Resolver(self)

    @cached_property
    def _by_name(self) -> dict[str, list[Definition]]:
        return _grouped((d.name, d) for f in self._files.values() for d in f.definitions)

    @cached_property
    def _functions(self) -> dict[str, list[Definition]]:
        return _grouped(
            (name, d)
            for name, found in self._by_name.items()
            for d in found
            if d.kind == "fn" and not d.test
        )

    @cached_property
    def _owned(self) -> dict[tuple[str, str], list[Definition]]:
        return _grouped(
            ((d.owner, d.name), d) for found in self._functions.values() for d in found if d.owner
        )

    @cached_property
    def _implementing(self) -> dict[tuple[str, str], list[Definition]]:
        """The functions of impls, by trait and name."""
        return _grouped(
            ((d.trait, d.name), d)
            for found in self._functions.values()
            for d in found
            if d.trait and d.trait != d.owner
        )

    @cached_property
    def _by_place(self) -> dict[tuple[str, str], list[Definition]]:
        return _grouped(
            ((d.path, d.name_path), d)
            for f in self._files.values()
            for d in f.definitions
            if d.kind == "fn"
        )

    @cached_property
    def _fields(self) -> dict[tuple[str, str], set[str]]:
        found: dict[tuple[str, str], set[str]] = {}
        for index in self._files.values():
            for key, stated in index.fields.items():
                found.setdefault(key, set()).add(stated)
        return found

    @cached_property
    def _traits(self) -> dict[str, list[str]]:
        return _grouped((one.type, one.trait) for f in self._files.values() for one in f.impls)

    @cached_property
    def _calls_by_name(self) -> dict[str, list[Call]]:
        return _grouped((c.name, c) for f in self._files.values() for c in f.calls)

    @cached_property
    def _calls_by_caller(self) -> dict[tuple[str, str], list[Call]]:
        return _grouped(((c.path, c.caller), c) for f in self._files.values() for c in f.calls)


def _grouped(pairs: Iterable[tuple[_K, _V]]) -> dict[_K, list[_V]]:
    grouped: dict[_K, list[_V]] = {}
    for key, value in pairs:
        grouped.setdefault(key, []).append(value)
    return grouped
