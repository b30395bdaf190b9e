"""The commands as a table: for `/help`, for docs/commands.md and for `reviewer commands`."""

from __future__ import annotations

from collections.abc import Mapping

from reviewer.intake.commands import COMMANDS, Command, Permission
from reviewer.intake.comment import DEFAULT_PREFIX

DEFAULTS: Mapping[str, Permission] = {command.name: command.permission for command in COMMANDS}


def commands_table(prefix: str = DEFAULT_PREFIX, who: Mapping[str, Permission] = DEFAULTS) -> str:
    """GitHub's markdown: command, who may give it, what it does, and where."""
    rows = [
        "| command | from role | what it does | in a finding's thread |",
        "| --- | --- | --- | --- |",
    ]
    rows += [
        f"| {usage(command, prefix)} | {who[command.name]} "
        f"| {command.summary} | {_where(command)} |"
        for command in COMMANDS
    ]
    return "\n".join(rows)


def usage(command: Command, prefix: str) -> str:
    """`/ask <question>` as code; a bar in it would end a cell of the table."""
    words = f"{prefix}{command.name} {command.usage}".strip()
    return f"`{words}`".replace("|", "\\|")


def _where(command: Command) -> str:
    if command.needs_finding:
        return "only there"
    return "about that finding" if command.knows_finding else ""
