"""The configuration: read once from the environment, checked, frozen.

`SETTINGS` is the one table that makes the reader, the error messages and the table in the README.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast, get_args
from urllib.parse import urlsplit

from reviewer.agent.request import Effort
from reviewer.errors import Misconfigured


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable. A secret may also be given as a file, by `<name>_FILE`."""

    name: str
    default: str | None
    """None: has to be given. Empty: may be left out."""
    help: str
    secret: bool = False


_CI_EVIDENCE = re.compile(r"(?:off|alerts|artifact:[^\x00-\x1f\\/:*?\"<>|]{1,255})\Z")
"""GitHub allows these letters in the name of an artifact."""
MAX_FILE_KB = 1024
"""Rust files above this size are not read, unless it is set otherwise."""

SETTINGS: tuple[Setting, ...] = (
    Setting("REVIEWER_APP_ID", None, "The GitHub App's id or client id."),
    Setting("REVIEWER_PRIVATE_KEY", None, "The App's private key (PEM).", secret=True),
    Setting("REVIEWER_WEBHOOK_SECRET", None, "The secret that GitHub signs with.", secret=True),
    Setting(
        "REVIEWER_GITHUB_URL",
        "https://api.github.com",
        "REST API of GitHub; on Enterprise Server `https://HOST/api/v3`.",
    ),
    Setting(
        "ANTHROPIC_API_KEY",
        "",
        "Key of the model API. Without it a review is made of the evidence alone and says so.",
        secret=True,
    ),
    Setting("REVIEWER_MODEL_URL", "", "Another address of the model API, such as a gateway."),
    Setting("REVIEWER_MODEL", "", "Model, instead of the one that the agent file names."),
    Setting("REVIEWER_AGENT", "", "Path of an agent file to run instead of `prompts/agent.md`."),
    Setting("REVIEWER_EFFORT", "high", "Effort asked of the model: low, medium, high, xhigh, max."),
    Setting("REVIEWER_MODEL_TIMEOUT", "300", "Seconds that one model call may take."),
    Setting("REVIEWER_BUDGET_PULL_USD", "5", "Model cost that one pull request may reach."),
    Setting("REVIEWER_BUDGET_REPO_DAY_USD", "25", "Model cost of one repository in one UTC day."),
    Setting(
        "REVIEWER_GATE",
        "off",
        "From which severity on the check run fails: off, critical, important.",
    ),
    Setting(
        "REVIEWER_CI_EVIDENCE",
        "off",
        "What the model is told of your CI: `off`, `alerts` (code scanning; the App needs "
        "`security_events: read`) or `artifact:NAME` (SARIF or cargo's JSON that a workflow run of "
        "the head uploaded; `actions: read`).",
    ),
    Setting("REVIEWER_HOST", "127.0.0.1", "Address to listen on."),
    Setting("REVIEWER_PORT", "8080", "Port to listen on; 0 takes a free one."),
    Setting("REVIEWER_DATA_DIR", "data", "Directory of the SQLite store and the git cache."),
    Setting(
        "REVIEWER_DATABASE_URL",
        "",
        "`postgresql://…`, shared by `reviewer web` and `reviewer worker`.",
        secret=True,
    ),
    Setting(
        "REVIEWER_ENCRYPTION_KEY",
        "",
        "Key of what is stored (make one with `reviewer key`; several, newest first, separated "
        "by commas, to change it). Left out on SQLite, one is made in the data directory.",
        secret=True,
    ),
    Setting("REVIEWER_CONCURRENCY", "16", "Reviews that one process runs at a time."),
    Setting("REVIEWER_POLL_SECONDS", "0.1", "How often a worker looks for work."),
    Setting("REVIEWER_RETRY_SECONDS", "2", "First wait before a failed step is tried again."),
    Setting(
        "REVIEWER_SETTLE_SECONDS",
        "15",
        "How long GitHub may still apply a write that a crash cut off, before it is looked for.",
    ),
    Setting("REVIEWER_DRAIN_SECONDS", "30", "How long SIGTERM waits for running reviews."),
    Setting("REVIEWER_RETENTION_DAYS", "30", "After how many days stored rows are deleted."),
    Setting("REVIEWER_GIT_CACHE_MB", "2048", "Size at which the git cache drops repositories."),
    Setting(
        "REVIEWER_MAX_FILE_KB",
        str(MAX_FILE_KB),
        "Files above this size are not read, and named so.",
    ),
    Setting("REVIEWER_EXECUTOR_ID", "", "Name of this worker, stable over restarts."),
    Setting("REVIEWER_LOG", "text", "Form of the log on standard error: text or json."),
)


