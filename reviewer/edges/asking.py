"""Asking for one review: what was paid for is not paid for again, and nothing is overspent."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from reviewer.agent.budget import Scope, estimate
from reviewer.agent.request import (
    Call,
    ModelAnswer,
    ModelChanged,
    ModelRefused,
    ModelRequest,
    ModelUnavailable,
    canonical_json,
)
from reviewer.agent.usage import PRICES, Price, Usage, cost, price_of
from reviewer.config import Config
from reviewer.edges.bookings import Bookings, Stored
from reviewer.errors import ReviewerError, Transient
from reviewer.intake.job import OnPull

log = logging.getLogger(__name__)


class Model(Protocol):
    """A model that can be asked, by all threads of a process."""

    def ask(self, request: ModelRequest) -> ModelAnswer:
        """The answer. Raises ModelUnavailable, ModelRefused, PromptTooLong."""

    def warm(self, request: ModelRequest) -> Usage:
        """Fill the prompt cache. Raises ModelUnavailable, ModelRefused."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a review may spend, at which prices, and whom it asks when its model is away."""

    limits: Mapping[Scope, float]
    prices: Mapping[str, Price] = field(default_factory=lambda: PRICES)
    fallback_model: str = ""

    @classmethod
    def of(cls, config: Config, fallback_model: str = "") -> Terms:
        """The terms that the configuration sets."""
        return cls(
            limits={
                Scope.CALL: config.budget_call_usd,
                Scope.PUSH: config.budget_push_usd,
                Scope.PULL: config.budget_pull_usd,
                Scope.REPO_DAY: config.budget_repo_day_usd,
                Scope.INSTALLATION_DAY: config.budget_installation_day_usd,
            },
            prices=config.model_prices,
            fallback_model=fallback_model,
        )


class Asking:
    """Implements `Ask` for one review. Several threads may call it at a time."""

    def __init__(self, model: Model, bookings: Bookings, job: OnPull, terms: Terms) -> None:
        self._model = model
        self._bookings = bookings
        self._job = job
        self._terms = terms
        # Who asks must not be told by the account's number: the provider keeps it.
        self._user_id = hashlib.sha256(f"installation {job.installation}".encode()).hexdigest()[:32]
        self._lock = threading.Lock()
        self._said_by: dict[str, str] = {}
        """By what a conversation began with, the model that said it."""
        self._moved: dict[str, str] = {}
        """By the digest of its opening, the model that a conversation was handed to."""
        self._counted: set[str] = set()
        self._usd = 0.0

    @property
    def usd(self) -> float:
        """US dollars that this review has cost, before a crash as well."""
        with self._lock:
            return self._usd

    def __call__(self, call: Call) -> ModelAnswer:
        """The answer. Raises ModelUnavailable, ModelChanged, ModelRefused, PromptTooLong,
        BudgetSpent; Transient when the store is away."""
        request = replace(call.request, user_id=call.request.user_id or self._user_id)
        candidates = [replace(request, model=model) for model in self._models(request)]
        for candidate in candidates:
            stored = self._bookings.find(self._job.pull, candidate.digest)
            if stored is not None:
                return self._again(candidate, stored)
        first = candidates[0]
        try:
            return self._paid(first)
        except ModelUnavailable as error:
            other = self._terms.fallback_model
            if error.limited or other in ("", first.model):
                raise
            log.warning("%s: %s; %s is asked instead", call.stage, error, other)
            if request.turns:
                self._hand_over(request, other)
                raise ModelChanged(
                    f"{first.model} went away within a conversation", usage=error.usage
                ) from error
            return self._paid(replace(request, model=other))

    def warm(self, request: ModelRequest) -> None:
        """Fill the prompt cache before calls that share a prefix run at once. Never raises."""
        empty = replace(request, user_id=request.user_id or self._user_id, max_tokens=0, turns=())
        empty = replace(empty, model=self._models(empty)[0])
        try:
            booking = self._reserve(empty)
            try:
                usage = self._model.warm(empty)
            except (ModelUnavailable, ModelRefused) as error:
                usage = error.usage
                log.info("the cache was not warmed: %s", error)
            self._settle(empty, booking, usage)
        except ReviewerError as error:
            log.info("the cache was not warmed: %s", error)

    def _models(self, request: ModelRequest) -> list[str]:
        """Whose answers count for this request; the first one is asked."""
        with self._lock:
            if request.turns:
                begun = _name_of(request.turns[0].content)
                return [self._said_by.get(begun, request.model)]
            moved = self._moved.get(_opening(request))
        if moved:
            return [moved]
        fallback = self._terms.fallback_model
        return [request.model, *([fallback] if fallback not in ("", request.model) else [])]

    def _hand_over(self, request: ModelRequest, model: str) -> None:
        with self._lock:
            # Under the name of the model that the caller asks for, as it will again.
            self._moved[_opening(request)] = model

    def _again(self, request: ModelRequest, stored: Stored) -> ModelAnswer:
        """An answer that was paid for; it is this review's to pay if it was when it was given."""
        self._remember(request, stored.answer, stored.usd if stored.guid == self._job.guid else 0.0)
        return stored.answer

    def _paid(self, request: ModelRequest) -> ModelAnswer:
        booking = self._reserve(request)
        # Whatever else goes wrong leaves the reservation standing: too much is safer than nothing.
        try:
            answer = self._model.ask(request)
        except (ModelUnavailable, ModelRefused) as error:
            self._settle(request, booking, error.usage, error.lost_calls)
            raise
        usd = self._cost(request, answer.usage, answer.lost_calls)
        try:
            self._bookings.settle_with(booking, usd, self._job, request.digest, answer)
        except Transient:
            # An answer is not thrown away for its receipt; the reservation stands.
            log.warning("booking %d could not be settled, nor its answer kept", booking)
        self._remember(request, answer, usd)
        return answer

    def _reserve(self, request: ModelRequest) -> int:
        most = estimate(request, price_of(request.model, self._terms.prices))
        return self._bookings.reserve(self._job, request.model, most, self._terms.limits)

    def _settle(
        self, request: ModelRequest, booking: int, usage: Usage, lost_calls: int = 0
    ) -> None:
        usd = self._cost(request, usage, lost_calls)
        with self._lock:
            self._usd += usd
        try:
            self._bookings.settle(booking, usd)
        except Transient:
            log.warning("booking %d could not be settled", booking)

    def _cost(self, request: ModelRequest, usage: Usage, lost_calls: int) -> float:
        price = price_of(request.model, self._terms.prices)
        # A call that broke off may have been billed in full.
        return cost(usage, price) + lost_calls * estimate(request, price)

    def _remember(self, request: ModelRequest, answer: ModelAnswer, usd: float) -> None:
        with self._lock:
            if not request.turns:
                self._said_by[_name_of(answer.content)] = request.model
            if request.digest not in self._counted:
                self._counted.add(request.digest)
                self._usd += usd


def _opening(request: ModelRequest) -> str:
    return replace(request, turns=(), max_tokens=0).digest


def _name_of(content: tuple[Mapping[str, Any], ...]) -> str:
    """What tells one message of a model from every other: its tools' ids, else its text."""
    ids = [block.get("id") for block in content if block.get("type") == "tool_use"]
    return hashlib.sha256(canonical_json(ids or content).encode()).hexdigest()
