"""Globs for the items of Rust code: `Book::apply_*`, `crate::matching::**`.

- `*` and `?` stand for anything within one name, `**` for any number of names.
- A glob fits the end of a path: `apply_*` fits `matching::Book::apply_delta`.
- One that starts with `crate::` fits the whole path, from the crate's root on.
- Of an impl the type or the trait counts: `impl Depth for Book<P>` is `Book` and `Depth`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from reviewer.policy.globs import BadGlob, Glob, whole_glob

MAX_NAME_CHARS = 200
_PART = re.compile(r"[\w*?]+\Z")
_ROOT = "crate"
_ROOT_FILES = ("lib", "main", "mod")
_TRAIT = re.compile(r"impl [^ ]+ for ")
_TYPE = re.compile(r"impl ([^ ]+) for (?:[a-z_]\w*::)*[^:]*")


@lru_cache(maxsize=4096)
def name_glob(text: str) -> Glob:
    """A glob for the paths that `plain_path` makes. Raises BadGlob."""
    if len(text) > MAX_NAME_CHARS:
        raise BadGlob(f"has more than {MAX_NAME_CHARS} characters; write a shorter one")
    parts = text.split("::")
    if not all(_PART.match(part) for part in parts):
        raise BadGlob(
            "is no path of names; write names, `*`, `?` and `**` with `::` between them, "
            "as in `Book::apply_*`, without type arguments"
        )
    if parts[0] == _ROOT:
        if len(parts) == 1:
            raise BadGlob("names no item; write what stands in the crate, as in `crate::book::**`")
        return whole_glob("/".join(parts[1:]))
    return whole_glob("/".join(("**", *parts)))


def name_fits(glob: str, name_path: str, file: str = "") -> bool:
    """Whether an item's path, outermost first as in `impl Book::apply_delta`, fits the glob.

    `file` is the path of the file that it stands in, which names the modules around it.
    """
    modules, fits = _modules(file), name_glob(glob).matches
    return any(fits("/".join(filter(None, (modules, path)))) for path in _plain_paths(name_path))


def call_fits(
    globs: Iterable[str], name: str, meant: Callable[[], Iterable[tuple[str, str]]]
) -> bool:
    """Whether a call of that bare name means an item that one of the globs names.

    `meant` tells name path and file of each item that it may mean. Where that is none, as of a
    library's function, the glob's last name decides, if it is one: `Gateway::*` has none.
    """
    near = [glob for glob in globs if last_name_fits([glob], name)]
    items = tuple(meant()) if near else ()
    if items:
        return any(name_fits(glob, path, file) for glob in near for path, file in items)
    return any(_last(glob).strip("*?") for glob in near)


def last_name_fits(globs: Iterable[str], name: str) -> bool:
    """Whether a bare name fits the last part of any of the globs."""
    return any(whole_glob(_last(glob)).matches(name) for glob in globs)


def _last(glob: str) -> str:
    return glob.rpartition("::")[2]


@lru_cache(maxsize=4096)
def _plain_paths(name_path: str) -> tuple[str, ...]:
    """`impl Depth for Book<P>::apply` as `Book/apply` and `Depth/apply`, to match globs against."""
    path = _without_arguments(name_path)
    return tuple(
        dict.fromkeys(_plain(kept) for kept in (_TRAIT.sub("", path), _TYPE.sub(r"\1", path)))
    )


def _plain(path: str) -> str:
    words = [part.split()[-1] for part in path.split("::") if part.strip()]
    return "/".join(word.lstrip("&*").removeprefix("r#") for word in words)


def _modules(file: str) -> str:
    """`crates/core/src/book/mod.rs` as `book`."""
    inside = file.rpartition("/src/")[2].removeprefix("src/").removesuffix(".rs")
    *directories, last = inside.split("/")
    return "/".join(directories if last in _ROOT_FILES else (*directories, last))


def _without_arguments(path: str) -> str:
    kept: list[str] = []
    depth = 0
    before = ""
    for character in path:
        if character == "<":
            depth += 1
        elif character == ">" and before != "-":
            depth = max(0, depth - 1)
        elif depth == 0:
            kept.append(character)
        before = character
    return "".join(kept)
