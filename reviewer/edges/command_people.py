"""The commands by which people decide: `/dismiss`, `/reopen`, `/pause`, `/resume`, `/review`."""

from __future__ import annotations

from reviewer.edges.comment_case import Case, Heard, Outcome, Spoken
from reviewer.edges.dismissals import BY_COMMAND
from reviewer.edges.letting_go import let_go, refresh, set_thread, takes_two
from reviewer.edges.reopening import clear_status, why_not_opened
from reviewer.intake.job import Wish
from reviewer.policy.globs import BadGlob, path_glob
from reviewer.publish import command_words


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
    case.desk.inbox.accept(case.review_job(index, heard.snapshot.head_sha, wish, only))
    return Outcome(done=True)


def dismiss(case: Case, heard: Heard, spoken: Spoken, index: int) -> Outcome:
    """Let the thread's finding go; a critical one in some paths waits for a second person."""
    about, prefix = heard.finding, heard.prefix
    second = takes_two(heard.policy, about)
    kept = let_go(case, heard, BY_COMMAND, spoken.argument, needs_second=second)
    if not kept.holds:
        return Outcome(done=True, reply=command_words.waits_for_second(kept.said.person, prefix))
    resolved = set_thread(case, about, resolved=True)
    refresh(case, heard, index)
    reply = command_words.dismissed(kept.said.person, kept.agreed_by, prefix, resolved=resolved)
    return Outcome(done=True, reply=reply)


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
