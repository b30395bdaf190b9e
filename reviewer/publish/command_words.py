"""Every sentence that a command is answered with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from reviewer.finding import Severity
from reviewer.intake.commands import COMMANDS, Command, Permission
from reviewer.intake.commands_table import commands_table, usage
from reviewer.policy.held import HeldPolicy
from reviewer.policy.show import as_yaml
from reviewer.publish.defang import code, fenced, one_line, visible
from reviewer.publish.markdown import BODY_LIMIT, counted, plural

SWITCHED_OFF = "The configuration of this repository has reviews switched off."
NO_MODEL = "This needs a model, and the operator of this App has configured none."
LINE_GONE = (
    "The line that this finding is about is not in the newest commit any more, so there is nothing "
    "to work on."
)
AGREED_ALREADY = "You have agreed already; somebody else with write permission has to."
OPEN_ALREADY = "The finding is open already."
NOT_OPEN_ANY_MORE = "The rule does not fire there any more, so there is nothing to take up again."
STAYS_FIXED = (
    "This counts as fixed: the rule does not fire here any more, since the commit that the comment "
    "above names. So the finding stays closed, for the gate too, though its thread is open. Should "
    "the rule fire here again, the finding comes back by itself. If the trouble is still there in "
    "another form, say in this thread where, or ask for `{prefix}review full`."
)
"""What whoever opens the thread of a rule's repaired finding is told, once."""
SAID_ELSEWHERE = "This finding was said again on the line where it is now; its thread is there."
RESUMED = (
    "Pushes are reviewed again. What came meanwhile is reviewed now, unless the newest commit has "
    "its review."
)
_JOINER = "\u2060"


@dataclass(frozen=True, slots=True)
class Status:
    """What `/status` tells."""

    head: str
    reviewed: str
    """The newest head that was reviewed; empty for none."""
    rounds: int
    open: Mapping[Severity, int]
    not_shown: Mapping[Severity, int]
    """What the caps cut."""
    fixed: int
    dismissed: int
    waiting: int
    """Dismissals that wait for a second person."""
    paused: bool
    reviews_usd: float
    commands_usd: float
    """What commands and answers cost."""


def answer_marker(use: str) -> str:
    """The hidden mark of the reply to one command: the delivery and the command's number."""
    return f"<!-- trading-reviewer answer={use} -->"


def is_answer(body: str, use: str) -> bool:
    """Whether a comment is that reply. Trust it only where this App wrote the comment."""
    return body.rstrip().rpartition("\n")[2].strip() == answer_marker(use)


def marked(body: str, use: str) -> str:
    """The reply with its mark, at most as long as GitHub takes."""
    mark = answer_marker(use)
    if is_answer(body, use):
        return body
    room = BODY_LIMIT - len(mark) - 40
    if len(body) > room:
        body = body[:room].rsplit("\n", 1)[0] + "\n\n(cut at GitHub's limit)"
    return f"{body}\n\n{mark}"


def not_allowed(command: Command, needed: Permission, prefix: str) -> str:
    """The role is not enough."""
    return f"`{prefix}{command.name}` takes the role {needed} or more in this repository."


def only_open(prefix: str) -> str:
    """The pull request is closed."""
    names = [f"`{prefix}{command.name}`" for command in COMMANDS if command.when_closed]
    return f"This pull request is closed; only {', '.join(names)} are answered here."


def needs_thread(command: Command, prefix: str) -> str:
    """It is about a finding, and none is near."""
    return (
        f"{usage(command, prefix)} is about one finding: write it as a reply in that finding's "
        "thread, under the comment on the line."
    )


def over_limit(an_hour: int, until: float) -> str:
    """Too many commands in an hour."""
    when = datetime.fromtimestamp(until + 59, UTC).strftime("%H:%M UTC")
    return f"That is more than {plural(an_hour, 'command')} within an hour; try again at {when}."


