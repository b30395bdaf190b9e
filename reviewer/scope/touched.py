"""The names that the changed lines themselves use: types, and functions that are called."""

from __future__ import annotations

import re
from collections.abc import Iterable

_COMMENT = re.compile(r"//.*|\"(?:[^\"\\]|\\.)*\"")
_NAME = re.compile(r"\b[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*\b|\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+(?=\()")
_ANY_NAME = re.compile(
    r"\b[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*\b|\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b"
    r"|\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b"
)
_LONGEST = 400
"""Characters of a line that are read; longer ones are generated."""
_STD: frozenset[str] = frozenset(
    {"Vec", "Option", "Some", "None", "Ok", "Err", "Result", "String", "Box", "Arc", "Rc", "Self"}
    | {"HashMap", "HashSet", "BTreeMap", "BTreeSet", "VecDeque", "Mutex", "RwLock", "Duration"}
    | {"Instant", "Default", "Debug", "Clone", "Copy", "From", "Into", "Iterator", "Send", "Sync"}
    | {"Error", "PartialEq", "Eq", "Hash", "Ord", "PartialOrd", "Display", "Serialize"}
    | {"Deserialize", "Cow", "Path", "PathBuf", "Pin", "Future", "Fn", "FnMut", "FnOnce", "Cell"}
    | {"to_string", "is_empty", "is_some", "is_none", "is_ok", "is_err", "as_ref", "as_mut"}
    | {"as_str", "into_iter", "iter_mut", "to_owned", "unwrap_or", "unwrap_or_else", "ok_or"}
    | {"map_err", "and_then", "or_else", "with_capacity", "push_back", "push_str", "pop_front"}
    | {"Borrow", "BorrowMut", "Borrowed", "borrow_mut", "try_borrow", "try_borrow_mut", "ToOwned"}
    | {"to_vec", "as_slice", "is_instance", "assert_eq", "assert_ne", "unwrap_or_default"}
)


def touched_names(lines: Iterable[str]) -> tuple[str, ...]:
    """Types and called functions, in the order in which they stand; the language's left out."""
    return _found(lines, _NAME)


def used_names(lines: Iterable[str]) -> tuple[str, ...]:
    """The same with fields, variables and constants whose names have several words."""
    return _found(lines, _ANY_NAME)


def _found(lines: Iterable[str], pattern: re.Pattern[str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for line in lines:
        text = _COMMENT.sub("", line[:_LONGEST])
        found.update(dict.fromkeys(pattern.findall(text)))
    return tuple(name for name in found if name not in _STD)
