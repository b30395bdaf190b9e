"""A configuration that cannot be used ends the program at once, with a sentence and code 78."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from reviewer.edges.preflight import preflight
from reviewer.edges.readers import chosen_agent
from reviewer.errors import Misconfigured
from reviewer.sandbox.client import AppKey
from tests.support.command import reviewer
from tests.support.configured import a_config

KEY = AppKey.generate().private


def run(command: str, directory: Path, **changes: str) -> subprocess.CompletedProcess[str]:
    settings = {
        "REVIEWER_APP_ID": "1",
        "REVIEWER_PRIVATE_KEY": KEY,
        "REVIEWER_WEBHOOK_SECRET": "a-webhook-secret",
        "REVIEWER_DATA_DIR": str(directory / "data"),
        "REVIEWER_PORT": "0",
    }
    return reviewer(command, environ=settings | changes)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"REVIEWER_PRIVATE_KEY": "hunter22-is-no-key"}, "not an RSA private key"),
        ({"REVIEWER_AGENT": "/nonexistent/agent.md"}, "REVIEWER_AGENT"),
        ({"REVIEWER_MODEL": "gpt"}, "gpt"),
        ({"REVIEWER_MODEL_PROVIDER": "bedrock"}, "pip install 'trading-reviewer[bedrock]'"),
        ({"REVIEWER_MODEL_PROVIDER": "clouds"}, "REVIEWER_MODEL_PROVIDER must be one of"),
        ({"REVIEWER_MODEL_TIMEOUT": "3601"}, "REVIEWER_MODEL_TIMEOUT is out of range"),
        ({"REVIEWER_MODEL_HEADER": "hunter22"}, "REVIEWER_MODEL_HEADER is not"),
        ({"REVIEWER_MODEL_PRICES": "mine"}, "REVIEWER_MODEL_PRICES is not"),
        ({"REVIEWER_FALLBACK_MODEL": "gpt"}, "gpt"),
        ({"REVIEWER_ENCRYPTION_KEY": "hunter22"}, "REVIEWER_ENCRYPTION_KEY is not a key"),
        ({"REVIEWER_ENCRYPTION_KEY": "schlüssel-hunter22"}, "REVIEWER_ENCRYPTION_KEY is not"),
        ({"REVIEWER_DATA_DIR": "/proc/nope"}, "REVIEWER_DATA_DIR cannot be made"),
        ({"REVIEWER_PORT": "99999"}, "cannot listen"),
        ({"REVIEWER_APPID": "4"}, "did you mean REVIEWER_APP_ID?"),
    ],
)
def test_serve_says_what_is_wrong_and_ends(
    tmp_path: Path, changes: dict[str, str], told: str
) -> None:
    done = run("serve", tmp_path, **changes)
    assert done.returncode == 78, done.stderr
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert "hunter22" not in done.stderr


@pytest.mark.parametrize("command", ["web", "worker"])
def test_a_database_that_is_away_is_no_configuration_error(tmp_path: Path, command: str) -> None:
    done = run(
        command,
        tmp_path,
        REVIEWER_DATABASE_URL="postgresql://x:hunter22@127.0.0.1:1/z",
        REVIEWER_ENCRYPTION_KEY=Fernet.generate_key().decode(),
    )
    assert done.returncode == 69, done.stderr
    assert "the store cannot be reached" in done.stderr
    assert "Traceback" not in done.stderr
    assert "hunter22" not in done.stderr


def test_a_store_of_another_key_is_refused_before_it_is_touched(tmp_path: Path) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings = {"REVIEWER_PRIVATE_KEY": KEY}
    preflight(a_config(tmp_path, REVIEWER_ENCRYPTION_KEY=old, **settings), listens=False)
    preflight(a_config(tmp_path, REVIEWER_ENCRYPTION_KEY=f"{new},{old}", **settings), listens=False)
    with pytest.raises(Misconfigured, match="another REVIEWER_ENCRYPTION_KEY"):
        preflight(a_config(tmp_path, REVIEWER_ENCRYPTION_KEY=new, **settings), listens=False)


def test_a_model_near_its_end_and_an_alias_are_told_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = {"REVIEWER_PRIVATE_KEY": KEY, "ANTHROPIC_API_KEY": "a-model-key"}
    preflight(a_config(tmp_path, **settings, REVIEWER_MODEL="claude-sonnet-4-5"), listens=False)
    assert "switched off on 2026-11-30" in caplog.text
    preflight(a_config(tmp_path, **settings, REVIEWER_MODEL="sonnet"), listens=False)
    assert "REVIEWER_MODEL=sonnet means claude-sonnet-5-5" in caplog.text


def test_a_gateway_may_name_its_models_as_it_likes(tmp_path: Path) -> None:
    config = a_config(
        tmp_path, REVIEWER_MODEL="team/reviewer-1", REVIEWER_MODEL_URL="https://gateway.example"
    )
    assert chosen_agent(config)[1] == "team/reviewer-1"
