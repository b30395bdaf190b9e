"""The transitions that the code of one file writes down, and what its matches leave unnamed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tree_sitter import Node

from reviewer.facts.lifecycle_enums import StatusEnum, StatusEnums
from reviewer.facts.lifecycle_patterns import Held, Patterns
from reviewer.rust.chain import arguments_of, called, name_of_call
from reviewer.rust.file import RustFile, method_name
from reviewer.rust.items import Placed
from reviewer.scope.words import split

ANY = "*"
"""The state before an assignment that asks for none."""
ALL_BUT = "all but "
"""Begins the state before an assignment behind a guard: `all but Canceled, Filled`."""
_RETURNED = "return"
_WRAPPERS = ("Ok", "Some", "Box::new")
_SETTERS = frozenset(
    {"set", "update", "transition", "change", "move", "enter", "advance", "become", "mark"}
)
_KINDS = frozenset({"status", "statu", "state", "phase", "transition"})
_LEAVES = frozenset({"return_expression", "break_expression", "continue_expression"})
_ALLOWS = ("true", "Ok(", "return true", "return Ok(")
_MOST_NODES = 100_000
_MOST_HELD = 30
"""What is known at one place; the oldest is forgotten first."""


@dataclass(frozen=True, slots=True)
class Step:
    """The code takes a status from one state to another. Lines are 1-based."""

    enum: StatusEnum
    before: str
    after: str
    path: str
    line: int
    function: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A match on a status. `rest_line` is that of the arm that takes the rest, 0 without one."""

    enum: StatusEnum
    named: frozenset[str]
    path: str
    rest_line: int
    function: str
    place: str


@dataclass(frozen=True, slots=True)
class _Visit:
    node: Node
    held: tuple[Held, ...]
    goal: str
    """Where the value goes: a place, `return`, or nowhere."""


