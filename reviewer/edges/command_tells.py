"""The commands that tell how things are: `/status`, `/config`, `/help`."""

from __future__ import annotations

from collections import Counter

from reviewer.edges.comment_case import Case, Heard, Outcome, Spoken, needed
from reviewer.edges.github_read import read_reviews
from reviewer.edges.threads_by_rest import UNKNOWN, read_own
from reviewer.finding import Severity
from reviewer.intake.commands import COMMANDS
from reviewer.publish.command_words import Status, config_text, help_text, status_text
from reviewer.publish.standing import LIVE, Standing, rebuild


def tell_status(case: Case, heard: Heard, spoken: Spoken, index: int) -> Outcome:
    """What was reviewed, what is open, what it cost."""
    del spoken, index
    desk, pull = case.desk, case.job.pull
    kept = desk.dismissals.of_pull(pull)
    gone = {one.said.fingerprint for one in kept if one.holds}
    last, _, paused = desk.shared.rounds.last(pull)
    standing, note = _standing(case)
    said = [one for one in standing if one.fingerprint not in gone and not one.named_only]
    status = Status(
        head=heard.snapshot.head_sha,
        reviewed=last.head_sha if last is not None else "",
        rounds=last.number if last is not None else 0,
        open=Counter(one.severity or Severity.IMPORTANT for one in said if one.state in LIVE),
        resolved=sum(one.state not in LIVE for one in said),
        dismissed=len(gone),
        waiting=sum(not one.holds for one in kept),
        paused=paused,
        usd=desk.shared.agent_reader.spent_on(case.job),
    )
    return Outcome(done=True, reply=f"{status_text(status)}{note}")


def tell_config(case: Case, heard: Heard, spoken: Spoken, index: int) -> Outcome:
    """The configuration that holds here."""
    del case, spoken, index
    return Outcome(done=True, reply=config_text(heard.held, heard.snapshot.base_ref))


def tell_help(case: Case, heard: Heard, spoken: Spoken, index: int) -> Outcome:
    """The commands, with the prefix and the roles that hold here."""
    del case, spoken, index
    who = {command.name: needed(heard.policy, command.name) for command in COMMANDS}
    return Outcome(done=True, reply=help_text(heard.prefix, heard.mention, who))


def _standing(case: Case) -> tuple[tuple[Standing, ...], str]:
    """What was said, as GitHub has it now, and what is not known of it."""
    mine = read_own(case.http, case.job.pull, case.bot_login)
    reviews = read_reviews(case.http, case.job.pull)
    ours = [one for one in reviews if (one["user"] or {}).get("login") == case.bot_login]
    found = rebuild(mine.comments, mine.threads, [str(one["body"] or "") for one in ours])
    return found, "" if mine.known or not mine.comments else f"\n\n{UNKNOWN}"
