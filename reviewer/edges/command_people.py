"""The commands by which people decide: `/dismiss`, `/reopen`, `/pause`, `/resume`, `/review`."""

from __future__ import annotations

from functools import partial

from reviewer.edges.comment_case import Case, Heard, Outcome, Spoken
from reviewer.edges.dismissals import BY_COMMAND, LetGo
from reviewer.edges.github_http import GitHubHttp
from reviewer.edges.review_threads import set_resolved
from reviewer.edges.threads import MAY_RESOLVE
from reviewer.finding import Category, Severity
from reviewer.intake.job import Wish
from reviewer.policy.globs import BadGlob, path_glob
from reviewer.policy.policy import Policy
from reviewer.publish import command_words
from reviewer.publish.item_digest import digest_about
from reviewer.publish.thread_words import OurComment


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
    mark = about.mark
    file = case.trees(heard.snapshot).get(about.path)
    kept = case.desk.dismissals.add(
        LetGo(
            pull=case.job.pull,
            fingerprint=mark.fingerprint,
            path=about.path,
            scope_key=mark.scope_key,
            category=mark.category or Category.OTHER,
            severity=mark.severity or Severity.CRITICAL,
            item_digest=digest_about(about, file),
            how=BY_COMMAND,
            person=case.job.author,
            title=about.title,
            reason=spoken.argument,
            needs_second=takes_two(heard.policy, about),
        )
    )
    if not kept.holds:
        return Outcome(done=True, reply=command_words.waits_for_second(kept.said.person, prefix))
    resolved = _set_resolved(case, about, resolved=True)
    _refresh(case, heard, index)
    reply = command_words.dismissed(kept.said.person, kept.agreed_by, prefix, resolved=resolved)
    return Outcome(done=True, reply=reply)


def reopen(case: Case, heard: Heard, spoken: Spoken, index: int) -> Outcome:
    """Take the dismissal of the thread's finding back."""
    del spoken
    case.desk.dismissals.revoke(case.job.pull, heard.finding.mark.fingerprint)
    opened = _set_resolved(case, heard.finding, resolved=False)
    _refresh(case, heard, index)
    return Outcome(done=True, reply=command_words.reopened(heard.prefix, resolved=not opened))


def pause(case: Case, heard: Heard, spoken: Spoken, index: int, *, paused: bool) -> Outcome:
    """Stop reviewing pushes, or go on with it."""
    del spoken, index
    case.desk.pull_states.set_paused(case.job.pull, paused=paused)
    words = command_words.paused if paused else command_words.resumed
    return Outcome(done=True, reply=words(heard.prefix))


PAUSE = partial(pause, paused=True)
RESUME = partial(pause, paused=False)


def takes_two(policy: Policy, about: OurComment) -> bool:
    """Whether a finding is let go by two people only; one of unknown severity may be critical."""
    critical = about.mark.severity in (None, Severity.CRITICAL)
    return critical and policy.needs_second_person(about.path)


def _refresh(case: Case, heard: Heard, index: int) -> None:
    """The summary and the verdict follow."""
    case.desk.inbox.accept(case.review_job(index, heard.snapshot.head_sha, Wish.REFRESH))


def _set_resolved(case: Case, about: OurComment, *, resolved: bool) -> bool:
    def wider() -> GitHubHttp:
        app = case.desk.shared.app
        return app.connect(case.job.installation, case.job.pull.repo, MAY_RESOLVE)

    return set_resolved(
        case.http, wider, case.job.pull, case.bot_login, about.comment_id, resolved=resolved
    )
