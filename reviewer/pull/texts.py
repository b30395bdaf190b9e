"""The texts of the changed files at head and, by undoing the diff, at base."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reviewer.pull.diff import Diff, FileDiff, FileStatus, LineKind, is_rust

SYMLINK = "120000"
SUBMODULE = "160000"


@dataclass(frozen=True, slots=True)
class Code:
    """The diff with the head text of its Rust files, by path.

    `unread` says which Rust files have no text here and why; a review that lacks one is not whole.
    """

    diff: Diff
    heads: Mapping[str, str]
    unread: Mapping[str, str] = field(default_factory=dict)


def wanted(diff: Diff) -> tuple[str, ...]:
    """Head paths of the changed Rust files whose text a review reads."""
    return tuple(
        f.path
        for f in diff.files
        if is_rust(f.path)
        and f.status is not FileStatus.REMOVED
        and not f.binary
        and f.new_mode not in (SYMLINK, SUBMODULE)
        and "\n" not in f.path
    )


def unshown(diff: Diff) -> dict[str, str]:
    """Changed Rust files whose content the diff does not show, with the reason.

    An author decides what git takes for binary (a NUL byte, an attribute), so such a file is
    code that nobody looked at.
    """
    found: dict[str, str] = {}
    for file in diff.files:
        if not is_rust(file.path) or file.status is FileStatus.REMOVED:
            continue
        if file.binary:
            found[file.path] = "git takes it for binary, so that the diff does not show it"
        elif file.new_mode == SYMLINK:
            found[file.path] = "a symbolic link"
        elif file.new_mode == SUBMODULE:
            found[file.path] = "a submodule"
        elif not is_rust(file.old_path):
            found[file.path] = "it was no Rust file before, so that the diff shows a part of it"
    return found


def base_text(file: FileDiff, head: str) -> str:
    """The file before the change: the head text with the hunks undone.

    Raises ValueError when the hunks do not fit the text.
    """
    lines = head.split("\n")
    ended = [line + "\n" for line in lines[:-1]] + [line for line in lines[-1:] if line]
    base: list[str] = []
    copied = 0
    for hunk in file.hunks:
        before = hunk.new_start - 1 if hunk.new_count else hunk.new_start
        base.extend(ended[copied:before])
        copied = before + hunk.new_count
        for line in hunk.lines:
            text = line.text + ("\n" if line.newline else "")
            if line.new is not None and ended[line.new - 1 : line.new] != [text]:
                raise ValueError(f"{file.path}:{line.new} differs from the diff")
            if line.kind is not LineKind.ADDED:
                base.append(text)
    base.extend(ended[copied:])
    return "".join(base)
