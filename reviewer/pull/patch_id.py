"""The patch as a reviewer sees it, whatever commits it is made of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from reviewer.pull.diff import Diff, FileDiff, LineKind

_SIGN = {LineKind.ADDED: "+", LineKind.REMOVED: "-", LineKind.CONTEXT: " "}


def patch_id(diff: Diff) -> str:
    """64 hex digits, the same for the same patch on another base: no line number is in it.

    Unlike git's own id it keeps blanks, modes and line ends: a reviewer sees them. The content of
    a binary file is not in it, since no diff shows it and nobody reviews it.
    """
    digest = hashlib.sha256()
    for file in sorted(diff.files, key=lambda f: (f.path, f.old_path)):
        for part in _parts(file):
            encoded = part.encode("utf-8", "surrogatepass")
            digest.update(b"%d:" % len(encoded))
            digest.update(encoded)
    return digest.hexdigest()


def _parts(file: FileDiff) -> Iterator[str]:
    yield f"file {file.status.value}{' binary' if file.binary else ''}"
    yield file.path
    yield file.old_path
    yield f"{file.old_mode or ''} {file.new_mode or ''}"
    for hunk in file.hunks:
        yield "hunk"
        for line in hunk.lines:
            yield f"{_SIGN[line.kind]}{line.text}"
            if not line.newline:
                yield "no newline"