class StepReader:
    """One pass over the functions of a file that are no tests."""

    def __init__(self, file: RustFile, enums: StatusEnums) -> None:
        self._file = file
        self._patterns = Patterns(file, enums)
        self.steps: list[Step] = []
        self.choices: list[Choice] = []
        self._function = ""
        self._left = _MOST_NODES

    def read(self) -> StepReader:
        """Fill `steps` and `choices`."""
        for place in self._file.functions():
            body = place.node.child_by_field_name("body")
            if body is not None and not self._file.in_test(place.item.end):
                self._read_function(place, body)
        return self

    def _read_function(self, place: Placed, body: Node) -> None:
        self._function = place.item.name_path
        stack = [_Visit(body, (), _RETURNED)]
        while stack and self._left > 0:
            self._left -= 1
            visit = stack.pop()
            stack.extend(reversed(list(self._parts(visit))))

    def _parts(self, visit: _Visit) -> Iterator[_Visit]:
        node, kind = visit.node, visit.node.type
        state = self._patterns.state(node) if visit.goal else None
        if state is not None:
            self._step(state, visit)
        elif kind in ("block", "unsafe_block", "async_block", "source_file"):
            yield from self._in_order(visit)
        elif kind == "match_expression":
            yield from self._arms(visit)
        elif kind == "if_expression":
            yield from self._branches(visit)
        elif kind == "assignment_expression":
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if right is not None:
                yield _Visit(right, visit.held, self._patterns.place(left))
        elif kind == "return_expression":
            yield from (_Visit(child, visit.held, _RETURNED) for child in node.named_children)
        elif kind == "call_expression":
            yield from self._call(visit)
        elif kind == "struct_expression":
            name = node.child_by_field_name("name")
            made = self._patterns.state(name) if visit.goal and name is not None else None
            if made is not None:
                self._step(made, visit)
            yield from (_Visit(child, visit.held, "") for child in node.named_children)
        elif kind in ("parenthesized_expression", "try_expression", "else_clause"):
            yield from (_Visit(child, visit.held, visit.goal) for child in node.named_children)
        elif kind == "function_item":
            return  # has its own turn
        else:
            yield from (_Visit(child, visit.held, "") for child in node.named_children)

    def _in_order(self, visit: _Visit) -> Iterator[_Visit]:
        """A block: what a guard that leaves has ruled out holds for the rest of it."""
        held = visit.held
        children = visit.node.named_children
        for child in children:
            goal = visit.goal if child is children[-1] else ""
            if child.type == "expression_statement" and child.named_child_count:
                statement = child.named_children[0]
                # What ends in a block is a statement to the grammar even as the block's value.
                ends = child.children[-1].type == ";"
                yield _Visit(statement, held, "" if ends else goal)
                known = (*held, *self._ruled(statement), *self._assigned(statement))
                held = known[-_MOST_HELD:]
            elif child.type == "let_declaration":
                value, pattern = (child.child_by_field_name(part) for part in ("value", "pattern"))
                otherwise = child.child_by_field_name("alternative")
                if otherwise is not None:
                    yield _Visit(otherwise, held, "")
                if value is not None:
                    chooses = value.type in ("match_expression", "if_expression")
                    yield _Visit(value, held, _RETURNED if chooses else "")
                if otherwise is not None and pattern is not None:
                    known = (*held, *self._patterns.held(pattern, self._patterns.place(value)))
                    held = known[-_MOST_HELD:]
                elif pattern is not None and pattern.type == "identifier":
                    held = (*held, *self._copied(held, pattern, value))[-_MOST_HELD:]
            else:
                yield _Visit(child, held, goal)

    def _copied(self, held: tuple[Held, ...], name: Node, value: Node | None) -> list[Held]:
        """What is known of an order holds of its clone: `let mut copy = order.clone();`."""
        source, copy = self._patterns.place(value), self._file.code(name)
        return [
            replace(one, place=copy + one.place.removeprefix(source))
            for one in held
            if source and (one.place == source or one.place.startswith(f"{source}."))
        ]

    def _assigned(self, statement: Node) -> list[Held]:
        """After `status = New` it is New, until the next word."""
        left, right = (statement.child_by_field_name(part) for part in ("left", "right"))
        if statement.type != "assignment_expression" or right is None:
            return []
        made = self._patterns.state(right)
        place = self._patterns.place(left)
        return [Held(made[0], place, frozenset({made[1]}))] if made is not None else []

    def _ruled(self, statement: Node) -> list[Held]:
        """`if status != New { return; }` leaves New."""
        if statement.type != "if_expression" or statement.child_by_field_name("alternative"):
            return []
        test = statement.child_by_field_name("condition")
        then = statement.child_by_field_name("consequence")
        last = then.named_children[-1] if then is not None and then.named_child_count else None
        if last is not None and last.type == "expression_statement" and last.named_child_count:
            last = last.named_children[0]
        leaves = last is not None and last.type in _LEAVES
        if not leaves or test is None:
            return []
        return [*self._patterns.asked(test)[1], *self._patterns.refused(test)]

    def _branches(self, visit: _Visit) -> Iterator[_Visit]:
        test = visit.node.child_by_field_name("condition")
        yes, no = self._patterns.asked(test) if test is not None else ([], [])
        if test is not None:
            yield _Visit(test, visit.held, "")
        for part, held in (("consequence", yes), ("alternative", no)):
            branch = visit.node.child_by_field_name(part)
            if branch is not None:
                yield _Visit(branch, (*visit.held, *held)[-_MOST_HELD:], visit.goal)

    def _arms(self, visit: _Visit) -> Iterator[_Visit]:
        value, body = (visit.node.child_by_field_name(part) for part in ("value", "body"))
        if value is None or body is None:
            return
        yield _Visit(value, visit.held, "")
        named: dict[StatusEnum, set[str]] = {}
        rest = 0
        for arm in body.named_children:
            pattern = arm.child_by_field_name("pattern") if arm.type == "match_arm" else None
            result = arm.child_by_field_name("value")
            if pattern is None or result is None:
                continue
            held = self._of_arm(pattern, value)
            for entry in held:
                named.setdefault(entry.enum, set()).update(entry.states)
            if not held and self._patterns.catches_all(pattern):
                rest = pattern.start_point.row + 1
            self._pairs(pattern, result)
            yield _Visit(result, (*visit.held, *held)[-_MOST_HELD:], visit.goal)
        if value.type == "tuple_expression":
            return  # which of them the rest is about cannot be said
        for enum, states in named.items():
            self.choices.append(
                Choice(enum, frozenset(states), self._file.path, rest, self._function,
                       self._patterns.place(value))
            )  # fmt: skip

    def _of_arm(self, pattern: Node, value: Node) -> list[Held]:
        places = value.named_children if value.type == "tuple_expression" else []
        inner = next((c for c in pattern.named_children if c.type == "tuple_pattern"), None)
        if inner is not None and len(places) == inner.named_child_count:
            parts = zip(inner.named_children, places, strict=True)
            held = [h for part, place in parts
                    for h in self._patterns.held(part, self._patterns.place(place))]  # fmt: skip
        else:
            shown = pattern.named_children[0] if pattern.named_child_count else pattern
            held = self._patterns.held(shown, self._patterns.place(value))
        condition = pattern.child_by_field_name("condition")
        return held + (self._patterns.asked(condition)[0] if condition is not None else [])

    def _pairs(self, pattern: Node, result: Node) -> None:
        """`(New, Filled) => true` allows the one after the other."""
        text = self._file.code(result, 60).lstrip("{ \n\t")
        if text.startswith(_ALLOWS):
            self._allowed(self._patterns, pattern, result)

    def _allowed(self, patterns: Patterns, pattern: Node, at: Node) -> None:
        for enum, before, after in patterns.pair(pattern):
            for one in sorted(before):
                self._add(enum, one, sorted(after), at)

    def _call(self, visit: _Visit) -> Iterator[_Visit]:
        call, arguments = visit.node, arguments_of(visit.node)
        function = call.child_by_field_name("function")
        path, name = called(self._file, call), method_name(self._file, call)
        goals = [""] * len(arguments)
        if path == "matches":
            found = self._patterns.macro_pattern(call)
            if found is not None:
                self._allowed(self._patterns.within(found[0], call), found[1], call)
        elif path in _WRAPPERS and len(arguments) == 1:
            goals = [visit.goal]
        elif path.endswith("replace") and len(arguments) == 2:
            goals[1] = self._patterns.place(arguments[0])
        elif name and not _SETTERS.isdisjoint(split(name)):
            goals = [f"{self._patterns.place(function)}()"] * len(arguments)
        made = self._patterns.state(function) if visit.goal and function is not None else None
        if made is not None:
            self._step(made, visit)
        elif function is not None:
            yield _Visit(function, visit.held, "")
        for argument, goal in zip(arguments, goals, strict=True):
            yield _Visit(argument, visit.held, goal)

    def _step(self, made: tuple[StatusEnum, str], visit: _Visit) -> None:
        enum, after = made
        setter = visit.goal.endswith("()")
        before = [
            held for held in reversed(visit.held)
            if held.enum == enum and (
                visit.goal in (_RETURNED, held.place)
                or (setter and _root(held.place) == _root(visit.goal))
            )
        ]  # fmt: skip
        known = next((held.states for held in before if not held.is_not), frozenset())
        ruled_out = frozenset(state for held in before if held.is_not for state in held.states)
        if known:
            for state in sorted(known - ruled_out) or sorted(known):
                self._add(enum, state, [after], visit.node)
        elif ruled_out and visit.goal != _RETURNED:
            self._add(enum, f"{ALL_BUT}{', '.join(sorted(ruled_out))}", [after], visit.node)
        elif visit.goal != _RETURNED and not (setter and _KINDS.isdisjoint(split(visit.goal))):
            self._add(enum, ANY, [after], visit.node)

    def _add(self, enum: StatusEnum, before: str, after: list[str], node: Node) -> None:
        line = name_of_call(node).start_point.row + 1
        for state in after:
            if state != before:
                self.steps.append(Step(enum, before, state, self._file.path, line, self._function))


def _root(place: str) -> str:
    return place.partition(".")[0]
