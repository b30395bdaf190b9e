"""Which file of the change a path means, however the model wrote it down."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer.pull.diff import Diff, FileDiff

_LINE = re.compile(r":\d{1,9}(?:-\d{1,9})?\Z")
LONGEST = 1_000


def spellings(path: str) -> Iterator[str]:
    """The path as it stands, then without what is often put around one: `./`, `b/`, backticks."""
    yield path
    if len(path) > LONGEST:
        return
    bare = _LINE.sub("", path.strip().strip("`").strip())
    while bare.startswith(("./", "/")):
        bare = bare.removeprefix(".").removeprefix("/")
    yield bare
    if bare.startswith(("a/", "b/")):
        yield bare[2:]


def meant_file(diff: Diff, path: str) -> FileDiff | None:
    """The file of the change: by its path, by the one that it had, or by the end of its path where
    that fits one file alone."""
    for name in spellings(path):
        if file := diff.file(name):
            return file
    for name in spellings(path):
        before = [file for file in diff.files if file.old_path == name]
        ends = [file for file in diff.files if name and file.path.endswith(f"/{name}")]
        for some in (before, ends):
            if len(some) == 1:
                return some[0]
    return None
