"""Walks over hash maps and sets whose order can be seen by what comes after."""

from __future__ import annotations

import re

from tree_sitter import Node

from reviewer.rust.chain import bare, chain_of, walk
from reviewer.rust.file import RustFile, method_name
from reviewer.rust.index import Index
from reviewer.rust.items import Placed
from reviewer.rust.macro_calls import macro_name
from reviewer.rust.typed import owner_of

_WRAPPED = re.compile(
    r"(?:&|'\w+\s|mut\s|\s|\w+::|(?:Option|Arc|Rc|Box|Mutex|RwLock|RefCell)<)*"
    r"(?:HashMap|HashSet|AHashMap|AHashSet|DashMap|DashSet)\b(?!.*(?:Fx|Fnv|BuildHasherDefault))",
    re.DOTALL,
)
_BARE = re.compile(r"(?:&|'\w+\s|mut\s|\s|\w+::|(?:Option|Arc|Rc|Box|Mutex|RwLock|RefCell)<)*(\w+)")
_WALKS = frozenset(
    {"iter", "iter_mut", "keys", "values", "values_mut", "into_iter", "into_keys", "into_values"}
    | {"drain", "par_iter"}
)
_THROUGH = frozenset(
    {"lock", "read", "write", "borrow", "borrow_mut", "unwrap", "expect", "as_ref", "as_mut"}
    | {"clone", "blocking_lock", "load"}
)
_NO_ORDER = frozenset({"any", "all", "count", "len", "is_empty", "sorted", "sorted_by", "sum"}
    | {"sorted_by_key", "sorted_unstable", "max", "min", "product"})  # fmt: skip
"""What comes out of these is the same in every order (a float sum nearly so)."""
_INTO_MAP = re.compile(r"(?:\w+::)*(?:Hash|BTree|AHash|FxHash|Fnv|Dash|Index)(?:Map|Set)\b")
_PUTS_OUT = frozenset(
    {"send", "try_send", "push", "push_back", "submit", "emit", "publish", "execute", "extend"}
    | {"place", "cancel", "write", "write_all"}
)
_PUTS_OUT_NAMED = re.compile(r"(?:send|submit|emit|place|cancel|fill|publish)_\w+\Z")
_STOPS = frozenset({"break_expression", "return_expression", "try_expression"})
_OTHER_CODE = frozenset({"closure_expression", "async_block", "function_item"})
_DEEPEST = 4


def is_walk(file: RustFile, index: Index, node: Node, around: tuple[Node, ...]) -> bool:
    """Whether a node walks over a hash map, by its stated type, in an order that can show."""
    if node.type == "for_expression":
        value = node.child_by_field_name("value")
        if value is None or bare(value).type == "call_expression":
            return False
        return is_hash(file, index, value)
    name = method_name(file, node) if node.type == "call_expression" else ""
    if name not in _WALKS:
        return False
    links = chain_of(file, node).links
    if any(link.name not in _THROUGH for link in links[:-1]):
        return False
    return is_hash(file, index, node) and not _order_is_lost(file, around)


def is_hash(file: RustFile, index: Index, node: Node) -> bool:
    """Whether what a chain starts from is stated to be a hash map or set of random order."""
    stated = _stated(file, index, chain_of(file, node).root, _DEEPEST)
    return bool(stated) and all(map(_WRAPPED.match, stated))


def puts_out(file: RustFile, loop: Node) -> bool:
    """Whether the body of a loop sends, pushes or submits, so that its order is that of these."""
    body = loop.child_by_field_name("body")
    if loop.type != "for_expression" or body is None:
        return False
    for node in walk(body):
        name = method_name(file, node) if node.type == "call_expression" else ""
        if name in _PUTS_OUT or (name and _PUTS_OUT_NAMED.match(name)):
            return True
    return False


def may_stop(loop: Node) -> bool:
    """Whether a loop can end early, so that its order decides what it ends at."""
    body = loop.child_by_field_name("body")
    return body is not None and any(n.type in _STOPS for n in walk(body, _OTHER_CODE))


def is_sorted_after(file: RustFile, placed: Placed, around: tuple[Node, ...]) -> bool:
    """Whether the list that a walk is collected into is sorted later in the function."""
    let = next((node for node in around if node.type == "let_declaration"), None)
    pattern = let.child_by_field_name("pattern") if let is not None else None
    if let is None or pattern is None:
        return False
    name = file.code(pattern, 100).removeprefix("mut ").strip()
    later = file.source[let.end_byte : min(placed.end, let.end_byte + 8_000)]
    return name.isidentifier() and bool(
        re.search(rf"\b{name}\s*\.\s*sort", later.decode("utf-8", "replace"))
    )


def _order_is_lost(file: RustFile, around: tuple[Node, ...]) -> bool:
    for outer in around:
        if outer.type in ("field_expression", "generic_function", "try_expression"):
            continue
        if outer.type == "let_declaration":
            stated = outer.child_by_field_name("type")
            return stated is not None and bool(_INTO_MAP.match(file.code(stated, 100)))
        name = method_name(file, outer) if outer.type == "call_expression" else ""
        if not name or macro_name(file, outer):
            return False
        if name in _NO_ORDER:
            return True
        function = outer.child_by_field_name("function")
        if name == "collect" and function is not None:
            _, asked, into = file.code(function, 2_000).rpartition("collect::<")
            if asked:
                return bool(_INTO_MAP.match(into))
    return False


def _stated(file: RustFile, index: Index, node: Node, depth: int) -> tuple[str, ...]:
    """What is stated of the type of a variable or field, here or in another file."""
    node = bare(node)
    if depth <= 0:
        return ()
    if node.type == "identifier":
        return file.local_types(file.code(node), node)
    value, field = node.child_by_field_name("value"), node.child_by_field_name("field")
    if node.type != "field_expression" or value is None or field is None:
        return ()
    name = file.code(field)
    if value.type == "self":
        owners: tuple[str, ...] = (owner_of(file, node),)
    else:
        inner = _stated(file, index, chain_of(file, value).root, depth - 1)
        owners = tuple(m[1] for text in inner if (m := _BARE.match(text)))
    known = tuple(found for o in owners if (found := _unaliased(index, index.field_type(o, name))))
    return known if len(known) == len(owners) else ()


def _unaliased(index: Index, stated: str) -> str:
    found = _BARE.match(stated)
    return (index.field_type(found[1], "") if found else "") or stated
