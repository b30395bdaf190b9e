"""One side of a change, asked for functions: their texts, their trees, whom they call."""

from __future__ import annotations

import re

from reviewer.rust.file import RustFile
from reviewer.rust.file_index import Call, Definition
from reviewer.rust.items import Placed
from reviewer.rust.repository import Repository

_ATTRIBUTE_LINES = 40
_NAME = re.compile(r"\bfn\s+\w+")
_CONTAINERS = re.compile(
    r"(?:&|'\w+|mut\b|\s|\w+::|(?:Option|Arc|Rc|Box|Mutex|RwLock|RefCell|Cell)<)*"
    r"(?:Vec|VecDeque|String|str|Option|Result|\[|\w*Map|\w*Set|BinaryHeap|SmallVec|ArrayVec"
    r"|[iuf]\d+|[iu]size|bool|\w*Sender|\w*Receiver|Atomic\w+|\(|Instant|Duration)\b"
)
EVERYBODYS: frozenset[str] = frozenset(
    {"new", "default", "from", "into", "clone", "fmt", "eq", "cmp", "hash", "drop", "next", "iter"}
    | {"get", "get_mut", "insert", "remove", "push", "pop", "len", "is_empty", "clear", "contains"}
    | {"send", "recv", "lock", "read", "write", "flush", "close", "take", "map", "and_then", "ok"}
    | {"unwrap", "expect", "as_ref", "as_mut", "entry", "extend", "first", "last", "min", "max"}
    | {"abs", "add", "sub", "mul", "div", "update", "poll", "run", "start", "stop", "to_string"}
    | {"parse", "load", "store", "swap", "replace", "sum", "find", "filter", "collect", "join"}
)
"""Method names of the standard library: one that is defined here need not be the one called."""


class Source:
    """A repository with what was already asked of it. Used by one thread."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository
        self.index = repository.index
        self._lines: dict[str, list[str]] = {}
        self._by_name_path: dict[str, dict[str, list[Definition]]] = {}

    def functions(self, path: str) -> list[Definition]:
        """The functions of a file that are no tests, in source order."""
        index = self.index.file(path)
        return [d for d in index.definitions if d.kind == "fn" and not d.test] if index else []

    def text(self, function: Definition) -> str:
        """A function with its attributes and doc comments."""
        lines = self._lines.get(function.path)
        if lines is None:
            text = self.repository.text(function.path) or ""
            lines = self._lines[function.path] = text.split("\n")
        return "\n".join(lines[function.start - 1 : function.end])

    def words(self, function: Definition) -> tuple[str, ...]:
        """The text of a function without its layout."""
        return tuple(self.text(function).split())

    def body(self, function: Definition) -> tuple[str, ...]:
        """The text after the name, without its layout: what stays when only the name changes."""
        return tuple(_NAME.split(self.text(function), maxsplit=1)[-1].split())

    def attributes(self, function: Definition) -> str:
        """What stands before `fn`: attributes and doc comments."""
        lines = self.text(function).split("\n", _ATTRIBUTE_LINES)[:_ATTRIBUTE_LINES]
        return _NAME.split("\n".join(lines), maxsplit=1)[0]

    def tree(self, function: Definition) -> tuple[RustFile, Placed] | None:
        """The parsed file of a function and the place of the function in it."""
        file = self.repository.file(function.path)
        if file is None:
            return None
        for placed in file.functions():
            if placed.item.start == function.start and placed.item.name_path == function.name_path:
                return file, placed
        return None

    def caller(self, call: Call) -> Definition | None:
        """The function in which a call stands; None for tests and for what is in no function."""
        by_name = self._by_name_path.get(call.path)
        if by_name is None:
            by_name = self._by_name_path[call.path] = {}
            for function in self.functions(call.path):
                by_name.setdefault(function.name_path, []).append(function)
        around = (d for d in by_name.get(call.caller, ()) if d.start <= call.line <= d.end)
        return next(around, None)

    def called(self, call: Call, caller: Definition) -> Definition | None:
        """The one function of the repository that a call means; None where it may be another."""
        if call.kind == "macro":
            return None
        found = self.index.resolve(call)
        if len(found) != 1 or found[0].test:
            return None
        function = found[0]
        if call.kind == "function":
            return function if _is_meant(call, caller, function) else None
        if call.owner == "self":
            return function
        owner, _, field = call.owner.rpartition(".")
        stated = self.index.field_type(caller.owner, field) if owner == "self" else ""
        if stated:
            if function.owner and re.search(rf"\b{re.escape(function.owner)}\b", stated):
                return function
            if _CONTAINERS.match(stated):
                return None
        if call.name in EVERYBODYS:
            return None
        return function if len(self.index.named(call.name, kind="fn")) == 1 else None


def _is_meant(call: Call, caller: Definition, function: Definition) -> bool:
    """Whether what stands before the name fits: `OrderId::new` is no other type's `new`."""
    owner = call.owner.partition("<")[0].removesuffix("::").rpartition("::")[2]
    if owner in ("", "crate", "super", "self"):
        return not function.owner
    if owner == "Self":
        return function.owner == caller.owner
    if owner[0].isupper():
        return function.owner == owner
    modules = re.split(r"[/.]|::|mod ", f"{function.path}::{function.name_path}")
    return not function.owner and owner in modules
