"""All Rust files, manifests and small texts of a commit, out of git objects, within bounds."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from reviewer.edges import text_files
from reviewer.edges.git import Git
from reviewer.edges.git_objects import TooManyFiles
from reviewer.pull.diff import is_rust
from reviewer.refs import CommitSha
from reviewer.rust.index_cache import IndexCache
from reviewer.rust.lazy_texts import LazyTexts
from reviewer.rust.modules import crate_of
from reviewer.rust.repository import Repository
from reviewer.rust.texts import Texts

MAX_TOTAL = 64_000_000
"""Bytes of Rust, some 1.8 million lines; beyond them only the changed crates are read."""
MAX_FILES = 30_000
_MANIFESTS = 2_000
_LEFT_OUT = re.compile(r"(?:\A|/)(?:vendor|third_party|target)/")
EVERYTHING = "the repository"
"""What stands in `unread` for all that a repository above the bounds holds besides."""


def read_repository(
    git: Git,
    head: CommitSha,
    max_kb: int,
    *,
    changed: Collection[str] = (),
    indexes: IndexCache | None = None,
    max_total: int = MAX_TOTAL,
) -> Repository:
    """The repository at a commit; `changed` are the paths that are read whatever its size.

    Vendored code and what a build left behind is no part of it, unless it is changed.
    """
    unread: dict[str, str] = {}
    try:
        ids = git.tree(head)
    except TooManyFiles as problem:
        unread[EVERYTHING] = f"{problem}; only the changed ones were read"
        ids = git.named(head, [path for path in changed if "\n" not in path])
    rust = {
        path: blob
        for path, blob in ids.items()
        if is_rust(path) and (path in changed or not _LEFT_OUT.search(path))
    }
    manifests = {p: b for p, b in ids.items() if p.rpartition("/")[2] == "Cargo.toml"}
    if len(manifests) > _MANIFESTS:
        unread["Cargo.toml"] = f"more than {_MANIFESTS} manifests"
        manifests = {}
    kept = {path: blob for path, blob in ids.items() if not _LEFT_OUT.search(path)}
    others = text_files.candidates(kept)
    sizes = git.sizes([*rust.values(), *manifests.values(), *others.values()])
    for path in [
        path for path, blob in rust.items() if sizes.get(blob, max_kb * 1025) > max_kb * 1024
    ]:
        del rust[path]
        unread[path] = f"larger than {max_kb} kB"
    rust, left_out = _within(rust, sizes, frozenset(changed), max_total)
    if left_out:
        unread[EVERYTHING] = f"{left_out} of its Rust files: it is too large to be read whole"
    texts = Texts()
    for path, content in _read(git, rust):
        texts.add(path, content, rust[path])
    small = {p: b for p, b in manifests.items() if sizes.get(b, max_kb * 1025) <= max_kb * 1024}
    stated = dict(_read(git, small))
    beside = dict(_read(git, text_files.chosen(others, sizes)))
    stated |= {path: content for path, content in beside.items() if b"\0" not in content}
    lazily = LazyTexts(stated, text_files.readable)
    return Repository(texts, lazily, unread=unread, indexes=indexes)


def _within(
    rust: dict[str, str], sizes: dict[str, int], changed: frozenset[str], most: int
) -> tuple[dict[str, str], int]:
    """What is read, and how many files are not: all, else the changed crates, else the changes."""
    crates = {crate_of(path) for path in changed}
    of_crates = {path: blob for path, blob in rust.items() if crate_of(path) in crates}
    alone = {path: blob for path, blob in rust.items() if path in changed}
    for chosen in (rust, of_crates, alone):
        if len(chosen) <= MAX_FILES and sum(sizes[blob] for blob in chosen.values()) <= most:
            return chosen, len(rust) - len(chosen)
    return {}, len(rust)


def _read(git: Git, blobs: dict[str, str]) -> Iterator[tuple[str, bytes]]:
    """Paths and contents; content that many paths share is read once."""
    paths: dict[str, list[str]] = {}
    for path, blob in blobs.items():
        paths.setdefault(blob, []).append(path)
    for blob, content in git.contents(paths):
        for path in paths[blob]:
            yield path, content
