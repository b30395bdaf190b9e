"""What one function does, in order: its calls, which of them always run, and what is asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from reviewer.rust.chain import arguments_of, called, name_of_call, receiver_of
from reviewer.rust.file import RustFile, method_name
from reviewer.rust.file_index import Call, Definition

_MOST_NODES = 20_000
_LONGEST = 200
_POINTS = re.compile(r"(?:unsafe\s*\{\s*)?&\s*(?:mut\s+)?\*\s*(\w+)\s*\}?")
_DROPS_RESULT = frozenset({"ok", "err", "is_ok", "is_err", "unwrap_or_default", "unwrap_or"})
_LOOPS = frozenset({"while_expression", "for_expression"})
_ASKS = {"if_expression": "condition", "match_expression": "value", "macro_invocation": ""}


@dataclass(frozen=True, slots=True)
class Step:
    """A call in a function. `branch` are the conditional parts around it, outermost first."""

    call: Call
    at: int
    """Byte offset in the function's file: what is smaller runs before."""
    branch: tuple[int, ...]
    is_used: bool
    """Whether anything is made of the result."""
    is_macro: bool
    receiver_types: tuple[str, ...]
    """What the code states of the type of what a method is called on."""
    arguments: str

    def always_before(self, other: Step) -> bool:
        """Whether this has run whenever the other runs."""
        return self.at < other.at and self.branch == other.branch[: len(self.branch)]


@dataclass(frozen=True, slots=True)
class Body:
    """A function, read once."""

    steps: tuple[Step, ...]
    guards: tuple[tuple[int, str], ...]
    """Where something is asked by hand, and the code that asks."""


@dataclass(frozen=True, slots=True)
class _Visit:
    node: Node
    branch: tuple[int, ...] = ()
    is_dropped: bool = False


def read_body(file: RustFile, function: Definition) -> Body:
    """The calls of a function in source order; empty for one that is not found."""
    node = next(
        (p.node for p in file.functions()
         if p.item.start == function.start and p.item.name == function.name), None
    )  # fmt: skip
    body = node.child_by_field_name("body") if node is not None else None
    if body is None:
        return Body((), ())
    steps: list[Step] = []
    guards: list[tuple[int, str]] = []
    stack, left = [_Visit(body)], _MOST_NODES
    while stack and left > 0:
        left -= 1
        visit = stack.pop()
        if visit.node.type == "call_expression":
            steps.append(_step(file, function, visit))
        elif visit.node.type in _ASKS:
            guards.extend(_asked(file, visit.node))
        stack.extend(reversed(list(_parts(file, visit))))
    steps.sort(key=lambda step: step.at)
    return Body(tuple(step for step in steps if step.call.name), tuple(guards))


def _step(file: RustFile, function: Definition, visit: _Visit) -> Step:
    node = visit.node
    receiver, method, path = receiver_of(node), method_name(file, node), called(file, node)
    place = name_of_call(node)
    target = node.child_by_field_name("function")
    after = target.end_byte if target is not None else node.start_byte
    is_macro = bool(path) and file.source[after : after + 2].lstrip().startswith(b"!")
    owner, _, name = "".join(path.split()).rpartition("::")
    if method:
        owner, name = file.code(receiver, 80) if receiver is not None else "", method
    types = _stated_of(file, receiver) if receiver is not None else ()
    arguments = node.child_by_field_name("arguments")
    return Step(
        call=Call(
            file.path,
            (place if method else node).start_point.row + 1,
            name,
            "macro" if is_macro else "method" if method else "function",
            owner,
            function.name_path,
            -1 if arguments is None or arguments.has_error else len(arguments_of(node)),
        ),
        # Arguments run before the call does, and the receiver before both.
        at=node.end_byte,
        branch=visit.branch,
        is_used=is_macro or not visit.is_dropped,
        is_macro=is_macro,
        receiver_types=types,
        arguments=file.code(arguments, _LONGEST) if arguments is not None else "",
    )


