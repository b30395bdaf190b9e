"""The configuration says everything that is wrong with it, and nothing that is secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewer.config import SETTINGS, Config
from reviewer.errors import Misconfigured

NEEDED = {
    "REVIEWER_APP_ID": "1",
    "REVIEWER_PRIVATE_KEY": "pem-of-the-app",
    "REVIEWER_WEBHOOK_SECRET": "webhook-secret",
}


def test_defaults_are_enough_beside_the_three_needed_values() -> None:
    config = Config.from_env(NEEDED)
    assert config.github_url == "https://api.github.com"
    assert config.git_url == "https://github.com"
    assert config.concurrency == 16


def test_enterprise_server_is_one_address() -> None:
    config = Config.from_env(NEEDED | {"REVIEWER_GITHUB_URL": "https://git.acme.test/api/v3/"})
    assert config.git_url == "https://git.acme.test"


def test_every_mistake_is_named_at_once() -> None:
    with pytest.raises(Misconfigured) as caught:
        Config.from_env({"REVIEWER_PORT": "http", "REVIEWER_GATE": "maybe"})
    for name in (*NEEDED, "REVIEWER_PORT", "REVIEWER_GATE"):
        assert name in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REVIEWER_GITHUB_URL", "ftp://x"),
        ("REVIEWER_GITHUB_URL", "https://user:hunter22@x"),
        ("REVIEWER_CONCURRENCY", "0"),
        ("REVIEWER_CONCURRENCY", "1.5"),
        ("REVIEWER_POLL_SECONDS", "nan"),
        ("REVIEWER_BUDGET_PULL_USD", "10001"),
        ("REVIEWER_BUDGET_REPO_DAY_USD", "20000"),
        ("REVIEWER_POLL_SECONDS", "0"),
        ("REVIEWER_DATABASE_URL", "mysql://x"),
        ("REVIEWER_DATABASE_URL", "postgresql://no-encryption-key"),
        ("REVIEWER_WEBHOOK_SECRET_FILE", "/nonexistent/secret"),
    ],
)
def test_a_wrong_value_is_refused_without_being_repeated(name: str, value: str) -> None:
    environ = NEEDED | {name: value}
    if name.endswith("_FILE"):
        del environ[name.removesuffix("_FILE")]
    with pytest.raises(Misconfigured) as caught:
        Config.from_env(environ)
    assert "hunter22" not in str(caught.value)


def test_a_secret_can_be_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from-a-file\n")
    environ = NEEDED | {"REVIEWER_WEBHOOK_SECRET_FILE": str(tmp_path / "secret")}
    del environ["REVIEWER_WEBHOOK_SECRET"]
    assert Config.from_env(environ).webhook_secret == b"from-a-file"


def test_secrets_stay_out_of_the_repr() -> None:
    secrets = {s.name: f"value-of-{s.name}" for s in SETTINGS if s.secret}
    secrets["REVIEWER_DATABASE_URL"] = "postgresql://user:value-of-password@host/db"
    secrets["REVIEWER_MODEL_HEADER"] = "X-Gateway: value-of-header"
    shown = repr(Config.from_env(NEEDED | secrets))
    assert "value-of" not in shown
