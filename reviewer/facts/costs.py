"""What a function does that costs time or can stop it: the places that the hot-path ledger counts.

Left out, because the common event does not pay for it: what a panic or an error is described
with, `trace!` and `debug!`, `debug_assert!`, and the unwrap of a poisoned lock.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from reviewer.facts.sites import Site, nodes_of, site
from reviewer.rust.chain import arguments_of, called, last_name, receiver_of
from reviewer.rust.failure import runs_on_failure
from reviewer.rust.file import RustFile, method_name
from reviewer.rust.items import Placed
from reviewer.rust.macro_calls import macro_name

ALLOCATION, CLONE, LOCK = "allocation", "clone", "lock"
LOG, PANIC, INDEX = "log line", "panicking call", "indexing"
UNSAFE, SYSTEM, CLOCK, AWAIT = "unsafe block", "system call", "clock read", "await"
KINDS: tuple[str, ...] = (
    ALLOCATION, LOCK, SYSTEM, LOG, AWAIT, CLONE, CLOCK, PANIC, UNSAFE, INDEX,
)  # fmt: skip
"""The worst for latency first."""
_ONLY_WHEN_COMMON = frozenset({ALLOCATION, CLONE, LOG})

_ALLOCATING_METHODS = frozenset(
    {"to_vec", "to_string", "to_owned", "collect", "into_boxed_slice", "to_lowercase"}
    | {"to_uppercase", "repeat", "concat"}
)
_LISTS = r"(?:Vec|VecDeque|String|HashMap|HashSet|BTreeMap|BTreeSet|BinaryHeap|BytesMut)"
_ALLOCATING = re.compile(
    rf"(?:\w+::)*(?:(?:Box|Rc|Arc)(?:::<.*>)?::(?:new|pin|from)|{_LISTS}(?:::<.*>)?::"
    r"(?:with_capacity|from|from_iter|from_utf8_lossy)|CString::new)\Z",
    re.DOTALL,
)
# An empty list costs nothing until something is put into it, as into a `let mut`.
_EMPTY_LIST = re.compile(rf"(?:\w+::)*{_LISTS}(?:::<.*>)?::(?:new|default)\Z", re.DOTALL)
_CLONES = frozenset({"clone", "cloned"})
_CLONING = re.compile(r"(?:\w+::)*(?:Arc|Rc|Clone)(?:::<.*>)?::clone\Z", re.DOTALL)
_LOCKS = frozenset({"lock", "blocking_lock"})
_READ_WRITE = frozenset({"read", "write", "blocking_read", "blocking_write"})
_GUARDS = _LOCKS | _READ_WRITE | {"try_lock", "try_read", "try_write"}
_LOGS = frozenset(
    {"info", "warn", "error", "event", "log", "println", "print", "eprintln", "eprint", "dbg"}
)
_PANICS = frozenset({"unwrap", "expect", "unwrap_err", "expect_err"})
_PANIC_MACROS = frozenset(
    {"panic", "assert", "assert_eq", "assert_ne", "unreachable", "todo", "unimplemented"}
)
_CLOCKS = re.compile(
    r"(?:\w+::)*(?:Instant|SystemTime|Utc|Local|OffsetDateTime|Clock)::(?:now|now_utc|now_local)\Z"
)
_SYSTEM = re.compile(
    r"(?:(?:std::|tokio::)?(?:fs|thread|env|process)::(?:sleep|spawn|yield_now|park|var|read\w*"
    r"|write|create_dir\w*|remove_\w+|rename|copy|metadata|canonicalize|exit)"
    r"|(?:\w+::)*(?:File|OpenOptions|TcpStream|TcpListener|UdpSocket|UnixStream)::"
    r"(?:open|create|new|connect|bind|connect_timeout)|(?:\w+::)*libc::\w+)\Z"
)
_DESCRIBES = frozenset(
    {"panic", "unreachable", "todo", "unimplemented", "bail", "anyhow", "debug_assert"}
    | {"debug_assert_eq", "debug_assert_ne", "trace", "debug"}
)
_ON_ERROR = frozenset(
    {"Err", "map_err", "ok_or_else", "ok_or", "with_context", "context", "expect"}
)


def costs(file: RustFile, placed: Placed) -> Iterator[Site]:
    """The counted places of a function, in source order."""
    for node, around in nodes_of(placed):
        what = _what(file, node, around)
        if not what or _never_runs(file, around):
            continue
        if what in _ONLY_WHEN_COMMON and runs_on_failure(file, node, around, _ON_ERROR):
            continue
        yield site(file, what, node)


def _what(file: RustFile, node: Node, around: tuple[Node, ...]) -> str:
    kind = node.type
    if kind == "unsafe_block":
        return UNSAFE
    if kind == "await_expression":
        return AWAIT
    if kind == "index_expression":
        return "" if file.code(node, 400).replace(" ", "").endswith("[..]") else INDEX
    if kind == "array_expression":
        before = file.source[max(0, node.start_byte - 12) : node.start_byte].rstrip()
        is_vec = before.endswith(b"vec!") and bool(node.named_child_count)
        return ALLOCATION if is_vec else ""
    if kind not in ("call_expression", "macro_invocation"):
        return ""
    macro = macro_name(file, node)
    if macro:
        return _macro(macro)
    name = method_name(file, node)
    return _method(file, node, name, around) if name else _function(file, node, around)


def _macro(name: str) -> str:
    if name in ("format", "vec"):
        return ALLOCATION
    if name in _LOGS:
        return LOG
    return PANIC if name in _PANIC_MACROS else ""


def _method(file: RustFile, call: Node, name: str, around: tuple[Node, ...]) -> str:
    arguments = len(arguments_of(call))
    if name in _PANICS:
        receiver = receiver_of(call)
        guarded = receiver is not None and method_name(file, receiver) in _GUARDS
        return "" if guarded else PANIC
    if arguments and name != "repeat":
        return ""
    if name in _ALLOCATING_METHODS:
        return ALLOCATION
    if name in _CLONES:
        return CLONE
    if name in _LOCKS:
        return LOCK
    if name in _READ_WRITE and (_is_awaited_or_unwrapped(file, around) or _is_lock(file, call)):
        return LOCK
    return ""


def _is_awaited_or_unwrapped(file: RustFile, around: tuple[Node, ...]) -> bool:
    if around and around[0].type == "await_expression":
        return True
    outer = around[1] if len(around) > 1 else None
    return outer is not None and method_name(file, outer) in ("unwrap", "expect")


def _is_lock(file: RustFile, call: Node) -> bool:
    receiver = receiver_of(call)
    name = last_name(file, receiver) if receiver is not None else ""
    return any("RwLock" in stated for stated in file.stated_types(name, call)) if name else False


def _function(file: RustFile, call: Node, around: tuple[Node, ...]) -> str:
    name = "".join(called(file, call).split())
    if not name:
        return ""
    if _ALLOCATING.match(name):
        return ALLOCATION
    if _EMPTY_LIST.match(name):
        filled = around and around[0].type == "let_declaration"
        mutable = filled and any(c.type == "mutable_specifier" for c in around[0].children)
        return ALLOCATION if mutable else ""
    if _CLONING.match(name):
        return CLONE
    if _CLOCKS.match(name):
        return CLOCK
    return SYSTEM if _SYSTEM.match(name) else ""


def _never_runs(file: RustFile, around: tuple[Node, ...]) -> bool:
    return any(
        n.type in ("call_expression", "macro_invocation") and macro_name(file, n) in _DESCRIBES
        for n in around
    )
