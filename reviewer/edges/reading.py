"""The agent's reading of a change: packed, asked under budget, checked."""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Mapping
from pathlib import Path

from reviewer.agent.agent_file import (
    MODEL_ALIASES,
    AgentFile,
    parse_agent_file,
    resolve_model,
)
from reviewer.agent.budget import BudgetSpent
from reviewer.agent.find import read_answer
from reviewer.agent.pack import Packed, for_one_call, pack
from reviewer.agent.prompt import PullText, find_request
from reviewer.agent.prompts_dir import read_prompt
from reviewer.agent.report import AgentReport
from reviewer.agent.request import Call, ModelRefused, ModelRequest, ModelUnavailable
from reviewer.config import Config
from reviewer.edges.asking import Asking, Terms
from reviewer.edges.bookings import Bookings
from reviewer.edges.breaker import Breaker
from reviewer.edges.jobs import may_come_back
from reviewer.edges.meter import Meter
from reviewer.edges.model import AnthropicModel
from reviewer.edges.model_client import ModelAccess
from reviewer.errors import Misconfigured
from reviewer.evidence import EvidenceReport
from reviewer.intake.job import ReviewJob
from reviewer.publish.markdown import MODEL_REFUSED, MODEL_SILENT, NO_MODEL, OVER_BUDGET
from reviewer.pull.snapshot import Snapshot
from reviewer.pull.texts import Code
from reviewer.rust.file import RustFile
from reviewer.rust.lookup import lookup
from reviewer.scope.rooms import Scope

CALL_TOKENS = 120_000
"""Estimated tokens of the change that one call is given; what is above is named as not read."""

log = logging.getLogger(__name__)


class AgentReader:
    """Asks the model, when there is a key for it. Shared by all threads of a process."""

    def __init__(self, config: Config, bookings: Bookings, breaker: Breaker) -> None:
        """Read the agent file. Raises Misconfigured when it cannot be used."""
        self._config = config
        self._bookings = bookings
        self._agent, self._model_id = chosen_agent(config)
        self._terms = Terms.of(config, fallback_model(config))
        for warning in self._agent.warnings:
            log.warning("agent file: %s", warning)
        self._model = AnthropicModel(
            access_of(config),
            backoff=config.retry_seconds,
            concurrency=config.model_concurrency,
            breaker=breaker,
            meter=Meter(config.model_prices),
        )

    def read(
        self,
        job: ReviewJob,
        snapshot: Snapshot,
        code: Code,
        trees: Mapping[str, RustFile],
        scope: Scope,
        evidence: EvidenceReport,
    ) -> AgentReport:
        """The model's findings; what nobody read stands in `not_reviewed`."""
        if not self._config.has_model:
            return AgentReport(None, NO_MODEL)
        item_at = lookup(trees)
        packed, left_out = for_one_call(
            pack(code.diff, code.heads, scope, evidence.findings, item_at, unread=code.unread),
            CALL_TOKENS,
        )
        if not packed.units:
            return AgentReport(None, NO_MODEL, not_reviewed=left_out)
        request = self._request(snapshot, code, scope, packed)
        asking = Asking(self._model, self._bookings, job, self._terms)
        try:
            answer = asking(Call("find", "all", 1, request))
        except BudgetSpent as error:
            log.warning("%s: %s", job.pull, error)
            return AgentReport(None, OVER_BUDGET, not_reviewed=left_out)
        except ModelUnavailable as error:
            if may_come_back():
                raise  # what was answered is kept, so that coming back costs nothing twice
            log.warning("%s: the model did not answer: %s", job.pull, error)
            return AgentReport(None, MODEL_SILENT, not_reviewed=left_out)
        except ModelRefused:
            log.exception("%s: the model API refused", job.pull)
            return AgentReport(None, MODEL_REFUSED, not_reviewed=left_out)
        found = read_answer(answer, code.diff, code.heads, item_at)
        if found.unknown_paths or found.unproved:
            log.info(
                "%s: dropped %d claims on unknown files and %d on lines that do not exist",
                job.pull,
                found.unknown_paths,
                found.unproved,
            )
        unread = [*left_out]
        dropped = found.unknown_paths + found.unproved
        if dropped:
            what = "1 claim" if dropped == 1 else f"{dropped} claims"
            unread.append(("the model's reading", f"{what} could not be placed on a line"))
        if found.problem:
            unread.append(("the model's reading", found.problem))
        return AgentReport(
            model=answer.model,
            absence="",
            findings=found.findings,
            cost_usd=asking.usd,
            not_reviewed=tuple(unread),
            not_judged=found.not_checked,
        )

    def _request(
        self, snapshot: Snapshot, code: Code, scope: Scope, packed: Packed
    ) -> ModelRequest:
        # Not to be guessed by whoever wrote the change; and the same for every head, so that the
        # same patch under a new commit is the same question.
        nonce = hmac.new(
            self._config.webhook_secret, f"nonce {snapshot.pull}".encode(), hashlib.sha256
        ).hexdigest()[:32]
        return find_request(
            self._agent,
            PullText(snapshot.title, snapshot.body),
            code.diff,
            scope,
            packed.units,
            nonce=nonce,
            model=self._model_id,
            effort=self._config.effort,
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
