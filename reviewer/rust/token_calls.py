"""What looks like a call in the body of a macro: `order.send(..)` in `select! { .. }`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer.rust.macros import OPENED
from reviewer.rust.scan import Part, scan

_MACRO = re.compile(r"(?<!\w)([^\W\d]\w{0,80})!\s?[(\[{]")
_NO_CALLS = frozenset(
    {"if", "while", "for", "match", "return", "in", "let", "as", "loop", "move", "mut", "fn"}
    | {"Some", "Ok", "Err", "None", "where", "dyn", "impl", "else"}
)
_DEFINES = frozenset({"fn", "struct", "enum", "macro"})
_LONGEST = 80
_PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
_RECEIVER = _PLAIN + "."
_PATH = _PLAIN + ":"
_BEFORE_BRACKET = frozenset(_PLAIN + ">")


def calls_in_tokens(macro: str, text: str) -> Iterator[tuple[int, str, str, str]]:
    """Place, kind, owner and name of what a macro's body calls.

    In a macro whose body is known to be code the kinds are `function` and `method`; elsewhere all
    are `token`. Macros inside are `macro`.
    """
    if text.find("(", 1) < 0 and text.find("!", 1) < 0:
        return
    known = macro in OPENED
    for stretch in scan(text):
        if stretch.part is not Part.CODE:
            continue
        at = text.find("(", stretch.start, stretch.end)
        while at >= 0:
            found = _before(text, stretch.start, at) if text[at - 1] in _BEFORE_BRACKET else None
            if found is not None:
                place, kind, owner, name = found
                yield place, kind if known else "token", owner, name
            at = text.find("(", at + 1, stretch.end)
        if text.find("!", stretch.start, stretch.end) >= 0:
            for match in _MACRO.finditer(text, stretch.start, stretch.end):
                yield match.start(), "macro", "", match[1]


def _before(text: str, first: int, bracket: int) -> tuple[int, str, str, str] | None:
    """The place, kind, owner and name of the call whose bracket this is."""
    end = bracket
    if text[end - 1 : end] == ">":
        end = text.rfind("::<", max(first, end - _LONGEST), end)
    start = _back(text, first, end, _PLAIN)
    name = text[start:end]
    if not name or name in _NO_CALLS or name[0].isdigit():
        return None
    if text[start - 1 : start] == "." and start > first:
        whole = _back(text, first, start - 1, _RECEIVER)
        return start, "method", text[whole : start - 1].strip(".") or "…", name
    if text[start - 2 : start] == "::":
        whole = _back(text, first, start - 2, _PATH)
        return start, "function", text[whole : start - 2].strip(":"), name
    gap = len(text[max(first, start - 8) : start].rstrip()) + max(first, start - 8)
    if text[_back(text, first, gap, _PLAIN) : gap] in _DEFINES:
        return None
    return start, "function", "", name


def _back(text: str, first: int, at: int, letters: str) -> int:
    """The first of the letters that end at a place."""
    least = max(first, at - _LONGEST)
    return least + len(text[least:at].rstrip(letters)) if at > least else at
