"""The README says what is so."""

from __future__ import annotations

import re
from pathlib import Path

from reviewer.settings_table import settings_table
from tests.support.command import reviewer

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_the_configuration_table_is_the_settings() -> None:
    assert f"<!-- settings -->\n{settings_table()}\n<!-- /settings -->" in README


def test_every_command_it_names_exists() -> None:
    for command in set(re.findall(r"`reviewer ([a-z]+(?: (?:open|push|register))?)", README)):
        done = reviewer(*command.split(), "--help")
        assert done.returncode == 0, command


def test_every_link_into_the_repository_leads_somewhere() -> None:
    for document in [ROOT / "README.md", *ROOT.glob("docs/*.md"), ROOT / "deploy" / "README.md"]:
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text("utf-8")):
            assert (document.parent / link).exists(), f"{document.name}: {link}"
