"""The configuration: read once from the environment, checked, frozen.

`SETTINGS` is the one table that makes the reader, the error messages and the table in the README.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast, get_args
from urllib.parse import urlsplit

from reviewer.agent.reading import Depth
from reviewer.agent.request import Effort
from reviewer.agent.usage import Price
from reviewer.errors import Misconfigured
from reviewer.policy.texts import MOST_USD
from reviewer.settings_reader import Reader, Setting

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
    Setting(
        "REVIEWER_MODEL_PROVIDER",
        "anthropic",
        "Whose model API: anthropic, bedrock, vertex, foundry. The clouds' own variables name "
        "region, project and credentials.",
    ),
    Setting("REVIEWER_MODEL_URL", "", "Another address of the model API, such as a gateway."),
    Setting(
        "REVIEWER_MODEL_HEADER",
        "",
        "A header that a gateway wants, as `Name: value`.",
        secret=True,
    ),
    Setting("REVIEWER_MODEL", "", "Model, instead of the one that the agent file names."),
    Setting("REVIEWER_FALLBACK_MODEL", "", "Model to ask when the first one cannot be reached."),
    Setting("REVIEWER_AGENT", "", "Path of an agent file to run instead of `prompts/agent.md`."),
    Setting(
        "REVIEWER_REPOSITORY_AGENT",
        "false",
        "Whether a repository's own agent file, named in its base branch's configuration, runs "
        "instead: true, false.",
    ),
    Setting("REVIEWER_EFFORT", "high", "Effort asked of the model: low, medium, high, xhigh, max."),
    Setting(
        "REVIEWER_DEPTH",
        "standard",
        "How thoroughly a change is read: economy, standard, thorough (docs/reading.md).",
    ),
    Setting("REVIEWER_MODEL_TIMEOUT", "300", "Seconds that one model call may take, up to 3600."),
    Setting("REVIEWER_MODEL_CONCURRENCY", "8", "Model calls that one process makes at a time."),
    Setting(
        "REVIEWER_MODEL_PRICES",
        "",
        "Prices instead of the list prices, in dollars per million tokens: `MODEL=IN/OUT, …` or "
        "`MODEL=IN/OUT/WRITE_5M/WRITE_1H/READ, …`.",
    ),
    Setting("REVIEWER_BUDGET_CALL_USD", "4", "Model cost that one call may reach."),
    Setting("REVIEWER_BUDGET_PUSH_USD", "5", "Model cost that the review of one push may reach."),
    Setting("REVIEWER_BUDGET_PULL_USD", "5", "Model cost that one pull request may reach."),
    Setting("REVIEWER_BUDGET_REPO_DAY_USD", "25", "Model cost of one repository in one UTC day."),
    Setting(
        "REVIEWER_BUDGET_INSTALLATION_DAY_USD",
        "100",
        "Model cost of one installation, that is one account, in one UTC day.",
    ),
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
    Setting(
        "REVIEWER_REDELIVERY",
        "on",
        "Whether GitHub is asked again for deliveries that did not reach the App: on, off.",
    ),
    Setting(
        "REVIEWER_COMMANDS_PER_HOUR",
        "30",
        "Commands that ask the model which one person may give in a repository in an hour.",
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
    Setting(
        "REVIEWER_POLL_SECONDS",
        "0.15",
        "How often a worker looks for reviews; for commands half as often, for other events a "
        "quarter. At 0.07 an idle worker takes a tenth of a processor.",
    ),
    Setting("REVIEWER_RETRY_SECONDS", "2", "First wait before a failed step is tried again."),
    Setting(
        "REVIEWER_WAIT_SECONDS",
        "20",
        "Longest wait that a job keeps its place for; a longer one, such as the model's "
        "`Retry-After`, puts it off, and others run meanwhile.",
    ),
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
    model_provider: str
    model_url: str
    model_header: str = field(repr=False)
    model: str
    fallback_model: str
    agent: Path | None
    repository_agent: bool
    effort: Effort
    depth: Depth
    model_timeout: float
    model_concurrency: int
    model_prices: Mapping[str, Price]
    budget_call_usd: float
    budget_push_usd: float
    budget_pull_usd: float
    budget_repo_day_usd: float
    budget_installation_day_usd: float
    gate: str
    ci_evidence: str
    redelivery: bool
    commands_per_hour: int
    host: str
    port: int
    data_dir: Path
    database_url: str = field(repr=False)
    encryption_keys: tuple[str, ...] = field(repr=False)
    concurrency: int
    poll_seconds: float
    retry_seconds: float
    wait_seconds: float
    settle_seconds: float
    drain_seconds: float
    retention_days: int
    git_cache_mb: int
    max_file_kb: int
    executor_id: str
    log: str

    @property
    def has_model(self) -> bool:
        """Whether there is a model to ask: two of the clouds take no key of ours."""
        return bool(self.anthropic_api_key) or self.model_provider in ("bedrock", "vertex")

    @property
    def git_url(self) -> str:
        """Where repositories are fetched from, without a slash at the end."""
        parts = urlsplit(self.github_url)
        host = "github.com" if parts.netloc == "api.github.com" else parts.netloc
        return f"{parts.scheme}://{host}"

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Config:
        """Read and check all of `SETTINGS`. Raises Misconfigured with every mistake at once."""
        reader = Reader(environ, SETTINGS)
        agent = reader.text("REVIEWER_AGENT")
        config = cls(
            app_id=reader.text("REVIEWER_APP_ID"),
            private_key=reader.text("REVIEWER_PRIVATE_KEY"),
            webhook_secret=reader.text("REVIEWER_WEBHOOK_SECRET").encode(),
            github_url=reader.url("REVIEWER_GITHUB_URL"),
            anthropic_api_key=reader.text("ANTHROPIC_API_KEY"),
            model_provider=reader.one_of(
                "REVIEWER_MODEL_PROVIDER", "anthropic", "bedrock", "vertex", "foundry"
            ),
            model_url=reader.url("REVIEWER_MODEL_URL"),
            model_header=reader.header("REVIEWER_MODEL_HEADER"),
            model=reader.text("REVIEWER_MODEL"),
            fallback_model=reader.text("REVIEWER_FALLBACK_MODEL"),
            agent=Path(agent) if agent else None,
            repository_agent=reader.one_of("REVIEWER_REPOSITORY_AGENT", "true", "false") == "true",
            effort=cast(Effort, reader.one_of("REVIEWER_EFFORT", *get_args(Effort))),
            depth=cast(Depth, reader.one_of("REVIEWER_DEPTH", *get_args(Depth))),
            model_timeout=reader.number("REVIEWER_MODEL_TIMEOUT", above=0, most=3600),
            model_concurrency=reader.whole("REVIEWER_MODEL_CONCURRENCY", at_least=1),
            model_prices=reader.prices("REVIEWER_MODEL_PRICES"),
            budget_call_usd=reader.number("REVIEWER_BUDGET_CALL_USD"),
            budget_push_usd=reader.number("REVIEWER_BUDGET_PUSH_USD"),
            budget_pull_usd=reader.number("REVIEWER_BUDGET_PULL_USD", most=MOST_USD),
            budget_repo_day_usd=reader.number("REVIEWER_BUDGET_REPO_DAY_USD", most=MOST_USD),
            budget_installation_day_usd=reader.number("REVIEWER_BUDGET_INSTALLATION_DAY_USD"),
            gate=reader.one_of("REVIEWER_GATE", "off", "critical", "important"),
            ci_evidence=reader.text("REVIEWER_CI_EVIDENCE"),
            redelivery=reader.one_of("REVIEWER_REDELIVERY", "on", "off") == "on",
            commands_per_hour=reader.whole("REVIEWER_COMMANDS_PER_HOUR", at_least=1),
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
            wait_seconds=reader.number("REVIEWER_WAIT_SECONDS", above=0),
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
