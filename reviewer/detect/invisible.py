"""Characters that are not seen: which there are, and where they belong."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from reviewer.detect.lookalikes import script

BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Controls that show text in another order than it is read in."""
ZERO_WIDTH = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2060-\u2064\u206a-\u206f"
    "\u3164\ufeff\uffa0]"
)
_JOINER = "\u200d"
_TAGS = re.compile("[\U000e0001-\U000e007f]+")
_END_OF_FLAG = "\U000e007f"
_FLAG = "\U0001f3f4"
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{2,}")
_EMOJI_SELECTOR = "\ufe0f"
_MARKED = 4
"""From so many selectors in a row on, even the common one is there to carry something."""

_NEAR = 8
"""How far a neighbour may be; no word has more marks in a row, and a line may be all of them."""
_OPEN_SCRIPTS = frozenset({"LATIN", "GREEK", "CYRILLIC", "HANGUL", "HALFWIDTH", ""})
"""Scripts whose words are written without joiners and marks of direction."""


def smuggled(line: str) -> int:
    """How many characters carry bytes that nobody sees; flags and emoji need a few of them."""
    if line.isascii():
        return 0
    count = 0
    for run in _TAGS.finditer(line):
        flag = line[run.start() - 1 : run.start()] == _FLAG and run[0].endswith(_END_OF_FLAG)
        count += 0 if flag else len(run[0])
    for run in _SELECTORS.finditer(line):
        if len(run[0]) >= _MARKED or set(run[0]) != {_EMOJI_SELECTOR}:
            count += len(run[0])
    return count


def zero_widths(text: str, start: int = 0, end: int | None = None) -> Iterator[int]:
    """Where zero-width characters stand that their neighbours do not need."""
    for found in ZERO_WIDTH.finditer(text, start, len(text) if end is None else end):
        at = found.start()
        before, after = _neighbour(text, at, -1), _neighbour(text, at, 1)
        if found[0] == _JOINER and _is_emoji(before) and _is_emoji(after):
            continue
        if not _needs_marks(before) and not _needs_marks(after):
            yield at


def named(character: str) -> str:
    """`U+200B ZERO WIDTH SPACE`."""
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()


def _neighbour(text: str, at: int, step: int) -> str:
    """The next character that is seen, if it stands near on the same line; else empty."""
    for position in range(at + step, at + step * _NEAR, step):
        if not 0 <= position < len(text) or text[position] == "\n":
            return ""
        if not _is_unseen(text[position]):
            return text[position]
    return ""


def _is_unseen(character: str) -> bool:
    return ZERO_WIDTH.match(character) is not None or unicodedata.category(character) == "Mn"


def _is_emoji(character: str) -> bool:
    return unicodedata.category(character) in ("So", "Sk") if character else False


def _needs_marks(character: str) -> bool:
    return character.isalpha() and script(character) not in _OPEN_SCRIPTS
