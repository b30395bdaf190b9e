"""Where a review comment may stand, and where it stands after a push."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reviewer.sandbox import github_git
from reviewer.sandbox.github_diff import FileChange, Shown
from reviewer.sandbox.github_git import Comparison, GitError
from reviewer.sandbox.github_state import Anchor, Pull, ReviewComment

_SIDES = ("LEFT", "RIGHT")


class BadAnchor(ValueError):
    """The place is not in the diff; `field` is the member that GitHub would name."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


def comparison_of(pull: Pull) -> Comparison:
    """The diff that the pull request shows at its head."""
    return comparison_at(pull, pull.head_sha)


def comparison_at(pull: Pull, commit: str) -> Comparison:
    """The diff that the pull request showed when this commit was its head."""
    return github_git.compare(pull.repo.git_dir, pull.base_sha, commit)


def anchor_on(change: Comparison, asked: dict[str, Any]) -> tuple[Anchor, str]:
    """The place that a comment asks for by line or position, and its `diff_hunk`.

    Raises BadAnchor for what the diff does not show.
    """
    file = change.file(str(asked.get("path")))
    if file is None:
        raise BadAnchor("path", "Path could not be resolved")
    if asked.get("line") is None and asked.get("position") is not None:
        place = file.by_position.get(asked["position"])
        if place is None:
            raise BadAnchor("position", "Position could not be resolved")
        asked = {**asked, "side": place[0], "line": place[1]}
    side, line = asked.get("side") or "RIGHT", asked.get("line")
    if side not in _SIDES:
        raise BadAnchor("side", "Side is not included in the list")
    shown = file.find(side, line) if isinstance(line, int) else None
    if shown is None or not isinstance(line, int):
        raise BadAnchor("line", "Line could not be resolved")
    start_side, start = asked.get("start_side"), asked.get("start_line")
    if start is not None:
        start_side = start_side or side
        _check_start(file, shown, (side, line), (start_side, start))
    anchor = Anchor(file.path, side, line, start_side, start, shown.position)
    return anchor, file.hunk_to(shown)


def _check_start(
    file: FileChange, end: Shown, last: tuple[str, int], first: tuple[Any, Any]
) -> None:
    start_side, start = first
    shown = file.find(start_side, start) if isinstance(start, int) else None
    if shown is None:
        raise BadAnchor("start_line", "Start line could not be resolved")
    if shown.position >= end.position:
        raise BadAnchor("start_line", "Start line must precede the end line")
    if shown.hunk != end.hunk or start_side != last[0]:
        raise BadAnchor("start_line", "Start line must be part of the same hunk as the line")


def anchor_on_file(change: Comparison, path: object) -> Anchor:
    """The place of a comment on a file as a whole. Raises BadAnchor when it is not in the diff."""
    if change.file(str(path)) is None:
        raise BadAnchor("path", "Path could not be resolved")
    return Anchor(str(path))


def follow_push(comment: ReviewComment, before: Comparison, old_head: str) -> None:
    """Move a comment along with a push that has happened, or mark it outdated for good."""
    pull = comment.pull
    if comment.anchor is None or old_head == pull.head_sha:
        return
    after = comparison_of(pull)
    file = after.file(comment.anchor.path)
    moved: Anchor | None
    if file is None:
        moved = None
    elif comment.on_file:
        moved = comment.anchor
    else:
        moved = _moved(pull, comment.anchor, file, (before, after), old_head)
    comment.anchor = moved
    if moved is not None:
        comment.commit = pull.head_sha


def _moved(
    pull: Pull,
    anchor: Anchor,
    file: FileChange,
    changes: tuple[Comparison, Comparison],
    old_head: str,
) -> Anchor | None:
    before, after = changes
    old, new = (
        (old_head, pull.head_sha)
        if anchor.side == "RIGHT"
        else (before.merge_base, after.merge_base)
    )
    try:
        lines = github_git.follow_lines(pull.repo.git_dir, old, new, anchor.path)
    except GitError:
        return None
    line = lines.follow(anchor.line) if anchor.line is not None else None
    start = lines.follow(anchor.start_line) if anchor.start_line is not None else None
    shown = file.find(anchor.side, line) if line is not None else None
    if shown is None or (anchor.start_line is not None and start is None):
        return None
    return replace(anchor, line=line, start_line=start, position=shown.position)
