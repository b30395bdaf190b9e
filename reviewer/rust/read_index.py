"""Reading a file's index out of its tree, in one pass over it."""

from __future__ import annotations

from collections import defaultdict

from tree_sitter import Node

from reviewer.rust.collect import ITEMS
from reviewer.rust.file import RustFile
from reviewer.rust.file_index import Definition, FileIndex, Impl, owner_of
from reviewer.rust.grammar import COMMENTS, source_order, unordered_captures
from reviewer.rust.items import Placed
from reviewer.rust.places import Places
from reviewer.rust.read_calls import CALLS, read_calls
from reviewer.rust.read_locals import LOCALS, read_locals
from reviewer.rust.testcode import is_test_path
from reviewer.rust.type_text import bare
from reviewer.rust.use_paths import imported

_LONGEST, _SIGNATURE = 200, 300
_PARAMETERS = 40
_TAKEN = ("self_parameter", "parameter")
PATTERN = (
    ITEMS
    + """
[(const_item) (static_item) (type_item)] @value
(use_declaration) @use
(field_declaration) @field
(enum_variant) @variant
"""
    + CALLS
    + LOCALS
)


def index_file(file: RustFile) -> FileIndex:
    """Read a file's index out of its tree."""
    return _Reader(file).index()


class _Reader:
    """One file on its way into the index. Equal strings and parameters are kept once."""

    def __init__(self, file: RustFile) -> None:
        self._file = file
        self._source = file.source
        self._found = unordered_captures(file.tree.root_node, PATTERN)
        for what in ("value", "use", "field", "variant"):
            self._found.get(what, []).sort(key=source_order)
        file.keep_items(self._found)
        self._places = Places(file)
        self._test_file = is_test_path(file.path)
        self._strings: dict[str, str] = {}
        self._pairs: dict[tuple[str, str], tuple[str, str]] = {}

    def index(self) -> FileIndex:
        definitions = [
            self._definition(placed) for placed in self._file.placed if placed.item.kind != "impl"
        ]
        definitions.extend(self._value(node) for node in self._found.get("value", ()))
        fields, variants = self._members()
        return FileIndex(
            path=self._file.path,
            definitions=tuple(sorted(definitions, key=lambda d: (d.start, -d.end))),
            calls=read_calls(self._file, self._places, self._found, self._strings),
            fields=fields,
            variants=variants,
            impls=tuple(self._impls()),
            imports=dict(
                pair
                for node in self._found.get("use", ())
                for pair in imported(self._text(node, 2_000))
            ),
            locals=read_locals(self._file, self._places, self._found, self._strings),
        )

    def _definition(self, placed: Placed) -> Definition:
        item, node = placed.item, placed.node
        body = node.child_by_field_name("body")
        end = body.start_byte if body is not None else node.end_byte
        returned = node.child_by_field_name("return_type") if item.kind == "fn" else None
        listed = node.child_by_field_name("parameters") if item.kind == "fn" else None
        taken, is_known = _taken(listed) if listed is not None else ([], False)
        itself = bool(taken) and self._is_self(taken[0])
        return Definition(
            path=self._file.path,
            kind=item.kind,
            name=item.name,
            name_path=item.name_path,
            owner=self._kept(self._owner(placed)),
            start=item.start,
            end=item.end,
            signature=_one_line(self._source[node.start_byte : min(end, node.start_byte + 300)]),
            test=placed.test or self._test_file,
            trait=self._kept(self._trait(placed)),
            parameters=self._parameters(taken[itself:]),
            takes=len(taken) if is_known else -1,
            takes_self=itself,
            value=self._text(returned) if returned is not None else "",
        )

    def _value(self, node: Node) -> Definition:
        name, type_, value = (node.child_by_field_name(f) for f in ("name", "type", "value"))
        around = self._file.item_around(node)
        path = around.item.name_path + "::" if around else ""
        kind = node.type.removesuffix("_item")
        shown = type_ if kind == "type" else value
        text = self._text(name) if name is not None else ""
        end = value.start_byte if value is not None else node.end_byte
        return Definition(
            path=self._file.path,
            kind=kind,
            name=text,
            name_path=path + text,
            owner=owner_of(path + text),
            start=self._line(node.start_byte),
            end=self._line(max(node.start_byte, node.end_byte - 1)),
            signature=_one_line(self._source[node.start_byte : min(end, node.start_byte + 300)])
            .removesuffix("=")
            .strip(),
            test=self._test_file or bool(around and around.test),
            value=self._text(shown) if shown is not None else "",
        )

    def _is_self(self, parameter: Node) -> bool:
        pattern = parameter.child_by_field_name("pattern")
        typed = pattern is not None and self._text(pattern).split()[-1:] == ["self"]
        return typed or parameter.type == "self_parameter"

    def _parameters(self, listed: list[Node]) -> tuple[tuple[str, str], ...]:
        found = []
        for node in listed[:_PARAMETERS]:
            pattern, type_ = node.child_by_field_name("pattern"), node.child_by_field_name("type")
            if node.type == "parameter" and pattern is not None and type_ is not None:
                stated = (self._text(pattern), self._text(type_))
                found.append(self._pairs.setdefault(stated, stated))
        return tuple(found)

    def _owner(self, placed: Placed) -> str:
        """The type of the impl, or the trait, that a thing stands in directly."""
        parent = self._file.placed[placed.parent] if placed.parent >= 0 else None
        if parent is None or parent.item.kind not in ("impl", "trait"):
            return ""
        if parent.item.kind == "trait":
            return parent.item.name
        return self._bare(parent.node.child_by_field_name("type"))

    def _trait(self, placed: Placed) -> str:
        parent = self._file.placed[placed.parent] if placed.parent >= 0 else None
        if parent is None or parent.item.kind not in ("impl", "trait"):
            return ""
        if parent.item.kind == "trait":
            return parent.item.name
        return self._bare(parent.node.child_by_field_name("trait"))

    def _impls(self) -> list[Impl]:
        found = []
        for placed in self._file.placed:
            if placed.item.kind == "impl":
                trait = self._bare(placed.node.child_by_field_name("trait"))
                type_ = self._bare(placed.node.child_by_field_name("type"))
                if trait and type_:
                    found.append(Impl(trait, type_))
        return found

    def _bare(self, node: Node | None) -> str:
        return self._kept(bare(self._text(node))) if node is not None else ""

    def _members(self) -> tuple[dict[tuple[str, str], str], dict[str, tuple[str, ...]]]:
        fields: dict[tuple[str, str], str] = {}
        for node in self._found.get("value", ()):
            if node.type == "type_item":
                self._state(fields, node, (self._field(node, "name"), ""))
        variants: dict[str, list[str]] = defaultdict(list)
        for node in self._found.get("field", ()):
            around = self._file.item_around(node)
            if around is not None and around.item.kind in ("struct", "union"):
                self._state(fields, node, (around.item.name, self._field(node, "name")))
        for node in self._found.get("variant", ()):
            around = self._file.item_around(node)
            if around is not None and around.item.kind == "enum":
                variants[around.item.name].append(self._field(node, "name"))
        return fields, {enum: tuple(names) for enum, names in variants.items()}

    def _state(self, fields: dict[tuple[str, str], str], node: Node, key: tuple[str, str]) -> None:
        stated = self._field(node, "type")
        if fields.setdefault(key, stated) != stated:
            fields[key] = ""  # stated twice, so unknown

    def _field(self, node: Node, name: str) -> str:
        child = node.child_by_field_name(name)
        return self._text(child) if child is not None else ""

    def _text(self, node: Node, most: int = _LONGEST) -> str:
        start = node.start_byte
        text = self._source[start : min(node.end_byte, start + most)].decode("utf-8", "replace")
        return self._kept(text)

    def _line(self, byte: int) -> int:
        return self._places.line(byte)

    def _kept(self, text: str) -> str:
        return self._strings.setdefault(text, text)


def _taken(parameters: Node) -> tuple[list[Node], bool]:
    """Each parameter, and whether a call gives just as many: not where some depend on a `cfg`."""
    children = [n for n in parameters.named_children if n.type not in COMMENTS]
    taken = [node for node in children if node.type in _TAKEN]
    return taken, len(taken) == len(children) and not parameters.has_error


def _one_line(text: bytes) -> str:
    return " ".join(text.decode("utf-8", "replace").split())
