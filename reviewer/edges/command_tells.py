"""The commands that tell how things are: `/status`, `/config`, `/help`."""

from __future__ import annotations

from collections import Counter

from reviewer.earlier import LastRound
from reviewer.edges.comment_case import Case, Heard, Outcome, Spoken, needed
from reviewer.edges.github_read import read_reviews
from reviewer.edges.letting_go import refresh
from reviewer.edges.standing_reader import what_stands
from reviewer.edges.threads import OwnThreads
from reviewer.edges.threads_by_rest import UNKNOWN, read_own
from reviewer.intake.commands import COMMANDS
from reviewer.intake.job import Wish
from reviewer.policy.policy import Policy
from reviewer.publish.command_words import Status, config_text, help_text, status_text
from reviewer.publish.rounds import severity_of
from reviewer.publish.standing import LIVE, SETTLED, Standing, State


def tell_status(case: Case, heard: Heard, spoken: Spoken, index: int) -> Outcome:
    """What was reviewed, what is open, what it cost."""
    del spoken
    desk, pull = case.desk, case.job.pull
    last, _, paused = desk.shared.rounds.last(pull)
    mine = read_own(case.http, pull, case.bot_login)
    if mine.disliked and _take_thumbs(case, heard, index, mine):
        refresh(case, heard, index)
    kept = desk.dismissals.of_pull(pull)
    said, note = _standing(case, heard.policy, last, mine)
    reviews = last.spent_usd if last is not None else 0.0
    status = Status(
        head=heard.snapshot.head_sha,
        reviewed=last.head_sha if last is not None else "",
        rounds=last.number if last is not None else 0,
        open=Counter(severity_of(one) for one in said if one.state in LIVE),
        not_shown=Counter(one.severity for one in last.held_back) if last is not None else {},
        fixed=sum(one.state is State.RESOLVED_BY_US for one in said),
        dismissed=sum(one.state in SETTLED for one in said) + (last.let_go if last else 0),
        waiting=sum(not one.holds_under(heard.policy) for one in kept),
        paused=paused,
        reviews_usd=reviews,
        commands_usd=max(0.0, desk.shared.agent_reader.spent_on(case.job) - reviews),
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


def _take_thumbs(case: Case, heard: Heard, index: int, mine: OwnThreads) -> int:
    """How many thumbs down came since the last review; GitHub tells of none by itself."""
    snapshot = heard.snapshot
    ports = case.ports(case.review_job(index, snapshot.head_sha, Wish.AGAIN))
    return ports.take_thumbs(snapshot, heard.policy, mine)


def _standing(
    case: Case, policy: Policy, last: LastRound | None, mine: OwnThreads
) -> tuple[tuple[Standing, ...], str]:
    """What was said, as a round reads it, and what is not known of it."""
    pull = case.job.pull
    reviews = read_reviews(case.http, pull)
    ours = [one for one in reviews if (one["user"] or {}).get("login") == case.bot_login]
    bodies = [str(one["body"] or "") for one in ours]
    found = what_stands(case.http, pull, policy, mine, bodies, case.desk.dismissals, last)
    return found, "" if mine.known or not mine.comments else f"\n\n{UNKNOWN}"