@dataclass(frozen=True, slots=True)
class Config:
    """The checked configuration. Fields that hold secrets are left out of `repr`."""

    app_id: str
    private_key: str = field(repr=False)
    webhook_secret: bytes = field(repr=False)
    github_url: str
    anthropic_api_key: str = field(repr=False)
    model_url: str
    model: str
    agent: Path | None
    effort: Effort
    model_timeout: float
    budget_pull_usd: float
    budget_repo_day_usd: float
    gate: str
    ci_evidence: str
    host: str
    port: int
    data_dir: Path
    database_url: str = field(repr=False)
    encryption_keys: tuple[str, ...] = field(repr=False)
    concurrency: int
    poll_seconds: float
    retry_seconds: float
    settle_seconds: float
    drain_seconds: float
    retention_days: int
    git_cache_mb: int
    max_file_kb: int
    executor_id: str
    log: str

    @property
    def git_url(self) -> str:
        """Where repositories are fetched from, without a slash at the end."""
        parts = urlsplit(self.github_url)
        host = "github.com" if parts.netloc == "api.github.com" else parts.netloc
        return f"{parts.scheme}://{host}"

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Config:
        """Read and check all of `SETTINGS`. Raises Misconfigured with every mistake at once."""
        reader = _Reader(environ)
        agent = reader.text("REVIEWER_AGENT")
        config = cls(
            app_id=reader.text("REVIEWER_APP_ID"),
            private_key=reader.text("REVIEWER_PRIVATE_KEY"),
            webhook_secret=reader.text("REVIEWER_WEBHOOK_SECRET").encode(),
            github_url=reader.url("REVIEWER_GITHUB_URL"),
            anthropic_api_key=reader.text("ANTHROPIC_API_KEY"),
            model_url=reader.url("REVIEWER_MODEL_URL"),
            model=reader.text("REVIEWER_MODEL"),
            agent=Path(agent) if agent else None,
            effort=cast(Effort, reader.one_of("REVIEWER_EFFORT", *get_args(Effort))),
            model_timeout=reader.number("REVIEWER_MODEL_TIMEOUT", above=0),
            budget_pull_usd=reader.number("REVIEWER_BUDGET_PULL_USD"),
            budget_repo_day_usd=reader.number("REVIEWER_BUDGET_REPO_DAY_USD"),
            gate=reader.one_of("REVIEWER_GATE", "off", "critical", "important"),
            ci_evidence=reader.text("REVIEWER_CI_EVIDENCE"),
            host=reader.text("REVIEWER_HOST"),
            port=reader.whole("REVIEWER_PORT", at_least=0),
            data_dir=Path(reader.text("REVIEWER_DATA_DIR")),
            database_url=reader.text("REVIEWER_DATABASE_URL"),
            encryption_keys=tuple(
                key.strip()
                for key in reader.text("REVIEWER_ENCRYPTION_KEY").split(",")
                if key.strip()
            ),
            concurrency=reader.whole("REVIEWER_CONCURRENCY", at_least=1),
            poll_seconds=reader.number("REVIEWER_POLL_SECONDS", above=0),
            retry_seconds=reader.number("REVIEWER_RETRY_SECONDS", above=0),
            settle_seconds=reader.number("REVIEWER_SETTLE_SECONDS"),
            drain_seconds=reader.number("REVIEWER_DRAIN_SECONDS"),
            retention_days=reader.whole("REVIEWER_RETENTION_DAYS", at_least=1),
            git_cache_mb=reader.whole("REVIEWER_GIT_CACHE_MB", at_least=1),
            max_file_kb=reader.whole("REVIEWER_MAX_FILE_KB", at_least=1),
            executor_id=reader.text("REVIEWER_EXECUTOR_ID"),
            log=reader.one_of("REVIEWER_LOG", "text", "json"),
        )
        reader.refuse_unknown()
        if config.database_url and not config.database_url.startswith("postgresql://"):
            reader.mistakes.append("REVIEWER_DATABASE_URL must start with postgresql://")
        if not _CI_EVIDENCE.match(config.ci_evidence):
            reader.mistakes.append("REVIEWER_CI_EVIDENCE must be off, alerts or artifact:NAME")
        if config.database_url and not config.encryption_keys:
            reader.mistakes.append(
                "REVIEWER_ENCRYPTION_KEY is required with REVIEWER_DATABASE_URL, since every "
                "process must use the same one (make one with `reviewer key`)"
            )
        if reader.mistakes:
            raise Misconfigured(
                "the configuration cannot be used:\n  " + "\n  ".join(reader.mistakes)
            )
        return config