def _stated_of(file: RustFile, receiver: Node) -> tuple[str, ...]:
    """The types stated of a variable, or of what it points to: `let bot = &mut *pointer;`."""
    if receiver.type != "identifier":
        return ()
    types = file.local_types(file.code(receiver), receiver)
    points = [_POINTS.fullmatch(text) for text in types]
    to = [name for found in points if found for name in file.local_types(found[1], receiver)]
    return tuple(to) or types


def _parts(file: RustFile, visit: _Visit) -> Iterator[_Visit]:
    node, kind, branch = visit.node, visit.node.type, visit.branch
    if kind in ("if_expression", "match_arm", *_LOOPS):
        for name in ("condition", "value", "pattern"):
            part = node.child_by_field_name(name)
            inside = kind == "match_arm"
            if part is not None:
                new = (*branch, part.start_byte) if inside and name == "value" else branch
                yield _Visit(part, new, visit.is_dropped if inside else False)
        for name in ("consequence", "alternative", "body"):
            part = node.child_by_field_name(name)
            if part is not None:
                yield _Visit(part, (*branch, part.start_byte), visit.is_dropped)
    elif kind == "closure_expression":
        body = node.child_by_field_name("body")
        if body is not None:
            yield _Visit(body, (*branch, body.start_byte))
    elif kind == "let_declaration":
        pattern = node.child_by_field_name("pattern")
        drops = pattern is None or file.code(pattern, 1) == "_"
        for child in node.named_children:
            is_else = child.type == "block" and child == node.child_by_field_name("alternative")
            yield _Visit(child, (*branch, child.start_byte) if is_else else branch, drops)
    elif kind == "assignment_expression":
        left = node.child_by_field_name("left")
        drops = left is not None and file.code(left, 2) == "_"
        yield from (_Visit(child, branch, drops) for child in node.named_children)
    elif kind == "expression_statement":
        yield from (_Visit(child, branch, True) for child in node.named_children)
    elif kind == "block":
        last = node.named_children[-1] if node.named_child_count else None
        for child in node.named_children:
            yield _Visit(child, branch, visit.is_dropped and child == last)
    elif kind == "call_expression":
        yield from _of_call(file, visit)
    elif kind == "binary_expression":
        yield from _of_operator(visit)
    elif kind in ("await_expression", "parenthesized_expression", "match_expression",
                  "match_block", "else_clause", "unsafe_block"):  # fmt: skip
        value = node.child_by_field_name("value") if kind == "match_expression" else None
        for child in node.named_children:
            yield _Visit(child, branch, visit.is_dropped and child != value)
    elif kind != "function_item":
        yield from (_Visit(child, branch) for child in node.named_children)


def _of_call(file: RustFile, visit: _Visit) -> Iterator[_Visit]:
    """`check().ok();` drops the answer of `check`, as `drop(check())` does."""
    node, branch = visit.node, visit.branch
    target = node.child_by_field_name("function")
    drops = visit.is_dropped and method_name(file, node) in _DROPS_RESULT
    receiver = receiver_of(node)
    if receiver is not None:
        yield _Visit(receiver, branch, drops)
    elif target is not None:
        yield _Visit(target, branch)
    gone = called(file, node) in ("drop", "std::mem::drop")
    yield from (_Visit(argument, branch, gone) for argument in arguments_of(node))


def _of_operator(visit: _Visit) -> Iterator[_Visit]:
    operator = visit.node.child_by_field_name("operator")
    right = visit.node.child_by_field_name("right")
    for child in visit.node.named_children:
        maybe = operator is not None and operator.type == "||" and child == right
        yield _Visit(child, (*visit.branch, child.start_byte) if maybe else visit.branch)


def _asked(file: RustFile, node: Node) -> Iterator[tuple[int, str]]:
    """What is asked; of a macro that nobody can open, all that is in it."""
    asked = node.child_by_field_name(_ASKS[node.type]) if _ASKS[node.type] else node
    if asked is not None:
        yield asked.end_byte, file.code(asked, _LONGEST)
