"""What the runbook and the example of the settings say is true of the program."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reviewer.cli import main
from reviewer.config import SETTINGS, Config
from reviewer.edges.database import SQLITE_FILE
from reviewer.edges.housekeeping import DEAD_AFTER_SECONDS, HEARTBEAT_SECONDS
from reviewer.edges.sealing import KEY_FILE
from reviewer.intake.delivery import MAX_BODY_BYTES
from reviewer.settings_reader import Setting

ROOT = Path(__file__).parent.parent.parent
DEPLOY = ROOT / "deploy"
RUNBOOK = (DEPLOY / "README.md").read_text("utf-8")
EXAMPLE = (DEPLOY / ".env.example").read_text("utf-8")
FILES = sorted(path for path in DEPLOY.iterdir() if path.is_file())
NAMES = {setting.name for setting in SETTINGS}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_variable_that_is_named_is_a_setting(path: Path) -> None:
    named = set(re.findall(r"\b(?:REVIEWER|ANTHROPIC)_[A-Z_]+\b", path.read_text("utf-8")))
    secret_files = {f"{setting.name}_FILE" for setting in SETTINGS if setting.secret}
    assert named <= NAMES | secret_files


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_the_example_has_each_setting_with_its_help_and_default(setting: Setting) -> None:
    lines = EXAMPLE.splitlines()
    at = lines.index(f"# {setting.help}")
    if setting.secret:
        assert lines[at + 2] == f"#{setting.name}_FILE="
    elif setting.default is None:
        assert lines[at + 1] == f"{setting.name}="
    else:
        assert lines[at + 1] == f"#{setting.name}={setting.default}"


def test_the_example_filled_in_is_a_configuration(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("a-secret\n")
    environ = dict(re.findall(r"^#?([A-Z_]+)=(.*)$", EXAMPLE, flags=re.MULTILINE))
    environ["REVIEWER_APP_ID"] = "1"
    for name in ("REVIEWER_PRIVATE_KEY_FILE", "REVIEWER_WEBHOOK_SECRET_FILE"):
        environ[name] = str(tmp_path / "secret")
    plain = {name: environ[name] for name in environ if environ[name] == str(tmp_path / "secret")}
    assert Config.from_env(environ) == Config.from_env({"REVIEWER_APP_ID": "1", **plain})


def test_every_command_that_is_named_exists() -> None:
    named = set(re.findall(r"(?:bin/|`)reviewer ([a-z]+)", RUNBOOK))
    named |= set(re.findall(r"docker run --rm trading-reviewer ([a-z]+)", RUNBOOK))
    assert {"serve", "web", "worker", "key"} <= named
    assert named <= set(main.commands)


def test_every_file_that_is_linked_exists() -> None:
    for link in re.findall(r"\]\(([^)]+)\)", RUNBOOK):
        path, _, anchor = link.partition("#")
        assert not path or (DEPLOY / path).exists(), link
        if not path:
            headings = re.findall(r"^## (.+)$", RUNBOOK, flags=re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in headings}


def test_lines_of_the_log_that_are_explained_are_written_somewhere() -> None:
    source = "".join(path.read_text("utf-8") for path in (ROOT / "reviewer").rglob("*.py"))
    for line in (
        "the configuration cannot be used",
        "GitHub does not accept the App",
        ", will be tried again",
        "is put off for",
        "could not look at",
        "review of %s failed",
        "of dead workers go on elsewhere",
        "another process runs as",
    ):
        assert line in source, line
        assert line.replace("%s", "…").removeprefix(", ") in RUNBOOK, line


def test_numbers_and_names_are_those_of_the_program() -> None:
    assert f"`{KEY_FILE}`" in RUNBOOK
    assert f"/{SQLITE_FILE}" in RUNBOOK
    assert (HEARTBEAT_SECONDS, DEAD_AFTER_SECONDS) == (5, 20)
    assert "every five seconds" in RUNBOOK
    assert "silent for twenty seconds" in RUNBOOK
    assert f"up to {MAX_BODY_BYTES // 1024**2} MB" in RUNBOOK
    (limit,) = re.findall(r"max_size (\d+)MB", (DEPLOY / "Caddyfile").read_text("utf-8"))
    assert int(limit) * 1_000_000 > MAX_BODY_BYTES
    drain = next(s.default for s in SETTINGS if s.name == "REVIEWER_DRAIN_SECONDS")
    assert f"`REVIEWER_DRAIN_SECONDS` ({drain})" in RUNBOOK