def refused(sentence: str) -> str:
    """A sentence of ours that may repeat words of a stranger."""
    return one_line(sentence, 900)


def failed(guid: str) -> str:
    """One calm sentence and the id by which the operator finds the whole story."""
    return (
        "This could not be done because of an error on our side. The operator finds the reason in "
        f"the log under {code(guid)}."
    )


def paused(prefix: str) -> str:
    """What `/pause` did."""
    return f"Pushes to this pull request are not reviewed until `{prefix}resume`."


def dismissed(person: str, second: str, prefix: str, *, resolved: bool) -> str:
    """A finding was let go."""
    agreed = f", agreed by {code(second)}" if second else ""
    left = "" if resolved else " GitHub does not let this App resolve the thread; you can."
    return (
        f"Dismissed by {code(person)}{agreed}. It is not raised again while this code stays as it "
        f"is; `{prefix}reopen` takes it back.{left}"
    )


def waits_for_second(person: str, prefix: str) -> str:
    """A critical finding that takes two people."""
    return (
        f"Noted from {code(person)}. A critical finding in this file takes two people: somebody "
        f"else with write permission has to reply `{prefix}dismiss <reason>` here too."
    )


def reopened(prefix: str, *, resolved: bool) -> str:
    """A dismissal was taken back; `resolved`: the thread could not be opened again."""
    left = " GitHub does not let this App open the thread again; you can." if resolved else ""
    return f"The finding is open again; `{prefix}dismiss <reason>` lets it go.{left}"


def help_text(prefix: str, mention: str, who: Mapping[str, Permission]) -> str:
    """The list, with the prefix and the name that hold here."""
    name = mention.removesuffix("[bot]")
    return (
        f"{commands_table(prefix, who)}\n\n"
        f"On the first line of a comment, or as {code(f'@{name} review')}. Several commands, one a "
        "line, run in order. Replies in a finding's thread know that finding."
    )


def config_text(held: HeldPolicy, base_ref: str) -> str:
    """The configuration that holds, defaults written out."""
    notes = [f"- {one_line(note, 600)}" for note in held.notes]
    text = visible(as_yaml(held.policy)).replace("<!--", f"<{_JOINER}!--").rstrip("\n")
    room = BODY_LIMIT - 4_000 - sum(map(len, notes))
    if len(text) > room:
        text = text[: max(room, 0)].rpartition("\n")[0] + "\n# cut at GitHub's limit"
    head = f"The configuration that holds here, from {code(base_ref)} and its owner's default:"
    return "\n\n".join(part for part in (head, fenced(text, "yaml"), "\n".join(notes)) if part)


def status_text(status: Status) -> str:
    """What was reviewed, what is open, what it cost."""
    if status.reviewed:
        newest = " (the newest)" if status.reviewed == status.head else ""
        rounds = f" in {plural(status.rounds, 'round')}" if status.rounds else ""
        rows = [f"Reviewed up to {code(status.reviewed[:12])}{newest}{rounds}."]
    else:
        rows = ["Nothing is reviewed yet."]
    if status.reviewed != status.head:
        rows.append(f"The newest commit is {code(status.head[:12])}.")
    still = counted(status.open) if any(status.open.values()) else "nothing"
    hidden = sum(status.not_shown.values())
    rows.append(f"Open: {still}{f', {hidden} not shown' if hidden else ''}. Fixed: {status.fixed}.")
    rows.append(f"Dismissed: {status.dismissed}." if status.dismissed else "")
    if status.waiting:
        rows.append(f"Waiting for a second person: {status.waiting}.")
    rows.append("Paused: pushes are not reviewed." if status.paused else "")
    # One dollar sign: between two GitHub would see a formula.
    rows.append(
        f"The model has cost ${status.reviews_usd:.2f} for reviews and "
        f"{status.commands_usd:.2f} USD for commands and answers here."
    )
    return " ".join(row for row in rows if row)
