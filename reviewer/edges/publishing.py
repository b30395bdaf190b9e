"""Posting one round: review, threads, check run, and what the next round starts from."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from reviewer.earlier import LastRound
from reviewer.edges.check_runs import Check, CheckRuns
from reviewer.edges.github_http import GitHubHttp
from reviewer.edges.github_write import GitHubWriter, Spoken
from reviewer.edges.shared import Shared
from reviewer.edges.threads import MAY_RESOLVE, Resolving
from reviewer.errors import Refused, Transient
from reviewer.intake.job import ReviewJob, Wish
from reviewer.ports import Publication, Published
from reviewer.publish.annotations import annotations_of
from reviewer.publish.said import kept, said_by
from reviewer.publish.summary import told_in_body
from reviewer.publish.verdict_text import check_summary, check_title
from reviewer.refs import CommitSha, PullRef


def publish_round(
    shared: Shared,
    job: ReviewJob,
    publication: Publication,
    http: GitHubHttp,
) -> Published:
    """Post it. Raises Transient or Refused; a second try looks for what the first one left."""
    pull, head = job.pull, publication.snapshot.head_sha
    second_try = _let_the_last_try_settle(shared, pull, head)
    shared.ledger.begin_publication(pull, head, job.guid)
    may_write = _noting_each_write(shared, pull, head)
    checks = CheckRuns(http, pull, head, may_write)
    writer = GitHubWriter(
        http,
        pull,
        head,
        shared.app.bot_login(),
        publication.plan.round,
        Resolving(http, partial(shared.app.connect, job.installation, pull.repo, MAY_RESOLVE)),
        may_write,
    )
    try:
        return _say(shared, job, publication, writer, checks, second_try=second_try)
    except (Transient, Refused) as error:
        if isinstance(error, Refused) or error.answered:
            shared.ledger.note_publication(pull, head, state="answered")
        raise


def _noting_each_write(shared: Shared, pull: PullRef, head: CommitSha) -> Callable[[], None]:
    """The lease's check, which also notes when this head was last written about: what a crash cuts
    off is looked for when GitHub must be done with the last write, not with the first."""
    lease = shared.lease.taken()

    def check() -> None:
        lease()
        shared.ledger.note_publication(pull, head)

    return check


def _say(
    shared: Shared,
    job: ReviewJob,
    publication: Publication,
    writer: GitHubWriter,
    checks: CheckRuns,
    *,
    second_try: bool,
) -> Published:
    plan, head, pull = publication.plan, publication.snapshot.head_sha, job.pull
    spoken = writer.say(publication, look_first=second_try)
    moved = writer.change_threads(plan.threads, look_first=second_try)
    writer.link_moved(publication, spoken, moved)
    reasons = {f.path: f.reason for f in publication.scope.files if f.in_scope}
    check = Check(
        plan.conclusion,
        check_title(plan),
        check_summary(plan, reasons),
        annotations=annotations_of(plan),
    )
    check_run_id = publication.check_run_id
    if check_run_id is None:
        check_run_id = checks.post(check, look_first=second_try)
    else:
        # Of a refresh it is the check run of the round, with the annotations that it has.
        again = second_try or job.wish is Wish.REFRESH
        checks.end(check_run_id, check, look_first=again)
    known = _kept(publication.kept, spoken, moved, head)
    shared.rounds.keep(pull, known, publication.snapshot.base_sha, spoken.summary_id)
    shared.ledger.note_publication(
        pull, head, state="done", review_id=spoken.review_id, check_run_id=check_run_id
    )
    return Published(spoken.review_id, check_run_id)


def _kept(
    before: LastRound, spoken: Spoken, moved: Mapping[int, int], head: CommitSha
) -> LastRound:
    """What the next round starts from, now that it is known what GitHub took."""
    said = kept([*(before.said or ()), *said_by(spoken.plan, spoken.comments, head)], moved)
    told = dict(before.told) | dict(told_in_body(spoken.plan))
    alone = {one.fingerprint for one in said if one.comment_id is None}
    return replace(
        before,
        said=said,
        told=tuple((name, words) for name, words in told.items() if name in alone),
    )


def _let_the_last_try_settle(shared: Shared, pull: PullRef, head: CommitSha) -> bool:
    """Whether this is a second try. After a crash, GitHub may still apply the first one's write,
    so that it is looked for only when GitHub must be done with it."""
    known = shared.ledger.publication_state(pull, head)
    if known is None:
        return False
    state, changed_at = known
    if state in ("announced", "done", "let go", "held"):
        return False
    left = changed_at + shared.config.settle_seconds - time.time()
    if state == "begun" and left > 0:
        time.sleep(min(left, shared.config.settle_seconds))
    return True
