"""A second look at findings of a printed report, and answers to replies, on this machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from reviewer.agent.earlier import Earlier, ThreadTurn
from reviewer.agent.forecast import Forecast, planned
from reviewer.agent.reading import Reading
from reviewer.agent.recheck import STAGE as RECHECK
from reviewer.agent.recheck import RecheckReport, openings_of, recheck
from reviewer.agent.reply import STAGE as REPLY
from reviewer.agent.reply import ReplyReport, answer_reply, opening_of_reply
from reviewer.agent.request import ModelRequest
from reviewer.edges.local import job_of
from reviewer.edges.local_case import Asked, Case, open_case, printed_report
from reviewer.edges.local_model import LocalModel
from reviewer.edges.local_repository import NotReviewed
from reviewer.errors import Misconfigured, ReviewerError
from reviewer.publish.report import Reported
from reviewer.publish.report_reading import finding_named
from reviewer.refs import CommitSha, commit_sha

OURS = "reviewer"
"""Who says, before the colon of `--earlier`, that the App itself spoke."""


@dataclass(frozen=True, slots=True)
class Talked:
    """What was said in a thread."""

    said: str
    author: str
    earlier: tuple[str, ...] = ()
    """`NAME: TEXT`, oldest first."""

    @property
    def turns(self) -> tuple[ThreadTurn, ...]:
        """The comments before the reply. Raises NotReviewed for one without a name."""
        found = []
        for text in self.earlier:
            name, colon, words = text.partition(":")
            if not colon or not name.strip():
                raise NotReviewed("--earlier is NAME: TEXT")
            found.append(ThreadTurn(name.strip(), words.strip(), name.strip() == OURS))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Looked:
    """The outcome, and the head that was looked at."""

    report: RecheckReport
    head: CommitSha


def recheck_local(
    asked: Asked,
    which: Sequence[str],
    model: LocalModel,
    *,
    say: Callable[[str], None],
    told: Callable[[str], None],
) -> Looked | Forecast:
    """What became of findings of a report, of all of them where none is named.

    `say` hears what is done, `told` of every call. Raises NotReviewed.
    """
    try:
        case, earlier = _earlier(asked, which, asked.head or "HEAD", model, say)
        if model.options.plan:
            openings = openings_of(earlier, case.material, model.reading)
            return _forecast(RECHECK, openings, model.reading)
        ask = model.ask(job_of(case.snapshot), told)
        say(f"asking {model.reading.model}")
        report = recheck(earlier, case.material, model.reading, ask)
        return Looked(report, case.snapshot.head_sha)
    except Misconfigured:
        raise
    except ReviewerError as error:
        raise NotReviewed(str(error)) from error


def reply_local(
    asked: Asked,
    talked: Talked,
    model: LocalModel,
    *,
    say: Callable[[str], None],
    told: Callable[[str], None],
) -> ReplyReport | Forecast:
    """The answer to a reply in the thread of a finding. As `recheck_local`."""
    try:
        turns = talked.turns
        case, (one,) = _earlier(asked, [asked.finding], asked.head, model, say)
        thread = (one, talked.said, talked.author, turns, case.material, model.reading)
        if model.options.plan:
            return _forecast(REPLY, [opening_of_reply(*thread)], model.reading)
        say(f"asking {model.reading.model}")
        return answer_reply(*thread, model.ask(job_of(case.snapshot), told))
    except Misconfigured:
        raise
    except ReviewerError as error:
        raise NotReviewed(str(error)) from error


def _earlier(
    asked: Asked,
    which: Sequence[str],
    head: str | None,
    model: LocalModel,
    say: Callable[[str], None],
) -> tuple[Case, list[Earlier]]:
    """The repository at the head, and the findings: of the report, else of the rules.

    Without a head it is the one of the report.
    """
    printed = printed_report(asked.report) if asked.report is not None else None
    base = asked.base or (printed.base if printed is not None else None)
    if base is None:
        raise NotReviewed("this needs --base or --report, to know what is changed")
    said_at = printed.head if printed is not None else head or "HEAD"
    case = open_case(asked, base, head or said_at, say, model)
    now = case.snapshot.head_sha
    findings = printed.findings if printed is not None else case.findings
    if not findings:
        raise NotReviewed("there is no finding to look at again")
    named = [_named(findings, name) for name in which] if which else findings
    then = _sha(said_at) if printed is not None else now
    return case, [_as_earlier(one, then, now) for one in named]


def _as_earlier(one: Reported, then: CommitSha, now: CommitSha) -> Earlier:
    earlier = Earlier.of(one.fingerprint, one.finding, then)
    return replace(earlier, line_now=earlier.line) if then == now else earlier


def _sha(text: str) -> CommitSha:
    try:
        return commit_sha(text)
    except ValueError:
        raise NotReviewed("the report does not say of which commit it is") from None


def _named(findings: Sequence[Reported], name: str) -> Reported:
    """Raises NoSuchFinding."""
    finding = finding_named(findings, name)
    return next(one for one in findings if one.finding is finding)


def _forecast(
    stage: str, openings: Sequence[tuple[str, ModelRequest]], reading: Reading
) -> Forecast:
    kept: set[str] = set()
    return Forecast(
        tuple(planned(stage, name, request, reading, kept) for name, request in openings), ()
    )
