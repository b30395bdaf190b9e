"""The model API, asked through its SDK: always streamed, with our own patience and bookkeeping.

The SDK is imported at the first question, since it costs 60 MB and more than a second.
"""

from __future__ import annotations

import logging
import os
import random
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from reviewer.agent.request import (
    Block,
    ModelAnswer,
    ModelRefused,
    ModelRequest,
    ModelUnavailable,
    PromptTooLong,
)
from reviewer.agent.usage import Usage
from reviewer.edges.model_errors import Attempt, Failure, failure_of, stopped_silently, too_slow

if TYPE_CHECKING:
    import anthropic
    from anthropic.types import OutputConfigParam, TextBlockParam

DEFAULT_URL = "https://api.anthropic.com"
LONGEST_WAIT = 60.0
"""A wish to come back later than in so many seconds is passed on to the job queue."""
LONGEST_JITTER = 30.0
CONNECT_SECONDS = 5.0

log = logging.getLogger(__name__)


class AnthropicModel:
    """Implements `Model`. Shared by all threads of a process."""

    def __init__(
        self,
        api_key: str,
        *,
        base_url: str = "",
        timeout: float = 300.0,
        retries: int = 2,
        backoff: float = 2.0,
        proxies_from_environment: bool = False,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._api_key = api_key
        self._base_url = base_url or DEFAULT_URL
        self._timeout = timeout
        self._retries = retries
        self._backoff = backoff
        self._proxies = proxies_from_environment
        self._sleep = sleep
        self._client: anthropic.Anthropic | None = None
        self._lock = threading.Lock()

    def ask(self, request: ModelRequest) -> ModelAnswer:
        """The answer, after at most `retries` failures that pass by themselves."""
        client = self._connected()
        usage, lost = Usage(), 0
        number = 0
        while True:
            attempt = Attempt()
            try:
                return self._stream(client, request, attempt, usage, lost)
            except Exception as error:
                failure = failure_of(error, attempt)
                if failure is None:
                    raise
            usage += failure.usage
            lost += failure.lost
            wait = self._wait(failure, number)
            if wait is None:
                raise self._error(failure, usage, lost)
            log.warning("%s; asking again in %.1f s", self._clean(failure.message), wait)
            self._sleep(wait)
            number += 1

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = None

    def _stream(
        self,
        client: anthropic.Anthropic,
        request: ModelRequest,
        attempt: Attempt,
        spent: Usage,
        lost: int,
    ) -> ModelAnswer:
        from anthropic import transform_schema

        output: OutputConfigParam = {"effort": request.effort}
        if request.schema is not None:
            schema = transform_schema(dict(request.schema))
            output["format"] = {"type": "json_schema", "schema": schema}
        deadline = time.monotonic() + self._timeout
        with client.messages.stream(
            model=request.model,
            max_tokens=request.max_tokens,
            system=[_text(block) for block in request.system],
            messages=[{"role": "user", "content": [_text(block) for block in request.user]}],
            output_config=output,
            thinking={"type": "adaptive"},
        ) as stream:
            attempt.answered(stream.request_id)
            for event in stream:
                attempt.saw(event)
                if time.monotonic() > deadline:
                    raise too_slow(self._timeout)
            if not attempt.began:
                raise stopped_silently()
            message = stream.get_final_message()
        if message.stop_reason is None:
            raise stopped_silently()
        usage = spent + attempt.usage
        if message.stop_reason == "model_context_window_exceeded":
            raise PromptTooLong(
                "the change filled the model's context", usage=usage, lost_calls=lost
            )
        return ModelAnswer(
            text="".join(block.text for block in message.content if block.type == "text"),
            stop_reason=message.stop_reason,
            usage=usage,
            request_id=attempt.request_id,
            model=message.model,
            lost_calls=lost,
        )

    def _wait(self, failure: Failure, number: int) -> float | None:
        """Seconds until the next try; None when there is none."""
        if not failure.passes or number >= self._retries:
            return None
        if failure.retry_after is not None:
            return failure.retry_after if failure.retry_after <= LONGEST_WAIT else None
        most = min(LONGEST_JITTER, self._backoff * 2 ** (number + 1))
        return random.uniform(0, most)  # noqa: S311 - no secret depends on it

    def _error(self, failure: Failure, usage: Usage, lost: int) -> ModelUnavailable | ModelRefused:
        message = self._clean(failure.message)
        if failure.passes:
            return ModelUnavailable(
                message, retry_after=failure.retry_after, usage=usage, lost_calls=lost
            )
        kind = PromptTooLong if failure.too_long else ModelRefused
        return kind(message, usage=usage, lost_calls=lost)

    def _clean(self, message: str) -> str:
        return message.replace(self._api_key, "[key]") if self._api_key else message

    def _connected(self) -> anthropic.Anthropic:
        with self._lock:
            if self._client is None:
                self._client = self._connect()
            return self._client

    def _connect(self) -> anthropic.Anthropic:
        # What is sent where is the configuration's to say, not that of variables that the SDK
        # reads by itself; and no level of its log may put a team's code into ours.
        if os.environ.pop("ANTHROPIC_CUSTOM_HEADERS", None) is not None:
            log.warning("ANTHROPIC_CUSTOM_HEADERS is ignored")
        import anthropic
        import httpx2

        logging.getLogger("anthropic").setLevel(logging.WARNING)
        settings: dict[str, Any] = {
            "timeout": httpx2.Timeout(self._timeout, connect=CONNECT_SECONDS),
            "follow_redirects": False,
            "trust_env": self._proxies,
        }
        if not self._proxies:
            settings["transport"] = httpx2.HTTPTransport()
        return anthropic.Anthropic(
            api_key=self._api_key,
            base_url=self._base_url,
            max_retries=0,
            timeout=settings["timeout"],
            http_client=httpx2.Client(**settings),
            open_telemetry=False,
        )


def _text(block: Block) -> TextBlockParam:
    if block.cache is None:
        return {"type": "text", "text": block.text}
    return {
        "type": "text",
        "text": block.text,
        "cache_control": {"type": "ephemeral", "ttl": block.cache},
    }
