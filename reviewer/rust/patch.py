"""Whether a replacement keeps a file readable, and to its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from reviewer.rust.file import RustFile


def is_sound(file: RustFile, start: int, end: int, lines: Sequence[str]) -> bool:
    """Whether the file with head lines `start` to `end` replaced is as sound as before.

    It has no new syntax error and no new item: lines that close their function and begin another
    one parse, and are no fix of it.
    """
    old = file.text.split("\n")
    patched = RustFile.parse(file.path, "\n".join([*old[: start - 1], *lines, *old[end:]]))
    if patched.problem or (patched.tree.root_node.has_error and not file.tree.root_node.has_error):
        return False
    return not _names(patched) - _names(file)


def _names(file: RustFile) -> Counter[str]:
    return Counter(item.name_path for item in file.items)
