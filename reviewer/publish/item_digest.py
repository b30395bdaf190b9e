"""Whether an item is still the one that people spoke about."""

from __future__ import annotations

import hashlib
import re

from reviewer.rust.file import RustFile

_BLANKS = re.compile(r"\s+")


def item_digest(file: RustFile | None, line: int) -> str:
    """Of the text of the item around a line, blanks aside: 64 hex digits; empty if there is none.

    Reindenting an item, or moving it, leaves its digest as it is.
    """
    item = file.item_at(line) if file is not None else None
    if file is None or item is None:
        return ""
    text = _BLANKS.sub("", "\n".join(file.lines[item.start - 1 : item.end]))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
