"""Changed lines that run nothing: comments, imports, declarations of modules, lints."""

from __future__ import annotations

import re

from reviewer.rust.file import RustFile
from reviewer.rust.grammar import unordered_captures

_BY_TEXT = re.compile(
    r"\s*(?:$|//|/\*|\*(?:\s|/|\Z)|(?:pub(?:\([^)]*\))?\s+)?(?:use\s|mod\s+\w+\s*;)|[{}()\[\];,]+\s*$"
    r"|(?:\w+::)?declare_id!)"
)
_OPENS_IMPORT = re.compile(r"\s*(?:pub(?:\([^)]*\))?\s+)?use\s[^;{]*\{[^}]*$")
_LINT = re.compile(
    r"\s*#!?\[\s*(?:allow|warn|deny|forbid|expect|doc|must_use|inline|rustfmt|deprecated)\b"
)
_LONGEST = 200
_LINTS = ("attribute_item", "inner_attribute_item")
_KINDS = ("use_declaration", "line_comment", "block_comment", "extern_crate_declaration", *_LINTS)
# One search for all of these costs little more than one for a single kind.
_ALL = " ".join(f"({kind}) @{kind}" for kind in _KINDS)


class InertLines:
    """Which lines of a file run nothing, whether they stand in it or were taken from it."""

    def __init__(self, file: RustFile) -> None:
        self._rows: set[int] = set()
        self._within_import: set[int] = set()
        self._in_removed_import = False
        for kind, nodes in unordered_captures(file.tree.root_node, _ALL).items():
            for node in nodes:
                if kind in _LINTS and not _LINT.match(file.code(node, _LONGEST)):
                    continue
                first = node.start_point.row + 1
                # A doc comment holds its line end, so that it ends before the next line.
                last = node.end_point.row + (1 if node.end_point.column else 0)
                # A comment behind code shares its line with something that runs.
                if not _alone(file, node.start_byte):
                    first += 1
                self._rows.update(range(first, last + 1))
                if kind == "use_declaration":
                    self._within_import.update(range(first, last))

    def holds(self, number: int, text: str, *, removed: bool) -> bool:
        """Whether a changed line is inert. Lines are asked for in the order of the diff."""
        text = text[:_LONGEST]
        if removed and self._in_removed_import:
            self._in_removed_import = "}" not in text
            return True
        if removed and number in self._within_import:
            return True
        if removed and _OPENS_IMPORT.match(text):
            self._in_removed_import = True
            return True
        if _BY_TEXT.match(text) or (_LINT.match(text) and text.rstrip().endswith("]")):
            return True
        return not removed and number in self._rows


def _alone(file: RustFile, start: int) -> bool:
    before = file.source[file.source.rfind(b"\n", 0, start) + 1 : start]
    return not before.strip()
