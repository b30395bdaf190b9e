"""Which states a pattern or a condition lets through."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from tree_sitter import Node

from reviewer.facts.lifecycle_enums import StatusEnum, StatusEnums
from reviewer.rust.chain import arguments_of, called, inner_expression, walk
from reviewer.rust.file import RustFile
from reviewer.rust.typed import owner_of

_PATHS = frozenset({"scoped_identifier", "scoped_type_identifier"})
_READING = re.compile(
    r"\.(?:clone|borrow|borrow_mut|as_ref|as_mut|get|get_mut|lock|read|write|unwrap)\(\)"
    r"|\.load\([\w:]*\)"
)
_LOOSE = re.compile(r"[\s&*()]|\bmut\b")
_BINDING = re.compile(r"(?:mut\s+|ref\s+)*_?[a-z]\w*\Z")
_LONGEST = 300
_LONGEST_MACRO = 2_000
_MOST_MACROS = 300
"""Calls of `matches!` in one file whose patterns are read."""
_DEEPEST = 40


@dataclass(frozen=True, slots=True)
class Held:
    """At some point of the code the place is in one of these states, or in none of them."""

    enum: StatusEnum
    place: str
    states: frozenset[str]
    is_not: bool = False


class Patterns:
    """Reads the patterns and conditions of one file."""

    def __init__(self, file: RustFile, enums: StatusEnums, owner: str = "") -> None:
        self.file = file
        self._owner = owner
        self._macros_left = _MOST_MACROS
        self._enums = enums

    def state(self, node: Node) -> tuple[StatusEnum, str] | None:
        """The variant that a path names: `Status::New`, `Self::New`, `New` after a glob import."""
        if node.type not in _PATHS and node.type not in ("identifier", "type_identifier"):
            return None
        segments = "".join(self.file.code(node, _LONGEST).split()).split("::")
        variant = segments[-1]
        if len(segments) > 1:
            name = segments[-2]
            if name == "Self":
                name = self._owner or owner_of(self.file, node)
            name = self._aliases.get(name, name)
        else:
            name = self._imported.get(variant, "")
        enum = self._enums.nearest(self.file.path, name, variant) if name else None
        return (enum, variant) if enum is not None else None

    def held(self, pattern: Node, place: str) -> list[Held]:
        """What holds of the place where the pattern matches, an entry an enum."""
        found: dict[StatusEnum, set[str]] = {}
        names = [place]
        for node in walk(pattern, skip=_PATHS | {"binary_expression"}):
            if node.type == "captured_pattern" and node.named_child_count:
                names.append(self.file.code(node.named_children[0], _LONGEST))
            state = self.state(node)
            if state is not None:
                found.setdefault(state[0], set()).add(state[1])
        return [
            Held(enum, name, frozenset(states)) for enum, states in found.items() for name in names
        ]

    def pair(self, pattern: Node) -> Iterator[tuple[StatusEnum, frozenset[str], frozenset[str]]]:
        """`(New, Filled)` as from and to; only tuples of two states of one enum."""
        if pattern.end_byte - pattern.start_byte > _LONGEST_MACRO:
            return
        for node in walk(pattern):
            if node.type != "tuple_pattern" or node.named_child_count != 2:
                continue
            first, second = (self.held(child, "") for child in node.named_children)
            if len(first) == 1 and len(second) == 1 and first[0].enum == second[0].enum:
                yield first[0].enum, first[0].states, second[0].states

    def catches_all(self, pattern: Node) -> bool:
        """Whether an arm takes whatever no other arm names."""
        if pattern.child_by_field_name("condition") is not None:
            return False
        text = self.file.code(pattern, _LONGEST)
        return text == "_" or bool(_BINDING.match(text))

    def asked(self, test: Node, depth: int = 0) -> tuple[list[Held], list[Held]]:
        """What holds where a condition is true, and where it is false."""
        if depth > _DEEPEST:
            return [], []
        if test.type == "parenthesized_expression":
            inner = inner_expression(test)
            return self.asked(inner, depth + 1) if inner is not None else ([], [])
        if test.type == "unary_expression" and self.file.code(test, 1) == "!":
            inner = inner_expression(test)
            yes, no = self.asked(inner, depth + 1) if inner is not None else ([], [])
            return no, yes
        if test.type == "let_condition":
            return self._matched(test.child_by_field_name("pattern"), _value(test)), []
        if test.type == "let_chain":
            parts = [self.asked(part, depth + 1)[0] for part in test.named_children]
            return [held for part in parts for held in part], []
        if test.type == "binary_expression":
            return self._compared(test, depth)
        if called(self.file, test) == "matches":
            return self._macro(test), []
        return [], []

    def refused(self, test: Node, depth: int = 0) -> list[Held]:
        """The states that are ruled out where a condition is false."""
        if depth > _DEEPEST:
            return []
        if test.type == "parenthesized_expression":
            inner = inner_expression(test)
            return self.refused(inner, depth + 1) if inner is not None else []
        operator = test.child_by_field_name("operator")
        if operator is not None and operator.type == "||":
            sides = (test.child_by_field_name(name) for name in ("left", "right"))
            return [held for side in sides if side is not None
                    for held in self.refused(side, depth + 1)]  # fmt: skip
        is_asked = operator is not None and operator.type == "=="
        if not is_asked and (called(self.file, test) != "matches" or self._is_guarded(test)):
            return []
        return [replace(held, is_not=True) for held in self.asked(test, depth)[0]]

    def _is_guarded(self, call: Node) -> bool:
        """Whether `matches!` asks for more than its pattern: `matches!(x, New if y)`."""
        found = self.macro_pattern(call)
        return found is None or found[1].child_by_field_name("condition") is not None

    def macro_pattern(self, call: Node) -> tuple[RustFile, Node] | None:
        """The pattern of `matches!(value, pattern)`, which the tree of the file leaves out."""
        values = arguments_of(call)
        if not values or call.end_byte - call.start_byte > _LONGEST_MACRO or not self._macros_left:
            return None
        self._macros_left -= 1
        text = self.file.source[values[0].end_byte : call.end_byte].decode("utf-8", "replace")
        pattern = text.strip().removeprefix(",").removesuffix(")")
        snippet = RustFile.parse(self.file.path, f"fn f() {{ match x {{ {pattern} => () }} }}")
        arms = snippet.nodes("match_arm")
        found = arms[0].child_by_field_name("pattern") if arms else None
        return (snippet, found) if found is not None else None

    def within(self, snippet: RustFile, around: Node) -> Patterns:
        """The same reading for a piece of the code at some place of this file."""
        other = Patterns(snippet, self._enums, owner=owner_of(self.file, around))
        other.__dict__.update(_aliases=self._aliases, _imported=self._imported)
        return other

    def place(self, node: Node | None) -> str:
        """A place as the code spells it, without what only reads it."""
        if node is None:
            return ""
        text = self.file.code(node, _LONGEST)
        return _LOOSE.sub("", _READING.sub("", text))

    def _macro(self, call: Node) -> list[Held]:
        found = self.macro_pattern(call)
        values = arguments_of(call)
        if found is None:
            return []
        return self.within(found[0], call).held(found[1], self.place(values[0]))

    def _matched(self, pattern: Node | None, value: Node | None) -> list[Held]:
        return self.held(pattern, self.place(value)) if pattern is not None else []

    def _compared(self, test: Node, depth: int) -> tuple[list[Held], list[Held]]:
        sides = test.child_by_field_name("left"), test.child_by_field_name("right")
        operator = test.child_by_field_name("operator")
        left, right = sides
        if left is None or right is None or operator is None:
            return [], []
        if operator.type in ("&&", "||"):
            (yes, no), (also, nor) = self.asked(left, depth + 1), self.asked(right, depth + 1)
            if operator.type == "&&":
                return [*yes, *also], []
            return _either(yes, also), [*no, *nor]
        if operator.type not in ("==", "!="):
            return [], []
        for state_side, place_side in ((right, left), (left, right)):
            state = self.state(_without_reference(state_side))
            if state is not None:
                held = [Held(state[0], self.place(place_side), frozenset({state[1]}))]
                return (held, []) if operator.type == "==" else ([], held)
        return [], []

    @cached_property
    def _aliases(self) -> dict[str, str]:
        found = {}
        for node in self.file.nodes("use_as_clause"):
            path, alias = node.child_by_field_name("path"), node.child_by_field_name("alias")
            if path is not None and alias is not None:
                found[self.file.code(alias)] = self.file.code(path).rpartition("::")[2]
        return found

    @cached_property
    def _imported(self) -> dict[str, str]:
        """Variants that stand for themselves, with their enums."""
        found: dict[str, str] = {}
        enums = {enum.name: enum for enum in self._enums.all}
        for kind in ("use_wildcard", "scoped_use_list"):
            for node in self.file.nodes(kind):
                target = node.named_children[0] if node.named_child_count else None
                name = self.file.code(target).rpartition("::")[2] if target is not None else ""
                if name in enums:
                    found.update(dict.fromkeys(enums[name].variants, name))
        return found


def _value(test: Node) -> Node | None:
    return test.child_by_field_name("value")


def _either(one: list[Held], other: list[Held]) -> list[Held]:
    """Both sides of `||` must speak of the same place."""
    return [
        Held(held.enum, held.place, held.states | twin.states)
        for held in one
        for twin in other
        if (held.enum, held.place) == (twin.enum, twin.place)
    ]


def _without_reference(node: Node) -> Node:
    inner = inner_expression(node) if node.type == "reference_expression" else None
    return inner if inner is not None else node
