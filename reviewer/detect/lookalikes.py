"""Letters that look like Latin ones, and names made of them.

A name is suspicious when a reader takes all of it for Latin and the compiler does not. A name with
a letter that shows its script (Cyrillic, `Δt`) deceives nobody.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator

_NUMBERS = {
    # Cyrillic
    "a": "0430", "c": "0441", "d": "0501", "e": "0435", "h": "04bb", "i": "0456", "j": "0458",
    "l": "04cf", "o": "043e", "p": "0440", "q": "051b", "s": "0455", "v": "0475", "w": "051d",
    "x": "0445", "y": "0443 04af",
    "A": "0410", "B": "0412", "C": "0421", "E": "0415", "G": "050c", "H": "041d", "I": "0406 04c0",
    "J": "0408", "K": "041a", "M": "041c", "O": "041e", "P": "0420", "Q": "051a", "S": "0405",
    "T": "0422", "V": "0474", "W": "051c", "X": "0425", "Y": "0423 04ae",
}  # fmt: skip
_GREEK_NUMBERS = {
    "A": "0391", "B": "0392", "E": "0395", "Z": "0396", "H": "0397", "I": "0399", "K": "039a",
    "M": "039c", "N": "039d", "O": "039f", "P": "03a1", "T": "03a4", "Y": "03a5", "X": "03a7",
    "o": "03bf",
}  # fmt: skip
_SYMBOL_NUMBERS = {"a": "03b1", "i": "03b9", "k": "03ba", "v": "03bd", "p": "03c1", "u": "03c5"}
_OTHER_NUMBERS = {"a": "0251", "g": "0261", "h": "0570", "n": "0578", "u": "057d", "o": "0585"}


def _letters(numbers: dict[str, str]) -> dict[str, str]:
    return {chr(int(n, 16)): latin for latin, row in numbers.items() for n in row.split()}


_GREEK = _letters(_GREEK_NUMBERS)
_SYMBOLS = _letters(_SYMBOL_NUMBERS)
"""Greek letters that quants write for what they mean: a rho before `max` is no p."""
LOOKALIKES = _letters(_NUMBERS) | _GREEK | _SYMBOLS | _letters(_OTHER_NUMBERS)

_SEGMENT = re.compile(r"[^\W\d_]+")


def latin_reading(name: str) -> str:
    """The name as a reader takes it."""
    return "".join(LOOKALIKES.get(letter, letter) for letter in name)


def deceiving(name: str, others: Collection[str], foreign: Collection[str]) -> str | None:
    """The first letter that deceives, if the name is not what it reads like.

    `others` are the names around it, `foreign` the scripts that the author writes openly there.
    """
    if name.isascii():
        return None
    for segment in _segments(name):
        alike = [letter for letter in segment if letter in LOOKALIKES]
        rest = [letter for letter in segment if letter not in LOOKALIKES]
        if not alike or not all(letter.isascii() for letter in rest):
            continue
        if rest:
            # A rho behind a d is notation; a name with a Latin twin in plain sight is not.
            notation = all(letter in _SYMBOLS for letter in alike)
            if not notation or (len(rest) > 1 and latin_reading(name) in others):
                return alike[0]
        elif script(alike[0]) not in foreign and not _is_symbol(segment):
            return alike[0]
    return None


def visible_scripts(text: str) -> frozenset[str]:
    """The scripts of the letters that look like no Latin one."""
    return frozenset(
        script(letter)
        for letter in set(text)
        if not letter.isascii() and letter.isalpha() and letter not in LOOKALIKES
    )


def script(letter: str) -> str:
    """`CYRILLIC` of `CYRILLIC SMALL LETTER A`; empty for a character without a name."""
    return unicodedata.name(letter, "").partition(" ")[0]


def _is_symbol(segment: str) -> bool:
    """A Greek letter by itself, or several that are each a quantity."""
    if len(segment) == 1:
        return segment in _GREEK or segment in _SYMBOLS
    return all(letter in _SYMBOLS for letter in segment)


def _segments(name: str) -> Iterator[str]:
    """`best_Bid` and `bestBid` as `best`, `Bid`: an author may join words of two scripts."""
    for run in _SEGMENT.findall(name):
        start = 0
        for at in range(1, len(run)):
            if run[at].isupper() and not run[at - 1].isupper():
                yield run[start:at]
                start = at
        yield run[start:]
