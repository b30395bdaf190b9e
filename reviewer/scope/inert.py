"""Changed lines that run nothing: comments, imports, declarations of modules."""

from __future__ import annotations

import re

from reviewer.rust.file import RustFile

_BY_TEXT = re.compile(
    r"\s*(?:$|//|/\*|\*|(?:pub(?:\([^)]*\))?\s+)?(?:use\s|mod\s+\w+\s*;)|[{}()\[\];,]+\s*$)"
)
_KINDS = ("use_declaration", "line_comment", "block_comment", "extern_crate_declaration")


class InertLines:
    """Which lines of a file run nothing, whether they stand in it or were taken from it."""

    def __init__(self, file: RustFile) -> None:
        self._rows: set[int] = set()
        for kind in _KINDS:
            for node in file.nodes(kind):
                first, last = node.start_point.row + 1, node.end_point.row + 1
                # A comment behind code shares its line with something that runs.
                if not _alone(file, node.start_byte):
                    first += 1
                self._rows.update(range(first, last + 1))

    def holds(self, number: int, text: str, *, removed: bool) -> bool:
        """Whether a changed line is inert. A removed one counts at the line before it."""
        if _BY_TEXT.match(text[:200]):
            return True
        return number in self._rows and (not removed or _listed(text))


def _alone(file: RustFile, start: int) -> bool:
    before = file.source[file.source.rfind(b"\n", 0, start) + 1 : start]
    return not before.strip()


_NAMES = re.compile(r"[\s\w:{},;*]{1,200}$")


def _listed(text: str) -> bool:
    """Whether a line could be one of an import's."""
    return bool(_NAMES.match(text))
