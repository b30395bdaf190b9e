"""The model API, asked through its SDK: always for a stream, with our own patience and bookkeeping.

The SDK is imported at the first question, since it costs 60 MB and more than a second.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviewer.agent.request import (
    ModelAnswer,
    ModelRefused,
    ModelRequest,
    ModelUnavailable,
    PromptTooLong,
    Turn,
)
from reviewer.agent.usage import Usage
from reviewer.edges.breaker import EVERY_MODEL, Breaker
from reviewer.edges.meter import Meter
from reviewer.edges.model_client import ModelAccess, make_client
from reviewer.edges.model_errors import Attempt, Failure, failure_of, stopped_silently
from reviewer.edges.model_wire import (
    as_sent,
    content_of,
    declined,
    text_of,
    tool_calls_of,
    whole_message,
)

if TYPE_CHECKING:
    from anthropic.types import Message

    from reviewer.edges.model_client import Client

LONGEST_WAIT = 60.0
"""A longer wish to come back later, in seconds, is passed on; a caller may set less."""
LONGEST_JITTER = 30.0
TIMEOUT_RETRIES = 1
MOST_PAUSES = 4

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Tally:
    """What the attempts of one question have used so far."""

    usage: Usage
    lost: int = 0
    failures: int = 0
    slow: int = 0
    request_id: str | None = None
    """Of the attempt that was answered."""


class AnthropicModel:
    """Asks one provider. Shared by all threads of a process."""

    def __init__(
        self,
        access: ModelAccess,
        *,
        retries: int = 2,
        backoff: float = 2.0,
        concurrency: int = 8,
        longest_wait: float = LONGEST_WAIT,
        breaker: Breaker | None = None,
        meter: Meter | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.breaker = breaker or Breaker()
        self._access = access
        self._retries = retries
        self._backoff = backoff
        self._longest_wait = longest_wait
        self._meter = meter or Meter()
        self._sleep = sleep
        self._at_once = threading.BoundedSemaphore(concurrency)
        self._client: Client | None = None
        self._lock = threading.Lock()
        self._unknown: dict[str, frozenset[str]] = {}
        """By model, what it turned out not to take."""
        self._unwarmable: set[str] = set()

    def ask(self, request: ModelRequest) -> ModelAnswer:
        """The answer, after at most `retries` failures that pass by themselves.

        Raises ModelUnavailable, ModelRefused, PromptTooLong.
        """
        tally = _Tally(Usage())
        said: tuple[Turn, ...] = ()
        for _ in range(MOST_PAUSES):
            message = self._message(replace(request, turns=(*request.turns, *said)), tally)
            content = content_of(message)
            if message.stop_reason != "pause_turn":
                break
            said = (*said, Turn("assistant", content))
        else:
            content = ()  # it paused to the last, and all that it said stands in its turns
        blocks = (*(block for turn in said for block in turn.content), *content)
        if message.stop_reason == "model_context_window_exceeded":
            raise PromptTooLong(
                "the change filled the model's context", usage=tally.usage, lost_calls=tally.lost
            )
        in_text = "format" in self._unknown.get(request.model, ())
        return ModelAnswer(
            text=text_of(blocks, unfence=in_text),
            stop_reason=message.stop_reason or "",
            usage=tally.usage,
            request_id=tally.request_id,
            model=message.model,
            lost_calls=tally.lost,
            tool_calls=tool_calls_of(blocks),
            content=blocks,
            declined=declined(message),
        )

    def warm(self, request: ModelRequest) -> Usage:
        """Fill the prompt cache, by one attempt whose failure says nothing of the model's health.

        Raises ModelUnavailable, ModelRefused; the latter at once where it was refused before.
        """
        tally, attempt = _Tally(Usage()), Attempt()
        if request.model in self._unwarmable:
            raise ModelRefused(f"{request.model} takes no call that only fills the cache")
        self._look_at_breaker(request.model, tally)
        try:
            with self._at_once, self._meter.measuring(request, attempt):
                self._stream(request, attempt)
        except Exception as error:
            failure = failure_of(error, attempt)
            if failure is None:
                raise
            if not failure.passes:
                self._unwarmable.add(request.model)
            tally.usage = failure.usage
            raise self._error(failure, tally) from None
        # It may have been the one call that was let through to see.
        self.breaker.succeeded(request.model)
        return attempt.usage

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = None

    def _message(self, request: ModelRequest, tally: _Tally) -> Message:
        """One whole message, after as many attempts as are allowed."""
        while True:
            self._look_at_breaker(request.model, tally)
            attempt = Attempt()
            try:
                with self._at_once, self._meter.measuring(request, attempt):
                    message = self._stream(request, attempt)
            except Exception as error:
                failure = failure_of(error, attempt)
                if failure is None:
                    raise
            else:
                tally.usage += attempt.usage
                tally.request_id = attempt.request_id
                self.breaker.succeeded(request.model)
                return message
            tally.usage += failure.usage
            tally.lost += failure.lost
            if self._goes_without(request, failure):
                continue
            self._note(request.model, failure)
            wait = self._wait(failure, tally)
            if wait is None:
                raise self._error(failure, tally)
            log.warning("%s; asking again in %.1f s", self._clean(failure.message), wait)
            self._sleep(wait)

    def _stream(self, request: ModelRequest, attempt: Attempt) -> Message:
        client = self._connected()
        body = as_sent(request, self._unknown.get(request.model, frozenset()))
        with client.messages.stream(**body) as stream:
            attempt.answered(stream.request_id)
            whole = whole_message(stream.response)
            if whole is not None:
                attempt.saw_whole(whole)
                return whole
            for event in stream:
                attempt.saw(event)
            if not attempt.began:
                raise stopped_silently()
            message = stream.get_final_message()
        if message.stop_reason is None:
            raise stopped_silently()
        return message

    def _look_at_breaker(self, model: str, tally: _Tally) -> None:
        closed = self.breaker.closed(model)
        if closed is None:
            return
        if closed.no:
            raise ModelRefused(
                f"not asked again yet: {closed.no}", usage=tally.usage, lost_calls=tally.lost
            )
        raise ModelUnavailable(
            f"{model} failed too often and is left alone for a while",
            retry_after=closed.seconds,
            usage=tally.usage,
            lost_calls=tally.lost,
        )

    def _goes_without(self, request: ModelRequest, failure: Failure) -> bool:
        """Whether to ask again at once without what this model does not take."""
        name, known = failure.unknown_to_it, self._unknown.get(request.model, frozenset())
        if not name or name in known:
            return False
        self._unknown[request.model] = known | {name}
        log.warning(
            "%s; %s is asked without %s from now on",
            self._clean(failure.message),
            request.model,
            name,
        )
        return True

    def _note(self, model: str, failure: Failure) -> None:
        if failure.stops:
            where = EVERY_MODEL if failure.stops == "all" else model
            self.breaker.said_no(where, self._clean(failure.message))
        elif failure.passes and not failure.limited:
            self.breaker.failed(model)

    def _wait(self, failure: Failure, tally: _Tally) -> float | None:
        """Seconds until the next try; None when there is none."""
        if not failure.passes or tally.failures >= self._retries:
            return None
        if failure.timed_out and tally.slow >= TIMEOUT_RETRIES:
            return None
        tally.failures += 1
        tally.slow += failure.timed_out
        if failure.retry_after is not None:
            return failure.retry_after if failure.retry_after <= self._longest_wait else None
        most = min(LONGEST_JITTER, self._backoff * 2**tally.failures)
        return random.uniform(0, most)  # noqa: S311 - no secret depends on it

    def _error(self, failure: Failure, tally: _Tally) -> ModelUnavailable | ModelRefused:
        message = self._clean(failure.message)
        if failure.passes:
            return ModelUnavailable(
                message,
                retry_after=failure.retry_after,
                usage=tally.usage,
                lost_calls=tally.lost,
                limited=failure.limited,
            )
        kind = PromptTooLong if failure.too_long else ModelRefused
        return kind(message, usage=tally.usage, lost_calls=tally.lost)

    def _clean(self, message: str) -> str:
        for secret in self._access.secrets:
            message = message.replace(secret, "[key]")
        return message

    def _connected(self) -> Client:
        with self._lock:
            if self._client is None:
                self._client = make_client(self._access, self._meter.on_http)
            return self._client
