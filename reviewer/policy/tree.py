"""YAML as plain values, each with its place in the file; only maps, lists and scalars.

Scalars are read as YAML 1.2 does: `off`, `no` and `2026-01-01` are text. Anchors, aliases and tags
are mistakes, so that a small file cannot become a large value. Nothing is raised, whatever is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml
from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
)

from reviewer.detect.invisible import BIDI, named, smuggled, zero_widths
from reviewer.policy.problem import Problem, shown
from reviewer.policy.yaml_mistakes import explained

MAX_BYTES = 64 * 1024
MAX_DEPTH = 10
MAX_PROBLEMS = 50
"""More than so many are not told of: nobody reads them, and each costs time."""
_MAX_DIGITS = 40

Loc = tuple[str | int, ...]
Mark = tuple[int, int]
"""Line and column, from 1."""
Value = dict[str, "Value"] | tuple["Value", ...] | str | int | float | bool | None

_INT = re.compile(r"[-+]?[0-9]+\Z")
_BASED = re.compile(r"0(?:o[0-7]+|x[0-9a-fA-F]+)\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass(slots=True)
class Tree:
    """A document. `broken` are the places that a problem speaks of already."""

    value: Value = field(default_factory=dict)
    marks: dict[Loc, Mark] = field(default_factory=dict)
    keys: dict[Loc, Mark] = field(default_factory=dict)
    broken: set[Loc] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)


def read_tree(file: bytes | str) -> Tree:
    """The values of a file with all that is wrong with it as YAML. Never raises."""
    tree = Tree()
    text = _decoded(file, tree)
    if text is not None:
        _Reader(text, tree).read()
    return tree


def _decoded(file: bytes | str, tree: Tree) -> str | None:
    raw = file.encode("utf-8", "surrogatepass") if isinstance(file, str) else file
    if len(raw) > MAX_BYTES:
        tree.problems.append(
            Problem(1, 1, f"the file is larger than {MAX_BYTES // 1024} kB; shorten it")
        )
        return None
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        tree.problems.append(
            Problem(*_mark_at(before, len(before)), "the file is not UTF-8; save it as UTF-8")
        )
        return None


def _mark_at(text: str, index: int) -> Mark:
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


class _Stop(Exception):
    """Nothing after this can be read."""


class _Reader:
    """Makes values of YAML's events."""

    def __init__(self, text: str, tree: Tree) -> None:
        self._text = text
        self._tree = tree
        self._at: Mark = (1, 1)

    def read(self) -> None:
        """Fill the tree."""
        try:
            self._events = self._parsed()
            for event in self._events:
                if isinstance(event, DocumentStartEvent):
                    self._document()
        except yaml.YAMLError as error:
            mark, message = explained(error, self._text)
            self._problem(_mark_at(self._text, mark), message)
        except _Stop:
            pass

    def _parsed(self) -> Iterator[Event]:
        try:
            for event in yaml.parse(self._text, Loader=yaml.SafeLoader):
                mark = event.start_mark
                if mark is not None:
                    self._at = (mark.line + 1, mark.column + 1)
                yield event
        except (ValueError, OverflowError) as error:
            # PyYAML hands escapes and versions that are too large to chr and int.
            self._problem(self._at, "an escape or a number after this is out of range; remove it")
            raise _Stop from error

    def _document(self) -> None:
        if self._tree.marks:
            self._problem(self._at, "a second document starts here; keep one, without `---`")
            raise _Stop
        self._tree.marks[()] = self._at
        value = self._value(next(self._events), ())
        if value is None:
            value = {}
            self._tree.broken.discard(())
        elif not isinstance(value, dict):
            self._problem(
                self._tree.marks[()], "the file must be keys with values, such as `gate: critical`"
            )
            raise _Stop
        self._tree.value = value

    def _value(self, event: Event, loc: Loc) -> Value:
        mark = self._tree.marks[loc] = self._at
        if isinstance(event, AliasEvent):
            self._broken(loc, mark, "`*` starts an alias, which is not allowed; quote a glob")
            return None
        assert isinstance(event, NodeEvent)  # noqa: S101 (the grammar of events)
        self._plain(event, loc, mark)
        if isinstance(event, ScalarEvent):
            return self._scalar(event, loc, mark)
        if len(loc) >= MAX_DEPTH:
            self._problem(mark, f"more than {MAX_DEPTH} levels lie in each other here; remove some")
            raise _Stop
        if isinstance(event, MappingStartEvent):
            return self._map(loc)
        items: list[Value] = []
        while not isinstance(event := next(self._events), SequenceEndEvent):
            items.append(self._value(event, (*loc, len(items))))
        return tuple(items)

    def _map(self, loc: Loc) -> Value:
        found: dict[str, Value] = {}
        while not isinstance(event := next(self._events), MappingEndEvent):
            mark = self._at
            if not isinstance(event, ScalarEvent):
                self._problem(
                    mark, "a key must be a word; quote it if it starts with `*`, `[`, `{`"
                )
                raise _Stop
            key = event.value
            inner = (*loc, key)
            self._plain(event, inner, mark)
            if key in found:
                first = self._tree.keys[inner][0]
                self._problem(
                    mark, f"{shown(key)} stands on line {first} already; keep one of them"
                )
                self._value(next(self._events), (*loc, key, "again"))
                continue
            self._tree.keys[inner] = mark
            value = self._value(next(self._events), inner)
            if value is None and inner not in self._tree.broken:
                self._broken(inner, mark, f"{shown(key)} has no value; give one or remove the key")
            found[key] = value
        return found

    def _scalar(self, event: ScalarEvent, loc: Loc, mark: Mark) -> Value:
        text: str = event.value
        unseen = _unseen(text)
        if unseen:
            self._broken(loc, mark, f"this text holds {unseen}, which nobody sees; remove it")
            return None
        if event.style is not None or not event.implicit[0]:
            return text
        if text in _WORDS:
            word = _WORDS[text]
            if word is None and loc and isinstance(loc[-1], int):
                self._broken(loc, mark, "this entry is empty; give it a value or remove it")
            return word
        number = bool(_INT.match(text) or _FLOAT.match(text) or _BASED.match(text))
        if number and len(text) > _MAX_DIGITS:
            self._broken(loc, mark, f"this number has more than {_MAX_DIGITS} digits; shorten it")
            return None
        if _INT.match(text):
            return int(text)
        if _BASED.match(text):
            return int(text, 0)
        return float(text) if _FLOAT.match(text) else text

    def _plain(self, event: NodeEvent, loc: Loc, mark: Mark) -> None:
        if event.anchor is not None:
            self._broken(loc, mark, "`&` starts an anchor, which is not allowed; remove it")
        if isinstance(event, ScalarEvent | CollectionStartEvent) and event.tag is not None:
            self._broken(loc, mark, "`!` starts a tag, which is not allowed; remove or quote it")

    def _broken(self, loc: Loc, mark: Mark, message: str) -> None:
        self._tree.broken.add(loc)
        self._problem(mark, message)

    def _problem(self, mark: Mark, message: str) -> None:
        self._tree.problems.append(Problem(*mark, message))
        if len(self._tree.problems) >= MAX_PROBLEMS:
            raise _Stop


def _unseen(text: str) -> str:
    """The first character that nobody sees; empty if there is none."""
    if text.isprintable() and text.isascii():
        return ""
    for character in text:
        point = ord(character)
        control = point < 0x20 or 0x7F <= point < 0xA0 or 0xD800 <= point < 0xE000
        if (control and character not in "\n\t") or BIDI.match(character):
            return named(character)
    at = next(zero_widths(text), None)
    if at is not None:
        return named(text[at])
    return "characters of no width" if any(map(smuggled, text.split("\n"))) else ""