class _Reader:
    """Reads single settings and collects what is wrong with them; never repeats a value."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.mistakes: list[str] = []
        self._environ = environ
        self._settings = {setting.name: setting for setting in SETTINGS}

    def text(self, name: str) -> str:
        setting = self._settings[name]
        value = self._environ.get(name, "")
        if setting.secret and not value:
            value = self._from_file(f"{name}_FILE")
        value = value.strip() if value else (setting.default or "")
        if not value and setting.default is None and not self._environ.get(f"{name}_FILE"):
            also = f" (or {name}_FILE, the path of a file that holds it)" if setting.secret else ""
            self.mistakes.append(f"{name} is missing{also}: {setting.help}")
        return value

    def url(self, name: str) -> str:
        value = self.text(name).rstrip("/")
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.netloc):
            self.mistakes.append(f"{name} is not an http(s) address")
        if parts.username or parts.password:
            self.mistakes.append(f"{name} must not hold a user name or password")
        return value

    def number(self, name: str, *, above: float | None = None) -> float:
        try:
            value = float(self.text(name))
        except ValueError:
            self.mistakes.append(f"{name} is not a number")
            return 0.0
        if not 0 <= value < 1e9 or (above is not None and value <= above):
            self.mistakes.append(f"{name} is out of range")
        return value

    def whole(self, name: str, *, at_least: int) -> int:
        value = self.number(name)
        if value != int(value) or value < at_least:
            self.mistakes.append(f"{name} must be a whole number of at least {at_least}")
        return int(value)

    def one_of(self, name: str, *allowed: str) -> str:
        value = self.text(name)
        if value not in allowed:
            self.mistakes.append(f"{name} must be one of: {', '.join(allowed)}")
        return value

    def refuse_unknown(self) -> None:
        """A mistyped name must not pass for a setting that was left out."""
        known = {*self._settings, *(f"{s.name}_FILE" for s in SETTINGS if s.secret)}
        for name in sorted(self._environ):
            if name.startswith("REVIEWER_") and name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                meant = f"; did you mean {near[0]}?" if near else ""
                self.mistakes.append(f"{name} is not a setting{meant}")

    def _from_file(self, name: str) -> str:
        path = self._environ.get(name, "")
        if not path:
            return ""
        try:
            return Path(path).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            self.mistakes.append(
                f"the file that {name} names cannot be read: {type(error).__name__}"
            )
            return ""
