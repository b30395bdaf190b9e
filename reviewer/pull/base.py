"""The repository before the change, out of the one after it and the diff."""

from __future__ import annotations

from reviewer.pull.diff import Diff, FileDiff, FileStatus, is_rust
from reviewer.pull.texts import base_text
from reviewer.rust.lazy_texts import Without
from reviewer.rust.repository import Repository


def repository_before(diff: Diff, head: Repository) -> Repository:
    """The base: every hunk undone. What cannot be known of it is named in its `unread`.

    Manifests are those of the head, and other small texts as well, unless they were changed.
    """
    texts: dict[str, str | None] = {}
    unread = dict(head.unread)
    for file in diff.files:
        # What a file was copied from stands there before and after.
        if is_rust(file.path) and file.status is not FileStatus.REMOVED:
            texts[file.path] = None
            unread.pop(file.path, None)
    for file in diff.files:
        if not is_rust(file.old_path) or file.status in (FileStatus.ADDED, FileStatus.COPIED):
            continue
        try:
            texts[file.old_path] = _before(file, head)
        except ValueError as problem:
            texts[file.old_path] = None
            unread[file.old_path] = str(problem)
    touched = {path for file in diff.files for path in (file.path, file.old_path)}
    changed = {p for p in touched if p in head.manifests and not p.endswith("Cargo.toml")}
    unread |= dict.fromkeys(sorted(changed), "its text before the change is not kept")
    manifests = Without(head.manifests, frozenset(changed)) if changed else head.manifests
    return head.with_files(texts, manifests, unread=unread)


def _before(file: FileDiff, head: Repository) -> str:
    """Raises ValueError where the text before the change cannot be known."""
    if file.binary:
        raise ValueError("git takes it for binary, so that the diff does not show it")
    if file.status is FileStatus.REMOVED:
        return base_text(file, "")
    text = head.text(file.path)
    if text is None:
        raise ValueError(head.unread.get(file.path) or f"the text of {file.path} is not at hand")
    return base_text(file, text)
