"""Whether a replacement keeps a file readable."""

from __future__ import annotations

from collections.abc import Sequence

from reviewer.rust.file import RustFile


def still_parses(file: RustFile, start: int, end: int, lines: Sequence[str]) -> bool:
    """Whether the file with head lines `start` to `end` replaced has no new syntax error."""
    old = file.text.split("\n")
    patched = RustFile.parse(file.path, "\n".join([*old[: start - 1], *lines, *old[end:]]))
    return not patched.problem and (
        file.tree.root_node.has_error or not patched.tree.root_node.has_error
    )
