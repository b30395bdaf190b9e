"""What each attempt at a model cost, in the log: figures and ids, never a word of what was said."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from reviewer.agent.request import ModelRequest
from reviewer.agent.usage import PRICES, Price, cost, price_of
from reviewer.edges.model_errors import Attempt

if TYPE_CHECKING:
    from anthropic import APIResponse

log = logging.getLogger(__name__)

_running: ContextVar[Attempt | None] = ContextVar("running", default=None)


class Meter:
    """Shared by all threads of a process."""

    def __init__(self, prices: Mapping[str, Price] = PRICES) -> None:
        self._prices = prices

    def on_http(self, request: Any, call_next: Callable[[Any], APIResponse[Any]]) -> Any:
        """The SDK's middleware, run once per HTTP attempt: notes what was answered."""
        response = call_next(request)
        attempt = _running.get()
        if attempt is not None:
            attempt.status = response.status_code
            attempt.request_id = response.headers.get("request-id")
        return response

    @contextmanager
    def measuring(self, request: ModelRequest, attempt: Attempt) -> Iterator[None]:
        """Log one attempt when it is over, however it ends."""
        token = _running.set(attempt)
        began = time.monotonic()
        try:
            yield
        finally:
            _running.reset(token)
            usage = attempt.usage
            log.info(
                "model call: %s status=%s request=%s seconds=%.1f input=%d cache_read=%d "
                "cache_write=%d output=%d usd=%.4f",
                request.model,
                attempt.status or "none",
                attempt.request_id or "none",
                time.monotonic() - began,
                usage.input_tokens,
                usage.cache_read,
                usage.cache_write_5m + usage.cache_write_1h,
                usage.output_tokens,
                cost(usage, price_of(request.model, self._prices)),
            )
