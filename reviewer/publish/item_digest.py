"""Whether an item is still the one that people spoke about."""

from __future__ import annotations

import hashlib
import re

from reviewer.publish.thread_words import OurComment
from reviewer.pull.diff import Side
from reviewer.rust.file import RustFile

_BLANKS = re.compile(r"\s+")


def digest_about(about: OurComment, file: RustFile | None) -> str:
    """The digest of the item that a comment of ours is about now; empty where there is none."""
    if file is None or about.side is Side.LEFT:
        return ""
    finding = about.finding_at(file.lines, file.scope_path)
    return item_digest(file, finding.line) if finding is not None else ""


def item_digest(file: RustFile | None, line: int) -> str:
    """Of the text of the item around a line, blanks aside: 64 hex digits; empty if there is none.

    Reindenting an item, or moving it, leaves its digest as it is.
    """
    item = file.item_at(line) if file is not None else None
    if file is None or item is None:
        return ""
    text = _BLANKS.sub("", "\n".join(file.lines[item.start - 1 : item.end]))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
