"""The line and the function of each byte of a file, asked for tens of thousands of times."""

from __future__ import annotations

from bisect import bisect_right

from reviewer.rust.file import RustFile


class Places:
    """The lines and functions of one file."""

    def __init__(self, file: RustFile) -> None:
        self._lines = file.line_starts
        self._starts = [placed.start for placed in file.placed]
        self._ends = [placed.end for placed in file.placed]
        self._parents = [placed.parent for placed in file.placed]
        self._functions: list[str] = []
        for placed in file.placed:
            around = self._functions[placed.parent] if placed.parent >= 0 else ""
            is_function = placed.item.kind == "fn"
            self._functions.append(placed.item.name_path if is_function else around)

    def line(self, byte: int) -> int:
        """The 1-based line of a byte."""
        return bisect_right(self._lines, byte)

    def function(self, byte: int) -> str:
        """The `name_path` of the innermost function around a byte; empty outside all of them."""
        index = bisect_right(self._starts, byte) - 1
        while index >= 0 and byte > self._ends[index]:
            index = self._parents[index]
        return self._functions[index] if index >= 0 else ""
