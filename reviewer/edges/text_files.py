"""Small texts beside the code that a reader may look up: documents, schemas, settings.

A setting that looks like a secret is hidden by its name, whatever it holds; a file whose name says
that it holds one is not read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from reviewer.agent.redact import HIDDEN, redact

MOST_FILES = 500
MOST_BYTES = 64 * 1024
MOST_TOTAL = 500_000
_KINDS = (".toml", ".md", ".proto", ".json")
_MAY_BE_SECRET = re.compile(
    r"(?i)\A\.env|secret|credential|passw|token|private|(?:\A|[._-])keys?(?:[._-]|\Z)"
)
_SECRET_SETTING = re.compile(
    r"(?i)((?:secret|token|passw(?:or)?d|passphrase|credential|private|key)[\w-]{0,60}[\"']?"
    r"\s{0,3}[:=]\s{0,3})\S.*"
)
"""What is written to the right of such a name, to the end of the line: rather too much."""


def chosen(ids: Mapping[str, str], sizes: Mapping[str, int]) -> dict[str, str]:
    """The blob ids of the texts that are read, by path; those that lie higher come first."""
    found: dict[str, str] = {}
    total = 0
    for path in sorted(candidates(ids), key=lambda path: (path.count("/"), path)):
        size = sizes.get(ids[path], MOST_BYTES + 1)
        if size <= MOST_BYTES and total + size <= MOST_TOTAL and len(found) < MOST_FILES:
            found[path] = ids[path]
            total += size
    return found


def candidates(ids: Mapping[str, str]) -> dict[str, str]:
    """The files that may be read, by their names alone."""
    return {path: blob for path, blob in ids.items() if _may_be_read(path)}


def readable(path: str, content: bytes) -> str:
    """A manifest as it is, another text as it may be looked up: up to 0.1 s for one of 64 kB."""
    text = content.decode("utf-8", "replace")
    if path.endswith("Cargo.toml"):
        return text
    lines = text.split("\n")
    return "\n".join(redact(_SECRET_SETTING.sub(rf"\1{HIDDEN}", line)) for line in lines)


def _may_be_read(path: str) -> bool:
    name = path.rpartition("/")[2]
    if name in ("Cargo.toml", "Cargo.lock") or not name.endswith(_KINDS):
        return False
    return not any(_MAY_BE_SECRET.search(part) for part in path.split("/"))
