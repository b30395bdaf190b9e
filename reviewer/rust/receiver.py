"""The type of what a method is called on, as far as the repository states it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.rust.file_index import Definition
from reviewer.rust.type_text import bare, element, peeled

if TYPE_CHECKING:
    from reviewer.rust.index import Index

_STEP = re.compile(r"\s*(?:\.\s*(?P<name>\w+)(?:::<[^<>()]*>)?\s*(?P<call>\()?|(?P<index>\[)|\?)")
_ROOT = re.compile(r"[&*(\s]*(?:mut\s+)?(?P<path>(?:\w+::)+)?(?P<name>\w+)")
_SAME = frozenset(
    {"lock", "read", "write", "borrow", "borrow_mut", "unwrap", "expect", "as_ref", "as_mut"}
    | {"clone", "await", "get_mut", "as_deref", "as_deref_mut", "unwrap_or_default", "load", "iter"}
    | {"iter_mut", "into_iter", "to_owned", "deref", "deref_mut", "by_ref", "ok", "unwrap_or_else"}
    | {"unwrap_or", "take", "upgrade", "cloned", "copied", "values", "values_mut", "context"}
    | {
        "map_err",
        "ok_or",
        "ok_or_else",
        "rev",
        "as_slice",
        "write_all",
        "blocking_lock",
        "enumerate",
    }
)
_ELEMENT = frozenset(
    {"get", "get_mut", "first", "last", "first_mut", "last_mut", "pop", "next", "remove", "entry"}
    | {"pop_front", "pop_back", "front", "back", "front_mut", "back_mut", "peek", "swap_remove"}
)
_DEEPEST = 6
_STEPS = 16
_BOUND = r"\b{}\s*:\s*(?:\?Sized\s*\+\s*)?([\w:]+)"


class Receivers:
    """Reads receivers such as `self.book.lock().unwrap()` step by step."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def stated(self, text: str, caller: Definition, line: int) -> str:
        """The type as it is written; empty where nothing states it."""
        return self._stated(text, caller, line, 0)

    def _stated(self, text: str, caller: Definition, line: int, depth: int) -> str:
        root = _ROOT.match(text)
        if root is None or depth > _DEEPEST or "…" in text:
            return ""
        at = root.end()
        if root["path"] is not None or text[at : at + 1] == "(":
            at, stated = self._called(text, root, caller)
        elif text[at:].lstrip().startswith("{") and root["name"][0].isupper():
            return caller.owner if root["name"] == "Self" else root["name"]
        else:
            stated = self._name(root["name"], caller, line, depth)
        for _ in range(_STEPS):
            if not stated or at >= len(text):
                break
            step = _STEP.match(text, at)
            if step is None:
                # A closing bracket of `(*book).apply()` says nothing; all else is not understood.
                return stated if not text[at:].strip(") ") else ""
            at = step.end()
            if step["index"]:
                at, stated = _closed(text, at, "[", "]"), element(stated)
            elif step["call"]:
                at, stated = _closed(text, at, "(", ")"), self._method(stated, step["name"])
            elif step["name"] and step["name"] != "await":
                stated = self._index.field_type(peeled(stated), step["name"])
        return stated

    def _name(self, name: str, caller: Definition, line: int, depth: int) -> str:
        if name == "self":
            return caller.owner
        for text in reversed(self._index.locals(caller, name, line)):
            kind, _, value = text.partition(" ")
            if kind == ":":
                return self._bounded(value, caller)
            stated = self._stated(value, caller, line - 1, depth + 1)
            return element(stated) or stated if kind == "in" else stated
        stated = dict(caller.parameters).get(name, "")
        if not stated and name.isupper():
            found = {d.signature.partition(":")[2].partition("=")[0].strip()
                     for d in self._index.named(name) if d.kind in ("const", "static")}  # fmt: skip
            stated = found.pop() if len(found) == 1 else ""
        return self._bounded(stated, caller)

    def _bounded(self, stated: str, caller: Definition) -> str:
        """A generic parameter is what its bound says."""
        name = bare(stated)
        if len(name) > 2 or not name.isupper():
            return stated
        bound = re.search(_BOUND.format(re.escape(name)), caller.signature)
        return bound[1] if bound else ""

    def _called(self, text: str, root: re.Match[str], caller: Definition) -> tuple[int, str]:
        """`Book::new(..)`: what the function of that name returns."""
        at = _closed(text, root.end() + 1, "(", ")")
        owner = bare((root["path"] or "").removesuffix("::"))
        owner = caller.owner if owner == "Self" else owner
        found = [d for d in self._index.named(root["name"], kind="fn") if d.owner == owner]
        if not found:
            known = owner[:1].isupper() and root["name"] in ("new", "default", "from")
            return at, owner if known else ""
        return at, _returned(found)

    def _method(self, stated: str, name: str) -> str:
        owner = peeled(stated)
        found = self._index.methods(owner, name)
        if found:
            return _returned(found)
        if name in _ELEMENT:
            return element(stated)
        return stated if name in _SAME else ""


def _returned(found: list[Definition] | tuple[Definition, ...]) -> str:
    stated = {re.sub(r"\bSelf\b", d.owner, d.value) for d in found}
    return stated.pop() if len(stated) == 1 else ""


def _closed(text: str, at: int, opening: str, closing: str) -> int:
    """The place behind the bracket that closes; the end of the text where none does."""
    depth = 1
    while at < len(text) and depth:
        depth += (text[at] == opening) - (text[at] == closing)
        at += 1
    return at
