"""`reviewer config` as a process of its own, and the page that tells of it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema_rs
import pytest

from reviewer.policy.keys_table import keys_table
from reviewer.policy.messages import unusable
from reviewer.policy.parse import parse_policy
from reviewer.policy.policy import Policy
from tests.policy.samples import GOOD, policy, problems
from tests.support.command import reviewer
from tests.support.warm import ROOT

PAGE = (ROOT / "docs" / "configuration.md").read_text("utf-8")
SLIPS = "drafs: on\ngate: criticl\npaths:\n  - glob: src/book/**\n    rooms: [book]\n"


def marked(name: str) -> str:
    found = re.search(rf"<!-- {name} -->\n(.*?)\n<!-- /{name} -->", PAGE, re.DOTALL)
    assert found, name
    return found[1]


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The example of the page."""
    file = tmp_path / "trading-reviewer.yml"
    file.write_text(marked("example").removeprefix("```yaml\n").removesuffix("```"))
    return file


def test_the_example_of_the_page_is_right_and_shows_every_section(example: Path) -> None:
    done = reviewer("config", "check", example)
    assert (done.returncode, done.stdout) == (0, f"{example}: no problems\n")
    assert policy(example.read_text()).model_fields_set == set(Policy.model_fields)


def test_the_table_of_the_page_is_the_keys() -> None:
    assert marked("keys") == keys_table(), "make it anew: reviewer config keys"
    assert reviewer("config", "keys").stdout == keys_table() + "\n"


def test_the_mistakes_of_the_page_are_what_is_said(tmp_path: Path) -> None:
    (tmp_path / "slips.yml").write_text(SLIPS)
    done = reviewer("config", "check", tmp_path / "slips.yml")
    assert done.returncode == 1
    assert done.stdout.replace(f"{tmp_path}/", "") == marked("mistakes").strip("`").lstrip("\n")


def test_the_sentence_of_the_page_is_what_a_pull_request_is_told() -> None:
    assert "> " + unusable(problems("drafs: on\ngate: criticl\n")) == marked("sentence")
    assert "more" not in unusable(problems("drafs: on"))


def test_a_program_reads_the_mistakes_as_json(tmp_path: Path, example: Path) -> None:
    file = tmp_path / "slips.yml"
    file.write_text(SLIPS)
    done = reviewer("config", "check", file, "--json")
    said = json.loads(done.stdout)
    assert done.returncode == 1
    assert not said["ok"]
    assert [(p["line"], p["column"]) for p in said["problems"]] == [(1, 1), (2, 7), (5, 12)]
    assert json.loads(reviewer("config", "check", example, "--json").stdout)["ok"]


def test_what_cannot_be_read_ends_with_two(tmp_path: Path) -> None:
    for command in ("check", "show"):
        for path in (tmp_path / "none.yml", tmp_path):
            done = reviewer("config", command, path)
            assert done.returncode == 2
            assert done.stdout == ""
            assert done.stderr.startswith(f"reviewer: {path} cannot be read: ")


def test_what_is_shown_brings_the_same_about(example: Path) -> None:
    done = reviewer("config", "show", example)
    assert done.returncode == 0
    assert policy(done.stdout) == policy(example.read_text())
    assert "ask: triage" in done.stdout


@pytest.mark.parametrize("text", GOOD)
def test_every_policy_can_be_shown(text: str) -> None:
    from reviewer.policy.show import as_yaml

    assert parse_policy(as_yaml(policy(text))) == policy(text)


def test_it_is_shown_over_the_organisations(tmp_path: Path) -> None:
    (tmp_path / "org.yml").write_text("gate: critical\ntone: explained\n")
    (tmp_path / "own.yml").write_text("tone: concise\n")
    done = reviewer("config", "show", tmp_path / "own.yml", "--organisation", tmp_path / "org.yml")
    shown = policy(done.stdout)
    assert (shown.gate, shown.tone) == ("critical", "concise")


def test_a_file_with_mistakes_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "own.yml").write_text("tone: rude\n")
    done = reviewer("config", "show", tmp_path / "own.yml")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "own.yml:1:7: " in done.stderr


def test_a_terminal_without_unicode_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "own.yml").write_text("profile: {notes: Börse}\n")
    done = reviewer("config", "show", tmp_path / "own.yml", environ={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert "rse" in done.stdout


def test_the_schema_is_printed_for_editors(example: Path) -> None:
    schema = json.loads(reviewer("config", "schema").stdout)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    shown = json.loads(policy(example.read_text()).model_dump_json(exclude_unset=True))
    jsonschema_rs.validator_for(schema).validate(shown)
