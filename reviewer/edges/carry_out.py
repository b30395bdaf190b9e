"""Carrying out one command: who may, whether there is room, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reviewer.agent.named_items import NoSuchItem
from reviewer.agent.task import NotAsked
from reviewer.edges.command_people import (
    ask_for_review,
    dismiss,
    pause,
    reopen,
    resume,
)
from reviewer.edges.command_tasks import answer_task
from reviewer.edges.command_tells import tell_config, tell_help, tell_status
from reviewer.edges.comment_case import Case, Heard, Outcome, Spoken, at_least_write, needed
from reviewer.edges.letting_go import takes_two
from reviewer.edges.roles import role_of
from reviewer.intake.commands import BY_NAME, COMMANDS, Command
from reviewer.publish import command_words

Handler = Callable[[Case, Heard, Spoken, int], Outcome]
HANDLERS: Mapping[str, Handler] = {
    "review": ask_for_review,
    "ask": answer_task,
    "explain": answer_task,
    "fix": answer_task,
    "test": answer_task,
    "optimize": answer_task,
    "design": answer_task,
    "dismiss": dismiss,
    "reopen": reopen,
    "pause": pause,
    "resume": resume,
    "status": tell_status,
    "config": tell_config,
    "help": tell_help,
}
assert set(HANDLERS) == {command.name for command in COMMANDS}  # noqa: S101 - one table


def carry_out(case: Case, heard: Heard, index: int) -> Outcome:
    """What became of the comment's command of this number.

    Refusals are answered so many times an hour: a stranger must not make us talk without end.
    """
    outcome = _carried_out(case, heard, heard.said[index], index)
    if outcome.done or not outcome.reply:
        return outcome
    uses, job = case.desk.uses, case.job
    if uses.book_refusal(job.pull, job.author, f"{case.use(index)} refused") is not None:
        return Outcome(done=False)
    return outcome


def _carried_out(case: Case, heard: Heard, spoken: Spoken, index: int) -> Outcome:
    if spoken.sentence:
        return _no(spoken.sentence)
    command = BY_NAME[spoken.command]
    sentence = _why_not(case, heard, command) or _no_room(case, command, index)
    if sentence:
        return _no(sentence)
    if command.needs_finding or (command.costs and command.name != "review"):
        heard = case.at_head(heard, index)
        if heard.about is not None and heard.about.former_path:
            sentence = _why_not(case, heard, command)  # the new path may ask for more
    if sentence:
        return _no(sentence)
    try:
        return HANDLERS[command.name](case, heard, spoken, index)
    except (NotAsked, NoSuchItem) as error:
        return _no(command_words.refused(f"{error}."))


def _why_not(case: Case, heard: Heard, command: Command) -> str:
    """Why this person may not give this command here; empty if nothing speaks against it."""
    policy, prefix = heard.policy, heard.prefix
    least = needed(policy, command.name)
    if command.name == "dismiss" and heard.about is not None and takes_two(policy, heard.about):
        least = at_least_write(least)
    role = role_of(case.http, case.job.pull.repo, case.job.author, case.job.author_id)
    if role is None or not role.allows(least):
        return command_words.not_allowed(command, least, prefix)
    if not heard.snapshot.is_open and not command.when_closed:
        return command_words.only_open(prefix)
    if not policy.enabled and not command.when_closed:
        return command_words.SWITCHED_OFF
    if command.needs_finding and heard.about is None:
        return command_words.needs_thread(command, prefix)
    asks = command.costs and command.name != "review"
    if asks and not case.desk.shared.agent_reader.has_model:
        return command_words.NO_MODEL
    return ""


def _no_room(case: Case, command: Command, index: int) -> str:
    if not command.costs:
        return ""
    uses, job = case.desk.uses, case.job
    until = uses.book(job.pull, job.author, case.use(index))
    return command_words.over_limit(uses.an_hour, until) if until is not None else ""


def _no(sentence: str) -> Outcome:
    return Outcome(done=False, reply=sentence)
