"""Types as they are written, taken apart without a tree."""

from __future__ import annotations

import re

_PREFIX = re.compile(r"\A(?:&|'\w+\s|mut\s|dyn\s|impl\s|const\s|\*|\(|\s)+")
_NAME = re.compile(r"(?:\w+\s*::\s*)*(\w+)")
_WRAPPERS = frozenset(
    {"Arc", "Rc", "Box", "Mutex", "RwLock", "Option", "Result", "RefCell", "Cell", "Pin", "Cow"}
    | {"MutexGuard", "RwLockReadGuard", "RwLockWriteGuard", "Ref", "RefMut", "Weak", "OnceCell"}
    | {"LazyLock", "OnceLock", "ArcSwap", "ManuallyDrop", "UnsafeCell", "CachePadded", "Lazy"}
)
_LISTS = frozenset({"Vec", "VecDeque", "HashSet", "BTreeSet", "SmallVec", "ArrayVec", "BinaryHeap"})
_MAPS = frozenset({"HashMap", "BTreeMap", "IndexMap", "FxHashMap", "DashMap", "AHashMap"})
LIBRARY: frozenset[str] = (
    _WRAPPERS
    | _LISTS
    | _MAPS
    | {"String", "str", "bool", "char", "f32", "f64", "Duration", "Instant", "Decimal", "PathBuf"}
    | {f"{sign}{size}" for sign in "iu" for size in ("8", "16", "32", "64", "128", "size")}
)
"""Types that no repository defines anew."""
_DEEPEST = 8


def bare(text: str) -> str:
    """The last name of a type: `Book` of `&mut book::Book<P>`; empty where it has none."""
    found = _NAME.match(_PREFIX.sub("", text.strip()))
    return found[1] if found else ""


def peeled(text: str) -> str:
    """The bare name of what is inside: `Book` of `Arc<Mutex<Book>>`."""
    return bare(_unwrapped(text))


def element(text: str) -> str:
    """The type of what a list, slice or map holds; empty where it holds nothing."""
    text = _PREFIX.sub("", _unwrapped(text).strip())
    if text.startswith("["):
        return text[1:].partition(";")[0].rpartition("]")[0] or text[1:].partition(";")[0]
    inner = arguments(text)
    name = bare(text)
    if name in _LISTS and inner:
        return inner[0]
    return inner[1] if name in _MAPS and len(inner) > 1 else ""


def arguments(text: str) -> list[str]:
    """The generic arguments without lifetimes: `K` and `V` of `HashMap<K, V>`."""
    _, opened, rest = text.partition("<")
    found, depth, start = [], 0, 0
    for at, letter in enumerate(rest if opened else ""):
        if letter in "<([":
            depth += 1
        elif letter in ")]" or (letter == ">" and rest[at - 1] not in "-="):
            depth -= 1
        if depth < 0 or (depth == 0 and letter == ","):
            found.append(rest[start:at].strip())
            start = at + 1
        if depth < 0:
            break
    return [one for one in found if one and not one.startswith("'")]


def _unwrapped(text: str) -> str:
    for _ in range(_DEEPEST):
        inner = arguments(text) if bare(text) in _WRAPPERS else []
        if not inner:
            break
        text = inner[-1] if bare(text) == "Cow" else inner[0]
    return text
