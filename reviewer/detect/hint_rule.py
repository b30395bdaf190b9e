"""What a hint rule is: a pattern too often harmless to be shown, which the agent judges."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tree_sitter import Node

from reviewer.detect.hint import TEXT_LIMIT
from reviewer.detect.rule import Described
from reviewer.rust.file import RustFile


@dataclass(frozen=True, slots=True)
class Spot:
    """One place where a hint rule's pattern stands. `line` is 1-based."""

    line: int
    text: str
    """What is at hand, and what would have to be true for it to cost money; one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HintRule(Described):
    """A pattern whose places have to be read before anybody is told."""

    chance: float
    """Share of its places that were worth saying when they were judged (12 to 15 read, 8 crates).

    What comes first when there is no room for all.
    """
    needs: tuple[str, ...]
    """The file is searched only if its text holds one of these."""
    find: Callable[[RustFile], Iterator[Spot]]
    once_per_change: str = ""
    """For what is a decision and no bug: a sentence for all its places, with holes `{count}` and
    `{s}` (empty for one, else the letter)."""

    def spots(self, file: RustFile) -> Iterator[Spot]:
        """All places in the file, tests included."""
        if any(need in file.text for need in self.needs):
            yield from self.find(file)

    def summary(self, count: int) -> str:
        """The one line for the change as a whole."""
        return self.once_per_change.format(count=count, s="" if count == 1 else "s")


def spot(node: Node, text: str) -> Spot:
    """A spot on the last line of a node, its text made one line of bounded length."""
    return Spot(node.end_point.row + 1, one_line(text))


def one_line(text: str, most: int = TEXT_LIMIT) -> str:
    """Text without line ends and other control characters, cut where there is no more room."""
    text = text[: 4 * most]
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    plain = " ".join(text.split())
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"


def brief(file: RustFile, node: Node, most: int = 40) -> str:
    """The code of a node in backticks, short enough to stand inside a sentence."""
    code = file.code(node, 4 * most).replace("`", "'")
    return f"`{one_line(code, most)}`"
