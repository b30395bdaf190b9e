"""The commands that tell how things are: `/status`, `/config`, `/help`."""

from __future__ import annotations

from collections import Counter

from reviewer.edges.comment_case import Case, Heard, Outcome, Spoken, needed
from reviewer.edges.github_read import read_comments
from reviewer.edges.review_threads import ThreadState, read_thread_states
from reviewer.errors import Refused
from reviewer.finding import Severity
from reviewer.intake.commands import COMMANDS
from reviewer.publish.command_words import Status, config_text, help_text, status_text
from reviewer.publish.fingerprint import read_mark


def tell_status(case: Case, heard: Heard, spoken: Spoken, index: int) -> Outcome:
    """What was reviewed, what is open, what it cost."""
    del spoken, index
    desk, pull = case.desk, case.job.pull
    kept = desk.dismissals.of_pull(pull)
    gone = {one.said.fingerprint for one in kept if one.holds}
    counts, resolved = _open(case, gone)
    last = desk.history.last_review(pull)
    status = Status(
        head=heard.snapshot.head_sha,
        reviewed=last.head,
        rounds=last.rounds,
        open=counts,
        resolved=resolved,
        dismissed=len(gone),
        waiting=sum(not one.holds for one in kept),
        paused=desk.pull_states.paused(pull),
        usd=desk.shared.agent_reader.spent_on(case.job),
    )
    return Outcome(done=True, reply=status_text(status))


def tell_config(case: Case, heard: Heard, spoken: Spoken, index: int) -> Outcome:
    """The configuration that holds here."""
    del case, spoken, index
    return Outcome(done=True, reply=config_text(heard.held, heard.snapshot.base_ref))


def tell_help(case: Case, heard: Heard, spoken: Spoken, index: int) -> Outcome:
    """The commands, with the prefix and the roles that hold here."""
    del case, spoken, index
    who = {command.name: needed(heard.policy, command.name) for command in COMMANDS}
    return Outcome(done=True, reply=help_text(heard.prefix, heard.mention, who))


def _open(case: Case, gone: set[str]) -> tuple[Counter[Severity], int]:
    """The findings in threads of ours that nobody closed, by severity, and how many were closed."""
    try:
        states = read_thread_states(case.http, case.job.pull)
    except Refused:
        states = {}
    counts: Counter[Severity] = Counter()
    resolved = 0
    for comment in read_comments(case.http, case.job.pull):
        if (comment["user"] or {}).get("login") != case.bot_login or comment.get("in_reply_to_id"):
            continue
        mark = read_mark(comment["body"] or "")
        if mark is None or mark.fingerprint in gone:
            continue
        if states.get(int(comment["id"]), ThreadState("", resolved=False)).resolved:
            resolved += 1
        else:
            counts[mark.severity or Severity.IMPORTANT] += 1
    return counts, resolved
