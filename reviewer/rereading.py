"""A round that is not the first: what has to be read again, and what is known of the code now."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from reviewer.agent.focus import Focus
from reviewer.agent.report import AgentReport
from reviewer.earlier import LastRound
from reviewer.intake.job import Wish
from reviewer.policy.globs import BadGlob, path_glob
from reviewer.publish.anchors import FileNow
from reviewer.publish.left_side import removed_lines
from reviewer.publish.round_now import Now
from reviewer.publish.standing import Standing
from reviewer.pull.changed_since import ChangedSince, changed_since
from reviewer.pull.diff import Diff, FileDiff, FileStatus, LineKind, Side
from reviewer.pull.patch_id import patch_id
from reviewer.pull.renames import followed, renames_of
from reviewer.pull.texts import Code
from reviewer.pull.trace import read_trace, traced
from reviewer.refs import CommitSha
from reviewer.rust.file import RustFile
from reviewer.scope.rooms import Scope

SHORTEST_NAME = 4
"""Of an item that others are looked for by: `new` and `get` are named everywhere."""
_WORD = re.compile(r"[^\W\d]\w*")


def changes(
    last: LastRound | None,
    diff: Diff,
    trees: Mapping[str, RustFile],
    old_trees: Mapping[str, RustFile],
) -> ChangedSince | None:
    """What changed since the last round; None when that is not known, so that all of it may have.

    `old_trees` are files at the last reviewed head, those that can still be had.
    """
    if last is None:
        return None
    now = traced(diff)
    before = read_trace(last.trace)
    if before is None and last.patch_id and last.patch_id == patch_id(diff):
        before = now  # too large for a trace, and the same patch all the same
    return changed_since(before, now, trees, old_trees or None) if before is not None else None


def focus_of(
    wish: Wish,
    only: str,
    last: LastRound | None,
    changed: ChangedSince | None,
    diff: Diff,
    trees: Mapping[str, RustFile],
) -> Focus | None:
    """What the model reads; None for all of it.

    With an item that was changed goes every other item of the patch that names it.
    """
    if wish is Wish.PATHS:
        return Focus(whole=_named(only, diff))
    if wish is Wish.FULL or last is None or last.model is None or changed is None:
        return None
    paths = {f.path for f in diff.files}
    if not paths.issuperset(last.unread):
        # What was left unread then cannot be named any more.
        return None
    near = _touching(changed, diff, trees)
    removed = {f.path for f in diff.files if f.status is FileStatus.REMOVED}
    before = read_trace(last.trace)
    # Without a trace it is known to be the same patch, or `changed` would not be.
    then = before.files if before is not None else diff.files
    known = {f.path for f in then if f.status is FileStatus.REMOVED}
    return Focus(changed.lines, changed.items | near, frozenset(last.unread) | (removed - known))


def _touching(
    changed: ChangedSince, diff: Diff, trees: Mapping[str, RustFile]
) -> frozenset[tuple[str, str]]:
    """Items of the patch in whose text the name of a changed item stands."""
    names = {scope.rpartition("::")[2].rpartition(" ")[2] for _, scope in changed.items}
    names = {name for name in names if len(name) >= SHORTEST_NAME and name.isidentifier()}
    if not names:
        return frozenset()
    found = set()
    for file in diff.files:
        tree = trees.get(file.path)
        if tree is None:
            continue
        for item in {tree.item_at(line) for line in _touched(file)}:
            if item is None:
                continue
            text = "\n".join(tree.lines[item.start - 1 : item.end])
            if not names.isdisjoint(_WORD.findall(text)):
                found.add((file.path, item.name_path))
    return frozenset(found)


def _named(only: str, diff: Diff) -> frozenset[str]:
    try:
        glob = path_glob(only)
    except BadGlob:
        return frozenset()
    return frozenset(f.path for f in diff.files if glob.matches(f.path))


def carried(last: LastRound) -> AgentReport:
    """The report of a round in which there was nothing new to read."""
    remark = f"No trading code changed since {last.head_sha[:12]}."
    return AgentReport(
        last.model,
        "",
        not_judged=last.account.not_judged,
        remarks=(remark,),
        nothing_new=True,
    )


def told_again(last: LastRound) -> AgentReport:
    """The last round's report, for the same head."""
    account = last.account
    return AgentReport(
        last.model,
        account.model_absence,
        not_reviewed=account.not_reviewed,
        not_judged=account.not_judged,
        remarks=account.remarks,
        cost_usd=account.cost_usd,
        cached_share=account.cached_share,
        nothing_new=True,
    )


