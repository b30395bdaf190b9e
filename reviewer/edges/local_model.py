"""The model of a review on this machine: what the environment and the command line say of it."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from reviewer.agent.agent_file import AgentFile
from reviewer.agent.budget import Scope
from reviewer.agent.reading import Depth, Reading
from reviewer.agent.request import Ask, Call, ModelAnswer, ModelRequest
from reviewer.agent.usage import cost, price_of
from reviewer.config import Config
from reviewer.edges.readers import access_of, chosen_agent, fallback_model, reading_of
from reviewer.edges.transcript import Transcript
from reviewer.intake.job import ReviewJob

_UNUSED = {
    "REVIEWER_APP_ID": "local",
    "REVIEWER_PRIVATE_KEY": "unused",
    "REVIEWER_WEBHOOK_SECRET": "unused",
}
"""A review on this machine has no App."""
_NAMES = ("REVIEWER_MODEL", "REVIEWER_FALLBACK_MODEL", "REVIEWER_AGENT", "REVIEWER_EFFORT")
_PREFIXES = (*_NAMES, "REVIEWER_BUDGET_", "ANTHROPIC_API_KEY")


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """What the command line says of the model."""

    plan: bool = False
    transcript: Path | None = None
    budget_usd: float | None = None
    depth: Depth = "standard"
    concurrency: int | None = None


@dataclass(frozen=True, slots=True)
class LocalModel:
    """Who reads, how, and under which terms."""

    config: Config
    agent: AgentFile
    reading: Reading
    options: ModelOptions

    def ask(self, job: ReviewJob, told: Callable[[str], None]) -> Ask:
        """A door to the model; `told` hears a line for each call."""
        # The books' library takes half a second that a plan need not wait for.
        from reviewer.edges.asking import Asking, Terms
        from reviewer.edges.bookings import bookings_in_memory
        from reviewer.edges.meter import Meter
        from reviewer.edges.model import AnthropicModel

        terms = Terms.of(self.config, self.reading.fallback)
        budget = self.reading.budget_usd
        limits = {Scope.PUSH: budget, Scope.CALL: min(budget, self.config.budget_call_usd)}
        model = AnthropicModel(
            access_of(self.config),
            backoff=self.config.retry_seconds,
            concurrency=self.reading.concurrency,
            meter=Meter(self.config.model_prices),
        )
        asking: Ask = Asking(model, bookings_in_memory(), job, replace(terms, limits=limits))
        if self.options.transcript is not None:
            asking = Transcript(asking, self.options.transcript)
        return Told(asking, self.reading, told)


def local_model(environ: Mapping[str, str], options: ModelOptions) -> LocalModel | None:
    """The model that the environment names; None without a key and an address.

    Raises Misconfigured for what is named wrong.
    """
    given = {name: v for name, v in environ.items() if v and name.startswith(_PREFIXES)}
    key = given.get("ANTHROPIC_API_KEY") or environ.get("REVIEWER_ANTHROPIC_API_KEY", "")
    url = given.get("REVIEWER_MODEL_URL") or environ.get("ANTHROPIC_BASE_URL", "")
    if url:
        given["REVIEWER_MODEL_URL"] = url
        # A gateway on the way may hold the key itself.
        key = key or ("" if "ANTHROPIC_API_KEY_FILE" in given else "unused")
    if key:
        given["ANTHROPIC_API_KEY"] = key
    config = Config.from_env({**given, **_UNUSED})
    if not config.has_model and not options.plan:
        return None
    agent, model = chosen_agent(config)
    reading = replace(
        reading_of(config, model, fallback_model(config)),
        depth=options.depth,
        user_id=hashlib.sha256(b"local").hexdigest()[:32],
    )
    if options.budget_usd is not None:
        reading = replace(reading, budget_usd=options.budget_usd)
    if options.concurrency is not None:
        reading = replace(reading, concurrency=options.concurrency)
    return LocalModel(config, agent, reading, options)


class Told:
    """Implements `Ask` over another one, and says what each call was."""

    def __init__(self, ask: Ask, reading: Reading, told: Callable[[str], None]) -> None:
        self._ask = ask
        self._reading = reading
        self._told = told

    def __call__(self, call: Call) -> ModelAnswer:
        """The answer; a line when it is there, or when there is none."""
        began = time.monotonic()
        name = f"{call.stage} {call.unit} ({call.number})"
        try:
            answer = self._ask(call)
        except Exception as error:
            self._told(f"{name}: {type(error).__name__}: {error}")
            raise
        usage = answer.usage
        usd = cost(usage, price_of(call.request.model, self._reading.prices))
        looked_up = f", looks up {len(answer.tool_calls)}" if answer.tool_calls else ""
        self._told(
            f"{name}: {usage.prompt_tokens:,} tokens in, {usage.cache_read:,} of them cached, "
            f"{usage.output_tokens:,} out, ${usd:.3f}, {time.monotonic() - began:.1f} s{looked_up}"
        )
        return answer

    def warm(self, request: ModelRequest) -> None:
        """As the other one does."""
        self._ask.warm(request)
