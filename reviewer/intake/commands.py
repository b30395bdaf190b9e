"""The slash commands: the one table that makes the parser, the help, the docs and the check of
permissions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    """What somebody may do in a repository, in GitHub's words, least first."""

    READ = "read"
    TRIAGE = "triage"
    WRITE = "write"
    MAINTAIN = "maintain"
    ADMIN = "admin"

    def allows(self, needed: Permission) -> bool:
        """Whether this is at least what is needed."""
        order = list(Permission)
        return order.index(self) >= order.index(needed)


class Takes(StrEnum):
    """What may stand behind a command's name."""

    NOTHING = "nothing"
    SCOPE = "scope"
    """`full`, a path or a glob, or nothing."""
    ITEM = "item"
    """`path::item`, or nothing."""
    TEXT = "text"
    """Words, required; they may go on over the next lines."""
    TEXT_OR_NOTHING = "text or nothing"


@dataclass(frozen=True, slots=True)
class Command:
    """One command as people see it."""

    name: str
    takes: Takes
    usage: str
    """What stands behind the name, as the help shows it."""
    summary: str
    knows_finding: bool = False
    """Inside one of our threads it is about that thread's finding."""
    needs_finding: bool = False
    """Outside such a thread it has nothing to be about."""
    permission: Permission = Permission.WRITE
    """Who may give it, unless the repository's configuration says otherwise."""
    costs: bool = False
    """It asks the model."""
    when_closed: bool = False
    """It is answered on a closed pull request too."""


COMMANDS: tuple[Command, ...] = (
    Command("review", Takes.SCOPE, "[full | path or glob]",
            "Review what changed since the last review, all of it, or some files.",
            permission=Permission.TRIAGE, costs=True),
    Command("ask", Takes.TEXT, "<question>", "Answer a question about this change.",
            knows_finding=True, permission=Permission.TRIAGE, costs=True),
    Command("explain", Takes.NOTHING, "", "Explain a finding step by step.",
            knows_finding=True, needs_finding=True, permission=Permission.TRIAGE, costs=True),
    Command("fix", Takes.NOTHING, "", "Propose code that repairs a finding.",
            knows_finding=True, needs_finding=True, costs=True),
    Command("test", Takes.ITEM, "[path::item]",
            "Write tests that show a finding, or that hold an item.", knows_finding=True,
            costs=True),
    Command("optimize", Takes.ITEM, "[path::item]",
            "What to measure, and how to make an item cheaper or faster.", knows_finding=True,
            costs=True),
    Command("design", Takes.TEXT, "<question>", "Discuss a design.", costs=True),
    Command("dismiss", Takes.TEXT, "<reason>",
            "Let a finding go, for good; the reason is kept.", knows_finding=True,
            needs_finding=True),
    Command("reopen", Takes.NOTHING, "", "Take a dismissal back.", knows_finding=True,
            needs_finding=True),
    Command("pause", Takes.NOTHING, "", "No reviews on push for this pull request."),
    Command("resume", Takes.NOTHING, "", "Reviews on push again."),
    Command("status", Takes.NOTHING, "", "What was reviewed, what is open, what it cost.",
            permission=Permission.READ, when_closed=True),
    Command("config", Takes.NOTHING, "", "The configuration that holds here.",
            permission=Permission.READ, when_closed=True),
    Command("help", Takes.NOTHING, "", "This list.", permission=Permission.READ, when_closed=True),
)  # fmt: skip
"""Every command, in the order of the help."""

BY_NAME: dict[str, Command] = {command.name: command for command in COMMANDS}
