"""One table of commands: parser, help, docs and permissions say the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewer.intake.commands import COMMANDS, Permission
from reviewer.intake.commands_table import DEFAULTS, commands_table
from reviewer.policy.sections import CommandPermissions
from tests.support.command import reviewer

DOCS = Path(__file__).parent.parent.parent / "docs" / "commands.md"


def test_the_configuration_has_the_same_commands_and_the_same_defaults() -> None:
    assert CommandPermissions().model_dump() == {
        command.name: command.permission.value for command in COMMANDS
    }


def test_the_docs_show_the_table() -> None:
    text = DOCS.read_text("utf-8")
    shown = text.partition("<!-- commands -->\n")[2].partition("\n<!-- /commands -->")[0]
    assert shown == commands_table(), "make it anew: reviewer commands"
    assert reviewer("commands").stdout == commands_table() + "\n"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: str(command.name))
def test_a_bar_in_a_usage_ends_no_cell_and_the_prefix_is_shown(command: object) -> None:
    who = dict.fromkeys(DEFAULTS, Permission.ADMIN)
    (row,) = [
        row
        for row in commands_table("/trading-", who).splitlines()
        if row.startswith(f"| `/trading-{command.name}")  # type: ignore[attr-defined]
    ]
    assert row.replace("\\|", "").count("|") == 5
    assert "| admin |" in row
