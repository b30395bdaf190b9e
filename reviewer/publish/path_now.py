"""The path that the file of a comment has now; GitHub leaves a comment under the former one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from reviewer.publish.fingerprint import quote_key, scope_key
from reviewer.publish.thread_words import OurComment
from reviewer.pull.diff import Diff, FileStatus
from reviewer.pull.renames import followed, renames_between, renames_of
from reviewer.pull.trace import read_trace, traced
from reviewer.rust.file import RustFile


def at_head(about: OurComment, diff: Diff, trees: Mapping[str, RustFile], trace: str) -> OurComment:
    """The comment under its file's path at the head.

    Where neither the patch nor `trace`, that of the last round, tells of the rename, the one
    changed file is taken that has the finding's line in its item.
    """
    there = diff.file(about.path)
    if there is not None and there.status is not FileStatus.REMOVED:
        return about
    before = read_trace(trace)
    since = renames_between(before, traced(diff)) if before is not None else {}
    known = followed(renames_of(diff), since).get(about.path)
    if known is None:
        holding = [path for path, tree in trees.items() if _holds(tree, about)]
        known = holding[0] if len(holding) == 1 else None
    if known is None or known == about.path:
        return about
    return replace(about, path=known, former_path=about.path)


def _holds(tree: RustFile, about: OurComment) -> bool:
    key, scope = about.mark.quote_key, about.mark.scope_key
    return bool(key) and any(
        quote_key(text) == key and scope_key(tree.scope_path(number)) == scope
        for number, text in enumerate(tree.lines, 1)
    )
