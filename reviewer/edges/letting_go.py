"""Letting a thread's finding go at somebody's word: what is written down, and the thread itself."""

from __future__ import annotations

from reviewer.edges.comment_case import Case, Heard
from reviewer.edges.dismissals import Dismissal, LetGo
from reviewer.edges.github_http import GitHubHttp
from reviewer.edges.review_threads import set_resolved
from reviewer.edges.threads import MAY_RESOLVE
from reviewer.finding import Category, Severity
from reviewer.intake.job import Wish
from reviewer.policy.policy import Policy
from reviewer.publish.item_digest import digest_about
from reviewer.publish.thread_words import OurComment


def let_go(case: Case, heard: Heard, how: str, reason: str, *, needs_second: bool) -> Dismissal:
    """Write down that the comment's author lets the finding go; the thread is left as it is."""
    about = heard.finding
    mark = about.mark
    return case.desk.dismissals.add(
        LetGo(
            pull=case.job.pull,
            fingerprint=mark.fingerprint,
            path=about.path,
            scope_key=mark.scope_key,
            category=mark.category or Category.OTHER,
            severity=mark.severity or Severity.CRITICAL,
            item_digest=digest_about(about, case.trees(heard.snapshot).get(about.path)),
            how=how,
            person=case.job.author,
            title=about.title,
            reason=reason,
            needs_second=needs_second,
        )
    )


def may_be_critical(about: OurComment) -> bool:
    """Whether a finding is critical; one of unknown severity may be."""
    return about.mark.severity in (None, Severity.CRITICAL)


def takes_two(policy: Policy, about: OurComment) -> bool:
    """Whether a finding is let go by two people only."""
    # A rename takes no file out of their care.
    paths = {about.path, about.former_path} - {""}
    return may_be_critical(about) and any(map(policy.needs_second_person, paths))


def set_thread(case: Case, about: OurComment, *, resolved: bool) -> bool:
    """Resolve the comment's thread, or open it again; False where GitHub does not let us."""

    def wider() -> GitHubHttp:
        app = case.desk.shared.app
        return app.connect(case.job.installation, case.job.pull.repo, MAY_RESOLVE)

    return set_resolved(
        case.http, wider, case.job.pull, case.bot_login, about.comment_id, resolved=resolved
    )


def refresh(case: Case, heard: Heard, index: int | str) -> None:
    """The summary and the verdict follow what was decided in a thread."""
    case.desk.inbox.accept(case.review_job(index, heard.snapshot.head_sha, Wish.REFRESH))
