"""The steps that speak: the plan of all that will be said, and its publication."""

from __future__ import annotations

from reviewer.earlier import Account, Earlier, LastRound
from reviewer.intake.job import Wish
from reviewer.ports import Ports, Publication, Published
from reviewer.progress import Progress
from reviewer.publish.convergence import still_raised
from reviewer.publish.coverage import Coverage
from reviewer.publish.held_back import held_back
from reviewer.publish.plan import PublicationPlan, make_plan
from reviewer.publish.recheck_text import repaired_line
from reviewer.publish.reconcile import New
from reviewer.publish.rounds import looked_again, open_findings, tally, thread_changes
from reviewer.publish.said import said_before
from reviewer.publish.standing import State
from reviewer.pull.trace import trace_of
from reviewer.steps_rounds import renames_now


def draw_plan(_ports: Ports, progress: Progress) -> PublicationPlan:
    """All that will be said."""
    diff, scope, agent = progress.diff, progress.scope, progress.agent
    earlier, again = progress.earlier, progress.second_look
    head = progress.snapshot.head_sha
    repaired = _repaired(progress)
    reconciled = looked_again(progress.reconciled, repaired)
    asked = earlier.last.questions if earlier.last is not None else ()
    in_scope = scope.paths
    # Also outside the known rooms: what could not be read may hold anything.
    unread = diff.unread
    coverage = Coverage(
        files_changed=diff.files,
        rust_files=diff.rust_files,
        files_in_scope=len(in_scope),
        lines_added=diff.added,
        model=agent.model,
        model_absence=agent.absence,
        cost_usd=agent.cost_usd + again.expense.cost_usd,
        spent_before_usd=_spent_before(progress),
        not_judged=agent.not_judged,
        questions=asked or agent.questions,
        remarks=_remarks(progress),
        cached_share=agent.cached_share,
        not_reviewed=(*unread, *(row for row in agent.not_reviewed if row not in unread)),
        missed=(*scope.missed, *progress.evidence.missed),
    )
    policy = progress.policy.policy
    place_of = {placed.finding: placed for placed in progress.placement}
    raised = [new for new in reconciled.new if _is_raised(new, progress)]
    not_raised = [new.finding for new in reconciled.new if not _is_raised(new, progress)]
    return make_plan(
        [place_of[new.finding] for new in raised],
        coverage,
        identities=[new.fingerprint for new in raised],
        answers={
            new.fingerprint: f"{progress.snapshot.url}#discussion_r{new.after.comment_id}"
            for new in raised
            if new.after is not None and new.after.comment_id is not None
        },
        cut_before={new.fingerprint for new in raised if _was_cut(new, progress)},
        held_back=not_raised,
        gate=policy.gate_severity,
        floor=policy.severity_floor,
        caps=policy.caps_by_severity,
        trusted=progress.policy.usable,
        explained=policy.tone == "explained",
        facts=progress.evidence.facts,
        notes=(*progress.policy.notes, *earlier.notes, *progress.evidence.notes),
        claims=agent.claims,
        round_number=earlier.number,
        earlier=tally(earlier.standing, reconciled),
        open_findings=open_findings(reconciled, dict(earlier.last.told if earlier.last else ())),
        let_go=reconciled.let_go,
        threads=thread_changes(
            reconciled,
            head,
            repaired,
            earlier=earlier.standing,
            prefix=policy.commands.prefix,
        ),
    )


def _repaired(progress: Progress) -> dict[str, str]:
    """By fingerprint the words about findings of which a second look says that they are gone."""
    head = progress.snapshot.head_sha
    return {
        outcome.fingerprint: line
        for outcome in progress.second_look.outcomes
        if (line := repaired_line(outcome, head))
    }


def _deleted(earlier: Earlier) -> str:
    count = sum(s.state is State.DELETED and not s.named_only for s in earlier.standing)
    if not count:
        return ""
    what = "1 finding counts" if count == 1 else f"{count} findings count"
    return f"{what} as dismissed: somebody deleted what we said of it."


def _remarks(progress: Progress) -> tuple[str, ...]:
    told, deleted = progress.agent.remarks, _deleted(progress.earlier)
    if progress.job.wish is Wish.REFRESH and progress.earlier.last is not None:
        # They are the round's, with all that stood behind them.
        return tuple(dict.fromkeys(filter(None, (*told, deleted))))
    said = (*told, progress.second_look.absence, deleted)
    return tuple(filter(None, said))


def _account(coverage: Coverage, progress: Progress) -> Account:
    return Account(
        model_absence=coverage.model_absence,
        not_reviewed=progress.agent.not_reviewed,
        not_judged=coverage.not_judged,
        remarks=coverage.remarks,
        cached_share=coverage.cached_share,
        cost_usd=coverage.cost_usd,
    )


def _spent_before(progress: Progress) -> float:
    """By earlier rounds; a round that is told again is none of them."""
    last = progress.earlier.last
    if last is None:
        return 0.0
    again = progress.job.wish is Wish.REFRESH
    return max(0.0, round(last.spent_usd - (last.account.cost_usd if again else 0.0), 9))


def _is_raised(new: New, progress: Progress) -> bool:
    if progress.job.wish is Wish.REFRESH and _was_cut(new, progress):
        return False  # the summary follows people then, and nothing else is said
    return still_raised(
        new.finding,
        progress.earlier.number,
        is_new=new.on_new_line,
        answers_us=new.after is not None,
    )


def _was_cut(new: New, progress: Progress) -> bool:
    """Whether the last round counted it and did not tell it."""
    last = progress.earlier.last
    return any(one.is_of(new.finding) for one in (last.held_back if last is not None else ()))


def publish(ports: Ports, progress: Progress) -> Published:
    """Say it, and keep what the next round starts from."""
    plan, coverage = progress.plan, progress.plan.coverage
    last, snapshot = progress.earlier.last, progress.snapshot
    unread = [path for path, _ in progress.agent.not_reviewed]
    reconciled = looked_again(progress.reconciled, _repaired(progress))
    names = renames_now(ports, progress)
    kept = LastRound(
        number=progress.earlier.number,
        head_sha=snapshot.head_sha,
        patch_id=progress.diff.patch_id,
        trace=trace_of(ports.code(snapshot).diff),
        model=coverage.model,
        unread=tuple(dict.fromkeys(unread)),
        questions=coverage.questions,
        spent_usd=coverage.cost_usd + coverage.spent_before_usd,
        told=last.told if last is not None else (),
        said=said_before(progress.earlier.standing, reconciled, names),
        held_back=held_back(plan.unsaid),
        let_go=len(plan.let_go),
        account=_account(coverage, progress),
    )
    return ports.publish(
        Publication(
            snapshot,
            progress.scope,
            plan,
            kept,
            progress.earlier.summary_id,
            progress.announcement.check_run_id,
            progress.policy.policy.commands.prefix,
        )
    )
