"""The agent's reading of a change: packed, asked under budget, checked."""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Mapping
from pathlib import Path

from reviewer.agent.agent_file import AgentFile, parse_agent_file, resolve_model
from reviewer.agent.budget import Account, Budget, BudgetSpent, estimate
from reviewer.agent.budget import Scope as BudgetScope
from reviewer.agent.find import read_answer
from reviewer.agent.pack import Packed, for_one_call, pack
from reviewer.agent.prompt import PullText, find_request
from reviewer.agent.prompts_dir import read_prompt
from reviewer.agent.report import AgentReport
from reviewer.agent.request import ModelAnswer, ModelRefused, ModelRequest, ModelUnavailable
from reviewer.agent.usage import Usage, cost, price_of
from reviewer.config import Config
from reviewer.edges.ledger import Ledger
from reviewer.edges.model import AnthropicModel
from reviewer.errors import Misconfigured, Transient
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

    def __init__(self, config: Config, ledger: Ledger) -> None:
        """Read the agent file. Raises Misconfigured when it cannot be used."""
        self._config = config
        self._ledger = ledger
        self._agent, self._model_id = chosen_agent(config)
        for warning in self._agent.warnings:
            log.warning("agent file: %s", warning)
        self._model = AnthropicModel(
            config.anthropic_api_key,
            base_url=config.model_url,
            timeout=config.model_timeout,
            backoff=config.retry_seconds,
            proxies_from_environment=True,
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
        if not self._config.anthropic_api_key:
            return AgentReport(None, NO_MODEL)
        item_at = lookup(trees)
        packed, left_out = for_one_call(
            pack(code.diff, code.heads, scope, evidence.findings, item_at, unread=code.unread),
            CALL_TOKENS,
        )
        if not packed.units:
            return AgentReport(None, NO_MODEL, not_reviewed=left_out)
        request = self._request(snapshot, code, scope, packed)
        try:
            answer, usd = self._ask(job, request)
        except BudgetSpent as error:
            log.warning("%s: %s", job.pull, error)
            return AgentReport(None, OVER_BUDGET, not_reviewed=left_out)
        except ModelUnavailable as error:
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
            cost_usd=usd,
            not_reviewed=tuple(unread),
            not_judged=found.not_checked,
        )

    def _request(
        self, snapshot: Snapshot, code: Code, scope: Scope, packed: Packed
    ) -> ModelRequest:
        # The same in every run of the step, and not to be guessed by whoever wrote the change.
        nonce = hmac.new(
            self._config.webhook_secret,
            f"nonce {snapshot.pull} {snapshot.head_sha}".encode(),
            hashlib.sha256,
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

    def _ask(self, job: ReviewJob, request: ModelRequest) -> tuple[ModelAnswer, float]:
        price = price_of(request.model)
        most = estimate(request, price)

        def permit(on_pull: float, today: float) -> None:
            Budget(
                (
                    Account(BudgetScope.PULL, self._config.budget_pull_usd, on_pull),
                    Account(BudgetScope.REPO_DAY, self._config.budget_repo_day_usd, today),
                )
            ).reserve(most)

        booking = self._ledger.reserve(job.guid, job.pull, request.model, most, permit)

        def settle(usage: Usage, lost_calls: int) -> float:
            # A call that broke off may have been billed in full.
            usd = cost(usage, price) + lost_calls * most
            try:
                self._ledger.settle(booking, usd)
            except Transient:
                # An answer is not thrown away for its receipt; the reservation stands.
                log.warning("booking %d could not be settled", booking)
            return usd

        # Whatever else goes wrong leaves the reservation standing: too much is safer than nothing.
        try:
            answer = self._model.ask(request)
        except (ModelUnavailable, ModelRefused) as error:
            settle(error.usage, error.lost_calls)
            raise
        return answer, settle(answer.usage, answer.lost_calls)


def chosen_agent(config: Config) -> tuple[AgentFile, str]:
    """The agent file and the model's id. Raises Misconfigured when they cannot be used."""
    agent = _agent_file(config.agent)
    return agent, resolve_model(config.model, default=agent.model)


def _agent_file(path: Path | None) -> AgentFile:
    if path is None:
        return parse_agent_file(read_prompt("agent.md"))
    try:
        return parse_agent_file(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"REVIEWER_AGENT: {path} cannot be read: {error}") from error
