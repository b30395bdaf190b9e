"""Which functions of the repository a call may mean: candidates, never proofs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.rust.file_index import Call, Definition
from reviewer.rust.modules import crate_of, fits
from reviewer.rust.receiver import Receivers
from reviewer.rust.type_text import LIBRARY, bare, peeled

if TYPE_CHECKING:
    from reviewer.rust.index import Index

_WORD = re.compile(r"\w+")
MANY = 12
"""Definitions of one name above which a call is not followed: `new` has 49."""
_FAR_TOO_MANY = 400
"""Definitions of one name that are not looked through for the nearest."""
_EVERYWHERE = frozenset(
    {"clone", "len", "push", "pop", "insert", "remove", "get", "get_mut", "iter", "map", "next"}
    | {"unwrap", "expect", "into", "from", "as_ref", "as_str", "to_string", "is_empty", "collect"}
    | {"contains", "contains_key", "entry", "clear", "extend", "push_back", "push_front", "min"}
    | {"pop_front", "max", "abs", "sum", "send", "recv", "lock", "read", "write", "load", "store"}
    | {"fmt", "eq", "cmp", "partial_cmp", "hash", "default", "drop", "deref", "join", "take"}
    | {"first", "last", "position", "parse", "ok", "err", "and_then", "filter", "find", "split"}
)
"""Methods of the standard library: on a receiver of unknown type they are not ours."""


class Resolver:
    """Follows calls by what is written, then by what is near."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._receivers = Receivers(index)

    def resolve(self, call: Call) -> tuple[Definition, ...]:
        """See `Index.resolve`."""
        if call.kind == "macro":
            return self._few(self._nearest(call, self._index.named(call.name, kind="macro")))
        named = self._index.functions(call.name)
        if not named:
            return ()
        is_method = call.kind == "method" or (
            call.kind == "token" and "::" not in call.owner and not call.owner[:1].isupper()
            and bool(call.owner)
        )  # fmt: skip
        found = tuple(d for d in named if _fits(call, d, is_method=is_method))
        if is_method:
            return self._method(call, found)
        if call.owner:
            return self._path(call, found)
        if len(found) > _FAR_TOO_MANY:
            return ()
        free = [d for d in found if not d.owner]
        return self._few(self._nearest(call, tuple(free)))

    def _method(self, call: Call, found: tuple[Definition, ...]) -> tuple[Definition, ...]:
        caller = self._index.caller_of(call)
        stated = self._receivers.stated(call.owner, caller, call.line) if caller else ""
        type_ = peeled(stated)
        if type_:
            methods = self._index.methods(type_, call.name)
            methods = tuple(d for d in methods if _fits(call, d, is_method=True))
            if not methods and type_ in LIBRARY:
                # Only a trait of the repository can give it more than it has.
                methods = tuple(d for d in found if d.owner == d.trait)
            if methods or self._index.is_type(type_) or type_ in LIBRARY:
                return self._few(self._nearest(call, methods, name=type_))
            if type_[:1].isupper():
                # A type of another crate, or a generic: it has what traits give it, and what is
                # inside may have more.
                words = _WORD.findall(stated)
                found = tuple(d for d in found if d.trait or d.owner in words)
        if call.name in _EVERYWHERE or len(found) > _FAR_TOO_MANY:
            return ()
        # One of many that fits by its arguments alone is a guess.
        owned = tuple(d for d in self._index.functions(call.name) if d.owner)
        if len(self._nearest(call, owned)) > MANY:
            return ()
        return self._few(self._nearest(call, tuple(d for d in found if d.owner)))

    def _path(self, call: Call, found: tuple[Definition, ...]) -> tuple[Definition, ...]:
        owner = call.owner
        if owner.startswith("<"):
            owner = owner[1:].partition(" as ")[0].partition(">")[0]
        last = bare(owner.rpartition("::")[2] if "<" not in owner else owner)
        caller = self._index.caller_of(call)
        if last == "Self":
            last = caller.owner if caller else ""
        use = self._index.imports(call.path).get(last, "")
        type_ = use.rpartition("::")[2] or last
        methods = self._index.methods(type_, call.name)
        if methods:
            methods = tuple(d for d in methods if _fits(call, d, is_method=False))
            return self._few(self._nearest(call, methods, name=last))
        if type_[:1].isupper():
            return ()  # a type of another crate, or a derived function
        if len(found) > _FAR_TOO_MANY:
            return ()
        whole = f"{use or owner}::{call.name}"
        free = [d for d in found if not d.owner]
        placed = self._fitting(whole, call.path, free)
        named = [d for d in free if last in d.name_path.split("::")[:-1]]
        return self._few(tuple(placed or named))

    def _nearest(
        self, call: Call, found: tuple[Definition, ...], *, name: str = ""
    ) -> tuple[Definition, ...]:
        """Those of the same file, else the imported, else those of the same crate, else all."""
        if len(found) < 2:
            return found
        here = tuple(d for d in found if d.path == call.path)
        if here:
            return here
        imports = self._index.imports(call.path)
        used = imports.get(name or call.name, "")
        placed = self._fitting(used, call.path, found) if used else []
        if not placed:
            globs = [use for use in imports.values() if use.endswith("*")]
            placed = [d for d in found if any(fits(use, call.path, d.path) == 2 for use in globs)]
        crate = crate_of(call.path)
        return tuple(placed) or tuple(d for d in found if crate_of(d.path) == crate) or found

    def _fitting(
        self, use: str, user: str, found: list[Definition] | tuple[Definition, ...]
    ) -> list[Definition]:
        ranked = [(fits(use, user, d.path), d) for d in found]
        best = max((rank for rank, _ in ranked), default=0)
        return [d for rank, d in ranked if best and rank == best]

    def _few(self, found: tuple[Definition, ...]) -> tuple[Definition, ...]:
        return found if len(found) <= MANY else ()


def _fits(call: Call, function: Definition, *, is_method: bool) -> bool:
    """Whether the brackets hold as many as the function takes: Rust has no defaults."""
    if is_method and not function.takes_self:
        return False
    return call.given < 0 or function.takes < 0 or call.given == function.takes - is_method
