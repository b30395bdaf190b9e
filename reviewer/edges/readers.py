"""Who reads a change and how, as the configuration says, and what it is given to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from reviewer.agent.agent_file import (
    MODEL_ALIASES,
    AgentFile,
    parse_agent_file,
    resolve_model,
)
from reviewer.agent.focus import Focus
from reviewer.agent.material import Material, PullText
from reviewer.agent.prompts_dir import read_prompt
from reviewer.agent.reading import Reading
from reviewer.agent.report import AgentReport
from reviewer.config import Config
from reviewer.edges.breaker import Breaker
from reviewer.edges.model_client import ModelAccess
from reviewer.errors import Misconfigured
from reviewer.evidence import EvidenceReport
from reviewer.policy.problem import shown
from reviewer.publish.markdown import absence_of
from reviewer.pull.base import repository_before
from reviewer.pull.snapshot import Snapshot
from reviewer.pull.texts import Code
from reviewer.rust.file import RustFile
from reviewer.rust.lookup import lookup
from reviewer.rust.repository import Repository
from reviewer.scope.rooms import Scope


def material_of(
    agent: AgentFile,
    snapshot: Snapshot,
    code: Code,
    trees: Mapping[str, RustFile],
    head: Repository,
    scope: Scope,
    evidence: EvidenceReport,
    nonce: str,
    profile_text: str = "",
    focus: Focus | None = None,
) -> Material:
    """What the agent is given to read; `profile_text` comes from the base branch alone."""
    return Material(
        agent=agent,
        pull=PullText(snapshot.title, snapshot.body),
        diff=code.diff,
        heads=code.heads,
        unread=code.unread,
        scope=scope,
        evidence=evidence,
        item_at=lookup(trees),
        head=head,
        base=repository_before(code.diff, head),
        nonce=nonce,
        profile=profile_text,
        focus=focus,
    )


def with_reader(report: AgentReport, own_agent: str | None) -> AgentReport:
    """The report with a sentence where no model has read, or where a repository's own agent has.

    `own_agent` is the path of its file in the base branch.
    """
    if report.nothing_new:
        return report
    if report.model is None:
        return replace(report, absence=absence_of(report.stopped))
    if own_agent is None:
        return report
    said = f"Read by the repository's own agent, {shown(own_agent)} of the base branch."
    return replace(report, remarks=(said, *report.remarks))


def reading_of(config: Config, model: str, fallback: str) -> Reading:
    """The settings of the configuration."""
    return Reading(
        model=model,
        fallback=fallback,
        effort=config.effort,
        depth=config.depth,
        concurrency=config.model_concurrency,
        budget_usd=min(config.budget_push_usd, config.budget_pull_usd),
        prices=config.model_prices,
    )


def chosen_agent(config: Config) -> tuple[AgentFile, str]:
    """The agent file and the model's id. Raises Misconfigured when they cannot be used."""
    agent = _agent_file(config.agent)
    return agent, _model_id(config, config.model, agent.model)


def fallback_model(config: Config) -> str:
    """The model to ask when the first is away; empty for none. Raises Misconfigured."""
    return _model_id(config, config.fallback_model, "")


def access_of(config: Config) -> ModelAccess:
    """Where the configuration says that the model is."""
    return ModelAccess(
        api_key=config.anthropic_api_key,
        provider=config.model_provider,
        base_url=config.model_url,
        header=config.model_header,
        timeout=config.model_timeout,
        proxies_from_environment=True,
    )


def breaker_of(config: Config) -> Breaker:
    """With a rest that goes with the waits between two tries of a step: 30 s by default."""
    return Breaker(rest=15 * config.retry_seconds)


def reservation_seconds(config: Config) -> float:
    """After how long a call that nobody settled must be one that a crash ended."""
    return 3600 + 6 * config.model_timeout


def _model_id(config: Config, name: str, default: str) -> str:
    # A cloud or a gateway has names of its own for the models.
    elsewhere = config.model_provider != "anthropic" or bool(config.model_url)
    if elsewhere and name not in MODEL_ALIASES and name not in ("", "inherit"):
        return name
    return resolve_model(name, default=default)


def _agent_file(path: Path | None) -> AgentFile:
    if path is None:
        return parse_agent_file(read_prompt("agent.md"))
    try:
        return parse_agent_file(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"REVIEWER_AGENT: {path} cannot be read: {error}") from error
