"""Where a file stands among the crates and modules, by its path alone."""

from __future__ import annotations

from functools import lru_cache


def crate_of(path: str) -> str:
    """The folder that holds the crate's `src`; the first folder where there is none."""
    before, found, _ = f"/{path}".rpartition("/src/")
    return before.lstrip("/") if found else path.partition("/")[0]


@lru_cache(maxsize=20_000)
def module_of(path: str) -> tuple[str, ...]:
    """The modules of a file below its crate: `a/src/book/level.rs` is book, level."""
    rest = f"/{path}".rpartition("/src/")[2]
    parts = rest.removeprefix("/").removesuffix(".rs").split("/")
    return tuple(parts[:-1] if parts[-1] in ("mod", "lib", "main") else parts)


def fits(use_path: str, user: str, path: str) -> int:
    """How well a file fits as the home of what a `use` in another file names.

    2 for the very module, 1 for one below it, from where it may be exported again, 0 for neither.
    """
    *segments, _ = use_path.split("::")
    module, crate = module_of(path), crate_of(path)
    if segments and segments[0] in ("crate", "self", "super"):
        if crate != crate_of(user):
            return 0
        own = list(module_of(user))
        while segments and segments[0] in ("crate", "self", "super"):
            first = segments.pop(0)
            own = [] if first == "crate" else own[:-1] if first == "super" else own
        wanted = tuple(own + segments)
    elif segments and segments[0] == crate.rpartition("/")[2].replace("-", "_"):
        wanted = tuple(segments[1:])
    else:
        wanted = tuple(segments)
        return 1 if wanted and module[-len(wanted) :] == wanted else 0
    return 2 if module == wanted else int(module[: len(wanted)] == wanted)
