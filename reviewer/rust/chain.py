"""Method chains taken apart: `self.bids.iter().rev().next()` is bids, then iter, rev, next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from reviewer.rust.file import RustFile, method_name
from reviewer.rust.grammar import COMMENTS

_TRANSPARENT = frozenset(
    {"parenthesized_expression", "try_expression", "await_expression", "reference_expression"}
    | {"unary_expression"}
)
_WRAPPING = frozenset({"parenthesized_expression", "reference_expression"})
_NO_EXPRESSION = COMMENTS | {"mutable_specifier"}
_LONGEST = 32
"""Links that are read; a chain that long is no longer what a person wrote."""


@dataclass(frozen=True, slots=True)
class Link:
    """One call of a chain."""

    name: str
    call: Node


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain read in the order in which it runs. `root` is what the first call is made on."""

    root: Node
    links: tuple[Link, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The method names in the order in which they run."""
        return tuple(link.name for link in self.links)


def chain_of(file: RustFile, node: Node) -> Chain:
    """The chain that ends at the node, seen through `?`, `.await`, `&`, `*` and parentheses."""
    links: list[Link] = []
    while len(links) < _LONGEST:
        if node.type in _TRANSPARENT:
            inner = inner_expression(node)
            if inner is None:
                break
            node = inner
            continue
        name = method_name(file, node) if node.type == "call_expression" else ""
        if not name:
            break
        links.append(Link(name, node))
        target = node.child_by_field_name("function")
        if target is not None and target.type == "generic_function":
            target = target.child_by_field_name("function")
        value = target.child_by_field_name("value") if target is not None else None
        if value is None:
            break
        node = value
    return Chain(node, tuple(reversed(links)))


def inner_expression(node: Node) -> Node | None:
    """The expression inside `(x)`, `x?`, `x.await`, `&x`, `*x`."""
    named = [child for child in node.named_children if child.type not in _NO_EXPRESSION]
    return named[-1] if named else None


def name_of(link: Link) -> Node:
    """Where the name of the method stands: a chain over many lines is wrong on one of them."""
    return name_of_call(link.call)


def name_of_call(call: Node) -> Node:
    """Where the name of a called method stands; the call itself if it is no method call."""
    target = call.child_by_field_name("function")
    if target is not None and target.type == "generic_function":
        target = target.child_by_field_name("function")
    field = target.child_by_field_name("field") if target is not None else None
    return field or call


def called(file: RustFile, node: Node) -> str:
    """`serde_json::from_str` of a call of it; empty for method calls and all that is no call."""
    function = node.child_by_field_name("function") if node.type == "call_expression" else None
    if function is not None and function.type == "generic_function":
        function = function.child_by_field_name("function")
    if function is None or function.type not in ("identifier", "scoped_identifier"):
        return ""
    return file.code(function, 200)


def receiver_of(call: Node) -> Node | None:
    """What a method is called on: `self.book` of `self.book.lock()`."""
    target = call.child_by_field_name("function")
    if target is not None and target.type == "generic_function":
        target = target.child_by_field_name("function")
    return target.child_by_field_name("value") if target is not None else None


def bare(node: Node) -> Node:
    """The expression without parentheses and `&` around it."""
    for _ in range(_LONGEST):
        inner = inner_expression(node) if node.type in _WRAPPING else None
        if inner is None:
            break
        node = inner
    return node


def arguments_of(call: Node) -> list[Node]:
    """The arguments of a call, without comments."""
    arguments = call.child_by_field_name("arguments")
    if arguments is None:
        return []
    return [child for child in arguments.named_children if child.type not in _NO_EXPRESSION]


def last_name(file: RustFile, node: Node) -> str:
    """The name by which people call the thing: `bids` of `self.book.bids[0].1`."""
    current: Node | None = node
    while current is not None:
        if current.type in ("identifier", "self"):
            return file.code(current)
        if current.type == "field_expression":
            field = current.child_by_field_name("field")
            if field is not None and field.type == "field_identifier":
                return file.code(field)
            current = current.child_by_field_name("value")
        elif current.type == "index_expression":
            current = current.named_child(0) if current.named_child_count else None
        elif current.type in _TRANSPARENT:
            current = inner_expression(current)
        else:
            return ""
    return ""


def walk(node: Node, skip: frozenset[str] = frozenset()) -> Iterator[Node]:
    """The node and all named nodes below it in source order; below kinds in `skip` nothing."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        if current.type not in skip or current is node:
            stack.extend(reversed(current.named_children))