def still_unread(
    report: AgentReport,
    focus: Focus | None,
    last: LastRound | None,
    changed: ChangedSince | None,
    scope: Scope,
) -> AgentReport:
    """The report with the code that no round has read as it stands.

    What was left unread then counts also outside trading code, as it did then.
    """
    if focus is None:
        return report
    renames = changed.renames if changed is not None else {}
    known = {renames.get(path, path) for path in last.unread} if last is not None else set()
    left: dict[str, str] = {}
    for path in sorted((scope.paths | known) - focus.whole):
        new = changed is None or _has_new(path, changed, focus)
        if last is None or last.model is None or path in known or new:
            left[path] = "not read yet: other files alone were asked for"
    told = {path for path, _ in report.not_reviewed}
    rows = [(path, reason) for path, reason in left.items() if path not in told]
    return replace(report, not_reviewed=(*report.not_reviewed, *rows))


def _has_new(path: str, changed: ChangedSince, focus: Focus) -> bool:
    """Whether a line or an item of the file was changed that is not in focus."""
    lines = changed.lines.get(path, frozenset()) - focus.lines.get(path, frozenset())
    return bool(lines) or any(there == path for there, _ in changed.items - focus.items)


def now_of(
    code: Code,
    trees: Mapping[str, RustFile],
    changed: ChangedSince | None,
    before: Mapping[tuple[CommitSha, str], str],
    read: frozenset[tuple[str, str]],
) -> Now:
    """What this round knows of the code.

    `before` holds texts by head and path as findings were said of them; `read` is as `items_read`.
    """
    files: dict[str, FileNow] = {}
    for file in code.diff.files:
        if file.path in trees:
            files[file.path] = FileNow.of(trees[file.path], file)
        elif file.path not in code.unread:
            files[file.path] = _plain(file)
    return Now(
        files=files,
        unread=frozenset(code.unread),
        renames=renames_so_far(code.diff, changed),
        changed=_every_file(changed, code.diff),
        before={key: FileNow(text.splitlines()) for key, text in before.items()},
        looked_at=read,
    )


def renames_so_far(diff: Diff, changed: ChangedSince | None) -> dict[str, str]:
    """Paths as comments have them -> head paths."""
    return followed(renames_of(diff), changed.renames if changed is not None else {})


def items_read(
    code: Code,
    trees: Mapping[str, RustFile],
    scope: Scope,
    report: AgentReport,
    focus: Focus | None,
) -> frozenset[tuple[str, str]]:
    """Path and scope path of each changed item that the model read in this round."""
    if report.model is None or report.nothing_new:
        return frozenset()
    unread = {path for path, _ in report.not_reviewed}
    read = set()
    for file in code.diff.files:
        tree = trees.get(file.path)
        if tree is None or file.path in unread or file.path not in scope.paths:
            continue
        for line in _touched(file):
            path = tree.scope_path(line)
            if focus is None or focus.holds(file.path, path, line):
                read.add((file.path, path))
    return frozenset(read)


def wanted_texts(standing: tuple[Standing, ...]) -> frozenset[tuple[CommitSha, str]]:
    """Head and path of the files in which findings were said."""
    return frozenset((s.head_sha, s.path) for s in standing if s.head_sha and s.path)


def _every_file(changed: ChangedSince | None, diff: Diff) -> Mapping[str, frozenset[int]] | None:
    if changed is None:
        return None
    return {f.path: changed.lines.get(f.path, frozenset()) for f in diff.files}


def _plain(file: FileDiff) -> FileNow:
    """A file that is no Rust: its shown lines at their numbers, and nothing between them."""
    shown = {line.new: line.text for hunk in file.hunks for line in hunk.lines if line.new}
    lines = [shown.get(n, "") for n in range(1, max(shown, default=0) + 1)]
    numbers = frozenset(n for hunk in file.hunks for n in hunk.numbers(Side.RIGHT))
    return FileNow(lines, numbers, removed=removed_lines(file))


def _touched(file: FileDiff) -> set[int]:
    """Added head lines, and those beside a removal."""
    touched = set(file.added_numbers())
    for hunk in file.hunks:
        last = hunk.new_start - 1 if hunk.new_count else hunk.new_start
        for line in hunk.lines:
            if line.kind is LineKind.REMOVED:
                touched |= {last, last + 1}
            elif line.new is not None:
                last = line.new
    return {n for n in touched if n > 0}
