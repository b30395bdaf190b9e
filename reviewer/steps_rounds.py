"""The steps that know of earlier rounds: what is read again, and what is new of what was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from reviewer.agent.focus import Focus
from reviewer.agent.recheck import RecheckReport
from reviewer.agent.report import AgentReport
from reviewer.earlier import Earlier
from reviewer.finding import Finding
from reviewer.intake.job import Wish
from reviewer.ports import Ports
from reviewer.progress import Progress
from reviewer.publish.held_back import still_there
from reviewer.publish.item_digest import item_digest
from reviewer.publish.let_go import scopes_of, without_let_go
from reviewer.publish.reconcile import Reconciled, reconcile
from reviewer.pull.changed_since import ChangedSince
from reviewer.pull.diff import Side, is_rust
from reviewer.refs import CommitSha
from reviewer.rereading import (
    carried,
    changes,
    focus_of,
    items_read,
    now_of,
    renames_so_far,
    still_unread,
    told_again,
    wanted_texts,
)
from reviewer.rust.file import RustFile


def read_earlier(ports: Ports, progress: Progress) -> Earlier:
    """What earlier rounds said and looked at, and what became of it."""
    return ports.earlier(progress.snapshot, progress.policy.policy)


def ask_agent(ports: Ports, progress: Progress) -> AgentReport:
    """What the model finds; a change without trading code is not shown to it."""
    if not progress.scope.paths:
        return AgentReport(None, "No trading code was changed, so no model was asked.")
    report = _read(ports, progress)
    return replace(report, findings=(*report.findings, *_held_back(ports, progress)))


def _held_back(ports: Ports, progress: Progress) -> tuple[Finding, ...]:
    """What earlier rounds counted and did not tell, and is there."""
    last = progress.earlier.last
    if last is None or not last.held_back:
        return ()
    code, trees = ports.code(progress.snapshot), ports.rust_files(progress.snapshot)
    now = now_of(code, trees, _changes(ports, progress), {}, frozenset())
    return still_there(last.held_back, now, trees)


def _read(ports: Ports, progress: Progress) -> AgentReport:
    last, wish = progress.earlier.last, progress.job.wish
    if wish is Wish.REFRESH and last is not None:
        return still_unread(
            told_again(last), Focus(), last, _changes(ports, progress), progress.scope
        )
    same = last is not None and last.patch_id == progress.diff.patch_id and last.whole
    if last is not None and same and wish in (Wish.PUSH, Wish.AGAIN):
        return carried(last)
    changed, focus = _to_read(ports, progress)
    if last is not None and focus is not None and focus.empty and wish is not Wish.PATHS:
        return still_unread(carried(last), focus, last, changed, progress.scope)
    report = ports.read_code(
        progress.snapshot, progress.policy.policy, progress.scope, progress.evidence, focus
    )
    if report.nothing_new and last is not None:
        report = carried(last)
    return still_unread(report, focus, last, changed, progress.scope)


def _to_read(ports: Ports, progress: Progress) -> tuple[ChangedSince | None, Focus | None]:
    """What changed since the last round, and what of the change the model reads in this one."""
    job, last = progress.job, progress.earlier.last
    diff = ports.code(progress.snapshot).diff
    changed = _changes(ports, progress)
    return changed, focus_of(
        job.wish, job.only, last, changed, diff, ports.rust_files(progress.snapshot)
    )


def _changes(ports: Ports, progress: Progress) -> ChangedSince | None:
    last = progress.earlier.last
    if last is None:
        return None
    diff, trees = ports.code(progress.snapshot).diff, ports.rust_files(progress.snapshot)
    names = {(last.head_sha, name) for f in diff.files for name in (f.path, f.old_path)}
    wanted = {(head, name) for head, name in names if is_rust(name)}
    old = ports.texts_at(wanted)
    parsed = {path: RustFile.parse(path, text) for (_, path), text in old.items()}
    return changes(last, diff, trees, parsed)


def look_again(ports: Ports, progress: Progress) -> RecheckReport:
    """Whether earlier findings are repaired of which nothing but their line's absence is known."""
    gone = [one for one in progress.reconciled.to_verify if one.comment_id is not None]
    if not gone:
        return RecheckReport(())
    names = renames_now(ports, progress)
    return ports.look_again(
        progress.snapshot,
        progress.policy.policy,
        progress.scope,
        progress.evidence,
        [(one, names.get(one.path, one.path)) for one in gone],
    )


def renames_now(ports: Ports, progress: Progress) -> Mapping[str, str]:
    """Paths as earlier rounds had them -> head paths."""
    return renames_so_far(ports.code(progress.snapshot).diff, _changes(ports, progress))


def reconcile_rounds(ports: Ports, progress: Progress) -> Reconciled:
    """What of it is new, and what became of what was said before."""
    earlier, agent = progress.earlier, progress.agent
    code, trees = ports.code(progress.snapshot), ports.rust_files(progress.snapshot)
    found = [placed.finding for placed in progress.placement]
    changed: ChangedSince | None = None
    read: frozenset[tuple[str, str]] = frozenset()
    before: Mapping[tuple[CommitSha, str], str] = {}
    if earlier.standing:
        changed, focus = _to_read(ports, progress)
        read = items_read(code, trees, progress.scope, agent, focus)
        before = ports.texts_at(wanted_texts(earlier.standing))
    again = progress.job.wish is Wish.FULL and agent.model is not None
    now = replace(
        now_of(code, trees, changed, before, read),
        missed=(*progress.scope.missed, *progress.evidence.missed),
        read_whole=again and not agent.not_reviewed and not code.unread,
    )
    plan = reconcile(earlier.standing, found, now)

    def digest_of(finding: Finding) -> str:
        on_head = finding.side is Side.RIGHT
        return item_digest(trees.get(finding.path), finding.line) if on_head else ""

    return without_let_go(plan, ports.let_go(scopes_of(plan), progress.policy.policy), digest_of)
