"""The agent's reading of a change, plugged into the configuration, the books and the model."""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

from reviewer.agent.agent_file import AgentFile
from reviewer.agent.budget import Scope as BudgetScope
from reviewer.agent.earlier import Earlier, ThreadTurn
from reviewer.agent.focus import Focus
from reviewer.agent.material import Material
from reviewer.agent.read import read_change
from reviewer.agent.recheck import RecheckReport, recheck
from reviewer.agent.reply import ReplyReport, answer_reply
from reviewer.agent.report import AgentReport
from reviewer.agent.request import ModelUnavailable
from reviewer.agent.task import Subject, Task
from reviewer.agent.tasks import TaskReport, run_task
from reviewer.config import Config
from reviewer.edges.asking import Asking, Terms
from reviewer.edges.bookings import Bookings
from reviewer.edges.breaker import Breaker
from reviewer.edges.jobs import may_come_back
from reviewer.edges.meter import Meter
from reviewer.edges.model import LONGEST_WAIT, AnthropicModel
from reviewer.edges.readers import (
    access_of,
    chosen_agent,
    fallback_model,
    material_of,
    reading_of,
    with_reader,
)
from reviewer.evidence import EvidenceReport
from reviewer.intake.job import OnPull
from reviewer.policy.effect import readable
from reviewer.policy.policy import Policy
from reviewer.policy.words import profile_words, target_words
from reviewer.pull.snapshot import Snapshot
from reviewer.pull.texts import Code
from reviewer.rust.file import RustFile
from reviewer.rust.repository import Repository
from reviewer.scope.rooms import Scope

log = logging.getLogger(__name__)


class AgentReader:
    """Asks the model, when there is one. Shared by all threads of a process."""

    def __init__(self, config: Config, bookings: Bookings, breaker: Breaker) -> None:
        """Read the agent file. Raises Misconfigured when it cannot be used."""
        self._config = config
        self._bookings = bookings
        self._agent, model = chosen_agent(config)
        self._terms = Terms.of(config, fallback_model(config))
        self._reading = reading_of(config, model, self._terms.fallback_model)
        for warning in self._agent.warnings:
            log.warning("agent file: %s", warning)
        self._model = AnthropicModel(
            access_of(config),
            backoff=config.retry_seconds,
            concurrency=config.model_concurrency,
            longest_wait=min(LONGEST_WAIT, config.wait_seconds),
            breaker=breaker,
            meter=Meter(config.model_prices),
        )

    def read(self, job: OnPull, material: Material, policy: Policy) -> AgentReport:
        """The model's findings; what nobody read stands in `not_reviewed`.

        Raises ModelUnavailable when the job can come back later, and nothing was read or the model
        asks for a wait that is too long for this place.
        """
        asking = self._asking(job, policy)
        report = replace(read_change(material, self._reading, asking), cost_usd=asking.usd)
        wish = report.retry_after or 0.0
        wanting = report.model is None or wish > self._config.wait_seconds
        if report.stopped == "silent" and wanting and may_come_back():
            # What was answered is kept, so that coming back costs nothing twice.
            raise ModelUnavailable("the model asks for a wait", retry_after=report.retry_after)
        if report.stopped:
            log.warning("%s: the reading ended early: %s", job.pull, report.stopped)
        log.info(
            "%s: %d model calls, %d claims, %d said, %.0f %% of the input from the cache, $%.4f",
            job.pull,
            report.calls,
            len(report.claims),
            len(report.findings),
            100 * report.cached_share,
            report.cost_usd,
        )
        return with_reader(report, policy.agent)

    @property
    def has_model(self) -> bool:
        """Whether there is a model to be asked."""
        return self._config.has_model

    def answer(
        self,
        job: OnPull,
        task: Task,
        subject: Subject,
        material: Material,
        policy: Policy,
    ) -> TaskReport:
        """The answer to a task, within the budgets of a review.

        Raises NotAsked; ModelUnavailable when nobody answered and the job can come back later.
        """
        asking = self._asking(job, policy)
        target = target_words(policy)
        report = run_task(task, subject, material, self._reading, asking, target=target)
        if report.stopped == "silent" and may_come_back():
            raise ModelUnavailable("the model did not answer", retry_after=report.retry_after)
        log.info(
            "%s: %s answered in %d model calls, $%.4f",
            job.pull,
            task.name,
            report.calls,
            asking.usd,
        )
        return replace(report, cost_usd=asking.usd)

    def look_again(
        self, job: OnPull, earlier: Sequence[Earlier], material: Material, policy: Policy
    ) -> RecheckReport:
        """What a second look says of earlier findings, within the budgets of a review.

        Raises ModelUnavailable when nobody answered and the job can come back later.
        """
        asking = self._asking(job, policy)
        report = recheck(earlier, material, self._reading, asking)
        if report.stopped == "silent" and may_come_back():
            raise ModelUnavailable("the model did not answer", retry_after=report.retry_after)
        return replace(report, expense=replace(report.expense, cost_usd=asking.usd))

    def reply(
        self,
        job: OnPull,
        earlier: Earlier,
        said: str,
        author: str,
        turns: tuple[ThreadTurn, ...],
        material: Material,
        policy: Policy,
    ) -> ReplyReport:
        """The answer to what a person said in a thread, within the budgets of a review.

        Raises ModelUnavailable when nobody answered and the job can come back later.
        """
        asking = self._asking(job, policy)
        report = answer_reply(earlier, said, author, turns, material, self._reading, asking)
        if report.stopped == "silent" and may_come_back():
            raise ModelUnavailable("the model did not answer", retry_after=report.retry_after)
        log.info(
            "%s: a reply weighed in %d model calls, $%.4f",
            job.pull,
            report.expense.calls,
            asking.usd,
        )
        return replace(report, expense=replace(report.expense, cost_usd=asking.usd))

    def spent_on(self, job: OnPull) -> float:
        """US dollars that the model has cost on the job's pull request."""
        return self._bookings.spent(job)[BudgetScope.PULL]

    def material(
        self,
        snapshot: Snapshot,
        own_agent: AgentFile | None,
        code: Code,
        trees: Mapping[str, RustFile],
        head: Repository,
        policy: Policy,
        scope: Scope,
        evidence: EvidenceReport,
        focus: Focus | None = None,
    ) -> Material:
        """What the model is given to read."""
        # Not to be guessed by whoever wrote the change; and the same for every head, so that the
        # same patch under a new commit is the same question.
        nonce = hmac.new(
            self._config.webhook_secret, f"nonce {snapshot.pull}".encode(), hashlib.sha256
        ).hexdigest()[:32]
        said = profile_words(policy, (file.path for file in code.diff.files))
        return material_of(
            own_agent or self._agent,
            snapshot,
            readable(code, policy),
            trees,
            head,
            scope,
            evidence,
            nonce,
            said,
            focus,
        )

    def _asking(self, job: OnPull, policy: Policy) -> Asking:
        return Asking(self._model, self._bookings, job, _within(self._terms, policy))


def _within(terms: Terms, policy: Policy) -> Terms:
    """The terms with the lower limits that the repository gives itself."""
    own = {
        BudgetScope.PULL: policy.budgets.pull_usd,
        BudgetScope.REPO_DAY: policy.budgets.repo_day_usd,
    }
    lower = {scope: usd for scope, usd in own.items() if usd is not None}
    return replace(terms, limits={**terms.limits, **lower})
