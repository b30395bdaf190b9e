"""A Rust file as the rules and the packer see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from itertools import accumulate
from typing import Any, TypeVar, cast

from tree_sitter import Node, Tree

from reviewer.looks import log_missed
from reviewer.rust.collect import collect
from reviewer.rust.grammar import Tangled, captures, parse
from reviewer.rust.items import Item, Items, Placed
from reviewer.rust.macros import opened
from reviewer.rust.nest import Nest
from reviewer.rust.testcode import is_test_path
from reviewer.rust.types import Declarations, owned_types

_BOM = "\ufeff"
# One search for all of these costs little more than one for a single kind.
_ASKED_FOR = (
    *("call_expression", "binary_expression", "index_expression", "compound_assignment_expr"),
    *("field_declaration", "match_block", "type_cast_expression", "attribute_item", "parameter"),
    *("inner_attribute_item", "function_item", "let_declaration", "closure_expression"),
    *("async_block", "await_expression", "field_initializer", "if_expression", "block"),
    *("assignment_expression", "expression_statement", "let_condition", "match_expression"),
    *("match_arm", "for_expression", "while_expression", "loop_expression", "macro_invocation"),
)
_Told = TypeVar("_Told")


class RustFile:
    """One parsed file. Lines are 1-based. Broken code gives a tree with holes, never an error."""

    def __init__(self, path: str, text: str, tree: Tree, problem: str) -> None:
        self.path = path
        self.text = text
        self.tree = tree
        self.problem = problem
        """Why the file could not be analysed, for the review's footer; empty if it could."""
        self.source = _bytes(text)
        """What offsets count in: the text as UTF-8 without a byte order mark."""
        self.configured_hot: frozenset[int] = frozenset()
        """First lines of the functions that the repository's configuration calls hot; whoever
        knows it says so before the first rule is asked."""
        self._starts = _line_starts(self.source)

    @classmethod
    def parse(cls, path: str, text: str) -> RustFile:
        """Read a file. What cannot be read in bounded time becomes an empty tree and a problem."""
        try:
            _, tree = opened(_bytes(text))
            file = cls(path, text, tree, "")
            file.items  # noqa: B018 - whatever stops this would stop every reader of the file
        except Tangled as problem:
            return cls(path, text, opened(b"")[1], str(problem))
        except Exception as error:  # noqa: BLE001 - logged, and told as the file's problem
            log_missed("parser", path, error)
            told = f"it could not be analysed ({type(error).__name__})"
            return cls(path, text, opened(b"")[1], told)
        return file

    @classmethod
    def as_written(cls, path: str, text: str) -> RustFile:
        """The same with the bodies of macros left shut, which takes a third of the time."""
        try:
            return cls(path, text, parse(_bytes(text)), "")
        except Tangled as problem:
            return cls(path, text, parse(b""), str(problem))

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """As the diff counts them: split at newlines, a carriage return stays."""
        lines = self.text.split("\n")
        return tuple(lines[:-1] if lines[-1] == "" else lines)

    def line(self, number: int) -> str:
        """The text of a line; empty beyond the file."""
        return self.lines[number - 1] if 1 <= number <= len(self.lines) else ""

    def item_at(self, line: int) -> Item | None:
        """The innermost named item around a line."""
        placed = self._placed_at(line)
        return placed.item if placed else None

    def items_around(self, line: int) -> tuple[Item, ...]:
        """The named items around a line, outermost first."""
        return self._items.chain(self._placed_at(line))

    def scope_path(self, line: int) -> str:
        """The enclosing items of a line, outermost first; empty at the top of the file."""
        item = self.item_at(line)
        return item.name_path if item else ""

    def in_test(self, line: int) -> bool:
        """Whether the line runs only in tests, benchmarks or examples."""
        if is_test_path(self.path):
            return True
        placed = self._placed_at(line)
        if placed is not None and placed.test:
            return True
        return self._items.in_test_range(*self._span(line))

    @property
    def items(self) -> tuple[Item, ...]:
        """All named items in source order."""
        return tuple(placed.item for placed in self._items.placed)

    @property
    def placed(self) -> tuple[Placed, ...]:
        """All named items in source order, with their places in the tree."""
        return self._items.placed

    def function_of(self, node: Node) -> Placed | None:
        """The innermost function around a node."""
        return self._items.function_around(node.start_byte)

    def function_at(self, byte: int) -> Placed | None:
        """The innermost function around a byte."""
        return self._items.function_around(byte)

    def item_around(self, node: Node) -> Placed | None:
        """The innermost named item around a node that is none itself."""
        return self._items.around(node.start_byte, node.end_byte)

    def keep_items(self, found: Mapping[str, list[Node]]) -> None:
        """Take the items out of captures of `ITEMS` that are at hand, instead of searching."""
        self._items = collect(self.source, self.tree, found)

    @property
    def line_starts(self) -> list[int]:
        """The byte at which each line begins."""
        return self._starts

    def functions(self) -> tuple[Placed, ...]:
        """All functions in source order."""
        return tuple(placed for placed in self._items.placed if placed.item.kind == "fn")

    def code(self, node: Node, most: int = 2_000) -> str:
        """The text of a node as its author wrote it; `most` bytes of it, for a node can be huge."""
        end = min(node.end_byte, node.start_byte + most)
        return self.source[node.start_byte : end].decode("utf-8", "replace")

    def nodes(self, kind: str) -> list[Node]:
        """All nodes of one kind in source order."""
        found = self._by_kind.get(kind)
        if found is None:
            kinds = _ASKED_FOR if kind in _ASKED_FOR else (kind,)
            by_kind = captures(self.tree.root_node, " ".join(f"({k}) @{k}" for k in kinds))
            self._by_kind.update({k: by_kind.get(k, []) for k in kinds})
            found = self._by_kind[kind]
        return found

    @cached_property
    def method_calls(self) -> Mapping[str, list[Node]]:
        """Calls `receiver.name(..)` by method name."""
        calls: dict[str, list[Node]] = {}
        for call in self.nodes("call_expression"):
            name = method_name(self, call)
            if name:
                calls.setdefault(name, []).append(call)
        return calls

    def around(self, node: Node, *kinds: str) -> Iterator[Node]:
        """The nodes of these kinds that enclose a node, innermost first.

        Of two with the same bytes the kind named first is the outer: a statement, its expression.
        """
        nest = self._nests.get(kinds)
        if nest is None:
            nest = self._nests[kinds] = Nest(n for kind in kinds for n in self.nodes(kind))
        return nest.around(node)

    def once(self, tell: Callable[[RustFile], _Told]) -> _Told:
        """What a function says of this file; it is asked once. A module's, or a value."""
        if tell not in self._told:
            self._told[tell] = tell(self)
        return cast(_Told, self._told[tell])

    def stated_types(self, name: str, node: Node) -> tuple[str, ...]:
        """What the function around a node, or a field of this file, says the type of a name is."""
        return self._declared.of(name, *self._reach(node))

    def local_types(self, name: str, node: Node) -> tuple[str, ...]:
        """The same for a name that is no field."""
        return self._declared.of_local(name, *self._reach(node))

    @cached_property
    def owned_types(self) -> Mapping[tuple[str, str], str]:
        """Types by struct and field; a type alias stands under an empty field."""
        return owned_types(self.source, self.tree)

    def _reach(self, node: Node) -> tuple[int, int]:
        place = self.function_of(node)
        return (place.start, place.end) if place else (0, len(self.source))

    @cached_property
    def _declared(self) -> Declarations:
        return Declarations(self.source, self.tree)

    @cached_property
    def _told(self) -> dict[Callable[[RustFile], Any], Any]:
        return {}

    @cached_property
    def _spans(self) -> dict[int, tuple[int, int]]:
        return {}

    @cached_property
    def _by_kind(self) -> dict[str, list[Node]]:
        return {}

    @cached_property
    def _nests(self) -> dict[tuple[str, ...], Nest]:
        return {}

    @cached_property
    def _comment_starts(self) -> dict[int, int]:
        return self._items.line_comments()

    @cached_property
    def _items(self) -> Items:
        return collect(self.source, self.tree)

    def _placed_at(self, line: int) -> Placed | None:
        return self._items.around(*self._span(line))

    def _span(self, line: int) -> tuple[int, int]:
        """First and last byte of the code on a line: no blanks around it, no comment behind it."""
        found = self._spans.get(line)
        if found is None:
            found = self._spans[line] = self._cut(line)
        return found

    def _cut(self, line: int) -> tuple[int, int]:
        if not 1 <= line <= len(self._starts):
            return len(self.source) + 1, len(self.source) + 1
        start = self._starts[line - 1]
        end = self._starts[line] if line < len(self._starts) else len(self.source)
        first = start + len(self.source[start:end]) - len(self.source[start:end].lstrip())
        comment = self._comment_starts.get(line - 1, end)
        last = start + len(self.source[start : comment if comment > first else end].rstrip())
        return (first, last) if first < end else (start, start)


def method_name(file: RustFile, call: Node) -> str:
    """`next` of `self.bids.iter().next()`; empty if the call is no method call."""
    target = call.child_by_field_name("function")
    if target is not None and target.type == "generic_function":
        target = target.child_by_field_name("function")
    if target is None or target.type != "field_expression":
        return ""
    field = target.child_by_field_name("field")
    return file.code(field) if field is not None else ""


def _bytes(text: str) -> bytes:
    return text.removeprefix(_BOM).encode("utf-8", "replace")


def _line_starts(source: bytes) -> list[int]:
    lengths = (len(line) + 1 for line in source.split(b"\n")[:-1])
    return list(accumulate(lengths, initial=0))
