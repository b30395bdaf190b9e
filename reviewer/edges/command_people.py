"""The commands by which people decide: `/dismiss`, `/reopen`, `/pause`, `/resume`, `/review`."""

from __future__ import annotations

from reviewer.edges.comment_case import Case, Heard, Outcome, Spoken
from reviewer.edges.dismissals import BY_COMMAND
from reviewer.edges.letting_go import let_go, refresh, set_thread, takes_two
from reviewer.edges.reopening import clear_status, why_not_opened
from reviewer.intake.job import ReviewJob, Wish
from reviewer.policy.globs import BadGlob, path_glob
from reviewer.publish import command_words
from reviewer.publish.not_reviewed import no_file_matches, no_review_now
from reviewer.wanted import unwanted


def ask_for_review(case: Case, heard: Heard, spoken: Spoken, index: int) -> Outcome:
    """Put a review in the queue; its check run tells of it."""
    wish, only = Wish.AGAIN, ""
    if spoken.argument.lower() == "full":
        wish = Wish.FULL
    elif spoken.argument:
        wish, only = Wish.PATHS, spoken.argument.removeprefix("./")
        try:
            path_glob(only)
        except BadGlob as error:
            return Outcome(done=False, reply=command_words.refused(f"The glob {error}."))
    job = case.review_job(index, heard.snapshot.head_sha, wish, only)
    sentence = _why_not(case, heard, job)
    if sentence:
        return Outcome(done=False, reply=sentence)
    case.desk.inbox.accept(job)
    return Outcome(done=True)


def _why_not(case: Case, heard: Heard, job: ReviewJob) -> str:
    """Why nothing would come of the review; empty where something will."""
    why = unwanted(job.wish, heard.snapshot, heard.policy)
    if why is not None:
        return no_review_now(why, heard.snapshot, heard.policy)
    if job.wish is not Wish.PATHS:
        return ""
    diff = case.ports(job).code(heard.snapshot).diff
    return no_file_matches(job.only, [file.path for file in diff.files], heard.prefix)


def dismiss(case: Case, heard: Heard, spoken: Spoken, index: int) -> Outcome:
    """Let the thread's finding go; a critical one in some paths waits for a second person."""
    about, prefix = heard.finding, heard.prefix
    second = takes_two(heard.policy, about)
    if second and _agreed_before(case, heard):
        return Outcome(done=False, reply=command_words.AGREED_ALREADY)
    kept = let_go(case, heard, BY_COMMAND, spoken.argument, needs_second=second)
    if not kept.holds:
        return Outcome(done=True, reply=command_words.waits_for_second(kept.said.person, prefix))
    resolved = set_thread(case, about, resolved=True)
    refresh(case, heard, index)
    reply = command_words.dismissed(kept.said.person, kept.agreed_by, prefix, resolved=resolved)
    return Outcome(done=True, reply=reply)


def _agreed_before(case: Case, heard: Heard) -> bool:
    """Whether the same person let it go, and a second one is waited for."""
    fingerprint, person = heard.finding.mark.fingerprint, case.job.author.lower()
    return any(
        not one.holds and one.said.fingerprint == fingerprint and one.said.person.lower() == person
        for one in case.desk.dismissals.of_pull(case.job.pull)
    )


def reopen(case: Case, heard: Heard, spoken: Spoken, index: int) -> Outcome:
    """Take the thread's finding up again: its dismissal back, and its thread open."""
    del spoken
    about, pull = heard.finding, case.job.pull
    if not case.desk.dismissals.revoke(pull, about.mark.fingerprint):
        sentence = why_not_opened(case.http, pull, case.bot_login, about)
        if sentence:
            return Outcome(done=False, reply=sentence)
    clear_status(case.http, pull, about, case.desk.shared.lease.taken())
    opened = set_thread(case, about, resolved=False)
    refresh(case, heard, index)
    return Outcome(done=True, reply=command_words.reopened(heard.prefix, resolved=not opened))


def pause(case: Case, heard: Heard, spoken: Spoken, index: int) -> Outcome:
    """Stop reviewing pushes."""
    del spoken, index
    case.desk.pull_states.set_paused(case.job.pull, paused=True)
    return Outcome(done=True, reply=command_words.paused(heard.prefix))


def resume(case: Case, heard: Heard, spoken: Spoken, index: int) -> Outcome:
    """Go on with reviewing pushes, and review what came meanwhile."""
    del spoken
    case.desk.pull_states.set_paused(case.job.pull, paused=False)
    case.desk.inbox.accept(case.review_job(index, heard.snapshot.head_sha, Wish.PUSH))
    return Outcome(done=True, reply=command_words.RESUMED)
