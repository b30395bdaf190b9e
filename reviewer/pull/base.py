"""The repository before the change, out of the one after it and the diff."""

from __future__ import annotations

from reviewer.pull.diff import Diff, FileDiff, FileStatus, is_rust
from reviewer.pull.texts import base_text
from reviewer.rust.repository import Repository


def repository_before(diff: Diff, head: Repository) -> Repository:
    """The base: every hunk undone. What the diff does not show whole is not there."""
    texts: dict[str, str | None] = {}
    for file in diff.files:
        if is_rust(file.path) and file.status is not FileStatus.REMOVED:
            texts[file.path] = None
    for file in diff.files:
        if is_rust(file.old_path) and file.status is not FileStatus.ADDED:
            texts[file.old_path] = _before(file, head)
    return head.with_files(texts, head.manifests)


def _before(file: FileDiff, head: Repository) -> str | None:
    if file.status is FileStatus.REMOVED:
        return base_text(file, "")
    text = head.text(file.path)
    if text is None:
        return None
    try:
        return base_text(file, text)
    except ValueError:
        return None
