"""A person's plain words in a thread of ours: a question or an objection is answered.

Whatever else was said, and whoever else said it, is met with silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import TypeAdapter

from reviewer.agent.earlier import MOST_TURNS, TURN_CHARS, ThreadTurn
from reviewer.agent.reply import ReplyReport
from reviewer.agent.reply_answer import ReplyVerdict
from reviewer.edges.answering import Step, answer_once
from reviewer.edges.comment_case import Case, Heard, at_least_write, needed
from reviewer.edges.comment_code import earlier_of, material_for
from reviewer.edges.dismissals import BY_CONCESSION
from reviewer.edges.github_read import pages
from reviewer.edges.letting_go import let_go, may_be_critical, refresh, set_thread, takes_two
from reviewer.edges.roles import role_of
from reviewer.intake.comment import LONGEST_ARGUMENT
from reviewer.intake.job import Wish
from reviewer.publish import reply_words
from reviewer.publish.command_words import answer_marker
from reviewer.publish.recheck_text import reply_markdown
from reviewer.publish.reply_words import REPLY, is_reply, without_mark

MOST_REPLIES = 3
"""Answers to plain words in one thread."""


@dataclass(frozen=True, slots=True)
class ThreadSoFar:
    """What was said under the finding before the reply."""

    turns: tuple[ThreadTurn, ...]
    answered: int
    """Answers of ours to plain words."""


_THREAD = TypeAdapter(ThreadSoFar)
_REPORT = TypeAdapter(ReplyReport)


def run_reply(case: Case, heard: Heard, step: Step) -> str:
    """What became of it, for the log. `heard.finding` is the comment that the thread began with."""
    silent = _not_here(case, heard)
    if silent:
        return silent
    thread = _THREAD.validate_python(
        step("thread", lambda: _THREAD.dump_python(_thread(case), mode="json"))
    )
    if thread.answered >= MOST_REPLIES:
        return "this thread has had its answers"
    silent = step("room", partial(_no_room, case, heard))
    if silent:
        return str(silent)
    report = _REPORT.validate_python(
        step("weigh", lambda: _REPORT.dump_python(_weighed(case, heard, thread), mode="json"))
    )
    if report.answer is None:
        return f"left to people, {report.absence}"
    if report.says_nothing:
        return "nothing to answer"
    closing = []
    if report.verdict is ReplyVerdict.CONCEDED:
        closing.append(str(step("let go", partial(_followed, case, heard, report))))
    if thread.answered + 1 == MOST_REPLIES:
        closing.append(reply_words.the_last(heard.prefix))
    use = case.use(REPLY)
    body = reply_markdown(report, closing=tuple(closing), marker=answer_marker(use))
    answer_once(case, use, body, REPLY, step)
    return str(report.verdict or report.answer.kind)


def _not_here(case: Case, heard: Heard) -> str:
    if not heard.snapshot.is_open or not heard.policy.enabled:
        return "no reviews here"
    if case.job.author_is_bot or case.job.body.lstrip().startswith("/"):
        return "for another bot"
    return "" if case.desk.shared.agent_reader.has_model else "no model"


def _no_room(case: Case, heard: Heard) -> str:
    """Why this person is not answered now; empty where nothing speaks against it."""
    job = case.job
    if job.author.lower() != heard.snapshot.author.lower():
        role = role_of(case.http, job.pull.repo, job.author, job.author_id)
        if role is None or not role.allows(needed(heard.policy, "ask")):
            return "left to people, the role is not enough"
    over = case.desk.uses.book(job.pull, job.author, case.use(REPLY)) is not None
    return "left to people, too many in an hour" if over else ""


def _thread(case: Case) -> ThreadSoFar:
    job = case.job
    turns, answered = [], 0
    for comment in pages(case.http, f"/repos/{job.repo}/pulls/{job.number}/comments"):
        if comment.get("in_reply_to_id") != job.reply_to or int(comment["id"]) == job.comment_id:
            continue
        body = str(comment["body"] or "")
        author = str((comment["user"] or {}).get("login") or "ghost")
        ours = author == case.bot_login
        answered += ours and is_reply(body)
        # What people said since is a reply of its own; what we said since answers an earlier one.
        if ours or int(comment["id"]) < job.comment_id:
            text = without_mark(body) if ours else body
            turns.append(ThreadTurn(author, text[: TURN_CHARS + 1], ours))
    return ThreadSoFar(tuple(turns[-MOST_TURNS:]), answered)


def _weighed(case: Case, heard: Heard, thread: ThreadSoFar) -> ReplyReport:
    """Raises ModelUnavailable when the model may be asked again later."""
    snapshot = heard.snapshot
    job = case.review_job(REPLY, snapshot.head_sha, Wish.AGAIN)
    ports, heard = case.ports(job), case.at_head(heard, REPLY)
    return case.desk.shared.agent_reader.reply(
        job,
        earlier_of(heard.finding, ports, snapshot),
        case.job.body,
        case.job.author,
        thread.turns,
        material_for(ports, job, snapshot, heard.held),
        heard.policy,
    )


def _followed(case: Case, heard: Heard, report: ReplyReport) -> Any:
    """What follows from conceding, as a sentence; a person's rights count, not how they argue."""
    heard = case.at_head(heard, REPLY)
    about, job, prefix = heard.finding, case.job, heard.prefix
    if takes_two(heard.policy, about):
        return reply_words.needs_two(prefix)
    least = at_least_write(needed(heard.policy, "dismiss"))
    if may_be_critical(about) and report.rests_on_a_word:
        return reply_words.needs_decision(least, prefix)
    role = role_of(case.http, job.pull.repo, job.author, job.author_id)
    if role is None or not role.allows(least):
        return reply_words.needs_role(least, prefix)
    kept = let_go(case, heard, BY_CONCESSION, job.body[:LONGEST_ARGUMENT], needs_second=False)
    if not kept.holds:
        return reply_words.needs_two(prefix)
    resolved = set_thread(case, about, resolved=True)
    refresh(case, heard, REPLY)
    return reply_words.let_go_with(kept.said.person, prefix, resolved=resolved)
