"""What one Rust file defines and calls, kept when its tree is dropped."""

from __future__ import annotations

from dataclasses import dataclass

from tree_sitter import Node

from reviewer.rust.file import RustFile
from reviewer.rust.grammar import captures, matches
from reviewer.rust.items import Placed

_SIGNATURE = 300
_CALLS = """
(call_expression function: (identifier) @function)
(call_expression function: (scoped_identifier) @path)
(call_expression function: (field_expression) @method)
(call_expression function: (generic_function function: (identifier) @function))
(call_expression function: (generic_function function: (scoped_identifier) @path))
(call_expression function: (generic_function function: (field_expression) @method))
(macro_invocation macro: (_) @macro)
"""
_VARIANTS = """
(enum_item name: (type_identifier) @enum body: (enum_variant_list
  (enum_variant name: (identifier) @variant)))
"""


@dataclass(frozen=True, slots=True)
class Definition:
    """A named item of the repository. Lines are 1-based, both inclusive, attributes included."""

    path: str
    kind: str
    """`fn`, `trait`, `mod`, `struct`, `enum`, `union` or `macro`; impls define nothing."""
    name: str
    name_path: str
    """Enclosing items, outermost first: `impl Book::apply_delta`."""
    owner: str
    """The type that an impl or trait around it is about; empty for what stands alone."""
    start: int
    end: int
    signature: str
    """One line, without attributes, comments and body."""
    test: bool


@dataclass(frozen=True, slots=True)
class Call:
    """A place that calls something of that name."""

    path: str
    line: int
    name: str
    """Last segment: `new` of `Book::new(..)`."""
    kind: str
    """`function`, `method` or `macro`."""
    owner: str
    """What stands before the name: `Book` of `Book::new`, `self.book` of `self.book.apply`."""
    caller: str
    """`name_path` of the innermost function around it; empty outside all functions."""


@dataclass(frozen=True, slots=True)
class FileIndex:
    """The definitions, calls, field types and enum variants of one file, in source order."""

    path: str
    definitions: tuple[Definition, ...]
    calls: tuple[Call, ...]
    fields: dict[tuple[str, str], str]
    """Stated types by struct and field; a type alias stands under an empty field."""
    variants: dict[str, tuple[str, ...]]
    """Variants by enum."""


def index_file(file: RustFile) -> FileIndex:
    """Read a file's index out of its tree."""
    return FileIndex(
        path=file.path,
        definitions=tuple(
            _definition(file, placed) for placed in file.placed if placed.item.kind != "impl"
        ),
        calls=tuple(_calls(file)),
        fields=dict(file.owned_types),
        variants=_variants(file),
    )


def owner_of(name_path: str) -> str:
    """`Book` of `impl Depth for Book<P>::apply`; empty where no impl or trait is around."""
    outer, _, _ = name_path.rpartition("::")
    head = outer[outer.rfind("impl ") :] if "impl " in outer else ""
    if not head:
        return ""
    target = head.removeprefix("impl ").rpartition(" for ")[2]
    return target.partition("<")[0].strip().rpartition("::")[2].lstrip("&").strip()


def _definition(file: RustFile, placed: Placed) -> Definition:
    item, node = placed.item, placed.node
    body = node.child_by_field_name("body")
    end = body.start_byte if body is not None else node.end_byte
    text = file.source[node.start_byte : min(end, node.start_byte + _SIGNATURE)]
    return Definition(
        path=file.path,
        kind=item.kind,
        name=item.name,
        name_path=item.name_path,
        owner=owner_of(item.name_path),
        start=item.start,
        end=item.end,
        signature=" ".join(text.decode("utf-8", "replace").split()),
        test=file.in_test(item.end),
    )


def _calls(file: RustFile) -> list[Call]:
    found: list[tuple[int, Call]] = []
    for kind, nodes in captures(file.tree.root_node, _CALLS).items():
        for node in nodes:
            owner, name = _parts(file, kind, node)
            if not name:
                continue
            function = file.function_of(node)
            caller = function.item.name_path if function else ""
            line = node.end_point.row + 1
            what = "function" if kind == "path" else kind
            found.append((node.start_byte, Call(file.path, line, name, what, owner, caller)))
    found.sort(key=lambda entry: entry[0])
    return [call for _, call in found]


def _parts(file: RustFile, kind: str, node: Node) -> tuple[str, str]:
    if kind == "method":
        value, field = node.child_by_field_name("value"), node.child_by_field_name("field")
        owner = file.code(value, 80) if value is not None else ""
        return owner, file.code(field, 80) if field is not None else ""
    text = "".join(file.code(node, 200).split())
    owner, _, name = text.rpartition("::")
    return owner, name


def _variants(file: RustFile) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for match in matches(file.tree.root_node, _VARIANTS):
        found.setdefault(file.code(match["enum"]), []).append(file.code(match["variant"]))
    return {name: tuple(variants) for name, variants in found.items()}
