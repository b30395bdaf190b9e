"""What went wrong with a model call: whether it passes by itself, and what it may have cost.

The SDK's classes do not tell: an overload in mid-stream comes with status 200, a spent budget as a
rate limit, a cut stream as no error at all. So failures are judged by type, code and cause.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from reviewer.agent.request import estimate_tokens
from reviewer.agent.usage import Usage
from reviewer.errors import Transient

if TYPE_CHECKING:
    import anthropic
    from anthropic.types import Message

LONGEST_RETRY_AFTER = 3600.0
_PASSING_TYPES = {"overloaded_error", "api_error", "rate_limit_error", "timeout_error"}
_PASSING_STATUS = {408, 409, 429, 499}
_STOPPING_STATUS = {401, 402, 403, 404}
_NOT_AN_EVENT = (
    *(ValueError, RuntimeError, LookupError, TypeError, AttributeError, AssertionError),
)
"""The SDK reads a stream unchecked: what is no event surfaces as one of these."""
_CLOUDS = ("botocore", "boto3", "google")
"""What the clouds' packages raise stands for credentials that do not work."""
_TOO_LONG = re.compile(
    r"prompt is too long|context (?:window|length)|too many (?:input )?tokens", re.I
)
_CAPABILITIES = (
    ("effort", re.compile(r"output_config\.effort|\beffort\b", re.I)),
    ("thinking", re.compile(r"\bthinking\b", re.I)),
    ("format", re.compile(r"grammar|schema|output_config|output_format|structured", re.I)),
)
"""What a model or a gateway may not know, and how it says so; the first that fits is meant."""


@dataclass(slots=True)
class Attempt:
    """What has been seen of one call so far."""

    began: bool = False
    is_answered: bool = False
    request_id: str | None = None
    status: int | None = None
    """Of the HTTP answer; None while there is none."""
    _usage: Usage = field(default_factory=Usage)
    _characters: int = 0
    _ended: bool = False

    def answered(self, request_id: str | None) -> None:
        """The API took the request and begins to answer."""
        self.is_answered = True
        self.request_id = request_id

    def saw(self, event: Any) -> None:
        """Take note of a stream event."""
        if event.type == "message_start":
            self.began = True
            self._usage = usage_of(event.message.usage)
        elif event.type == "message_delta":
            self._ended = True
            self._usage = _updated(self._usage, event.usage)
        elif event.type == "content_block_delta":
            delta = event.delta
            self._characters += len(getattr(delta, "text", "") or getattr(delta, "thinking", ""))

    def saw_whole(self, message: Message) -> None:
        """Take note of an answer that came in one piece."""
        self.began = self._ended = True
        self._usage = usage_of(message.usage)

    @property
    def usage(self) -> Usage:
        """What the API said it used; of an answer that broke off, the output is estimated."""
        if self._ended or not self.began:
            return self._usage
        output = max(self._usage.output_tokens, estimate_tokens("x" * self._characters))
        return self._usage + Usage(output_tokens=output - self._usage.output_tokens)


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed attempt. `passes`: the same request may succeed later."""

    message: str
    passes: bool
    too_long: bool = False
    retry_after: float | None = None
    usage: Usage = field(default_factory=Usage)
    lost: int = 0
    """1 when it may have been billed and nobody knows how much."""
    limited: bool = False
    """The API works and asks us to come back later: no sign of trouble."""
    timed_out: bool = False
    stops: Literal["", "model", "all"] = ""
    """What is not to be asked again until somebody acts."""
    unknown_to_it: str = ""
    """`format`, `effort` or `thinking`, where the request may be taken without it."""


def stopped_silently() -> Transient:
    """The stream ended as if all were well, but without its end."""
    return Transient("the answer broke off without an error")


def failure_of(error: Exception, attempt: Attempt) -> Failure | None:
    """The failure behind an exception of a call; None for what is no failure of the call."""
    import anthropic
    import httpx2

    usage, lost = attempt.usage, 0 if attempt.began else 1
    if isinstance(error, anthropic.APIStatusError):
        return _by_status(error, usage)
    if isinstance(error, anthropic.APIConnectionError):
        unsent = isinstance(error.__cause__, (httpx2.ConnectError, httpx2.ConnectTimeout))
        cause = type(error.__cause__ or error).__name__
        message = f"the model API cannot be reached ({cause})"
        slow = isinstance(error, anthropic.APITimeoutError) and not unsent
        return Failure(message, True, usage=usage, lost=0 if unsent else lost, timed_out=slow)
    if isinstance(error, (anthropic.APIError, httpx2.HTTPError)):
        message = f"the answer broke off ({type(error).__name__})"
        slow = isinstance(error, httpx2.TimeoutException)
        return Failure(message, True, usage=usage, lost=lost, timed_out=slow)
    if type(error) is Transient:
        return Failure(str(error), True, usage=usage, lost=lost)
    if type(error).__module__.partition(".")[0] in _CLOUDS:
        message = f"the credentials of the cloud do not work ({type(error).__name__})"
        return Failure(message, False, stops="all")
    if attempt.is_answered and isinstance(error, _NOT_AN_EVENT):
        message = f"the answer is not a stream of events ({type(error).__name__})"
        return Failure(message, True, usage=usage, lost=lost)
    return None


def usage_of(usage: Any) -> Usage:
    """The SDK's usage in our five classes. A cache write of unknown duration counts as the long."""
    written = usage.cache_creation_input_tokens or 0
    parts = usage.cache_creation
    short = parts.ephemeral_5m_input_tokens if parts else 0
    return Usage(
        input_tokens=usage.input_tokens or 0,
        cache_write_5m=short,
        cache_write_1h=max(written - short, parts.ephemeral_1h_input_tokens if parts else 0),
        cache_read=usage.cache_read_input_tokens or 0,
        output_tokens=usage.output_tokens or 0,
    )


def _updated(usage: Usage, final: Any) -> Usage:
    """The usage at the end: cumulative figures replace the first ones where they are given."""
    return Usage(
        input_tokens=usage.input_tokens if final.input_tokens is None else final.input_tokens,
        cache_write_5m=usage.cache_write_5m,
        cache_write_1h=usage.cache_write_1h,
        cache_read=usage.cache_read
        if final.cache_read_input_tokens is None
        else final.cache_read_input_tokens,
        output_tokens=final.output_tokens,
    )


def _by_status(error: anthropic.APIStatusError, usage: Usage) -> Failure:
    code = error.error_code or ""
    said = " ".join((error.api_message or "").split())[:200]
    number = error.request_id or "unknown"
    what = " ".join(filter(None, (str(error.status_code), error.type, code)))
    message = f"the model API answered {what}, request {number}" + (f": {said}" if said else "")
    spent = "spend_limit" in code or error.type == "billing_error"
    if error.status_code == 200:  # an error event within the stream
        passes = error.type is None or error.type in _PASSING_TYPES
    else:
        passes = error.status_code in _PASSING_STATUS or error.status_code >= 500
    too_long = error.status_code == 413 or (
        error.type == "invalid_request_error" and bool(_TOO_LONG.search(said))
    )
    missing = error.status_code == 400 and not too_long
    unknown = next((name for name, says in _CAPABILITIES if missing and says.search(said)), "")
    return Failure(
        message,
        passes and not spent and not too_long,
        too_long=too_long,
        retry_after=_retry_after(error),
        usage=usage,
        limited=error.status_code == 429,
        stops=_stops(error.status_code, spent=spent),
        unknown_to_it=unknown,
    )


def _stops(status: int, *, spent: bool) -> Literal["", "model", "all"]:
    if status == 404:
        return "model"
    return "all" if spent or status in _STOPPING_STATUS else ""


def _retry_after(error: anthropic.APIStatusError) -> float | None:
    """The API's wish in seconds; a date or nonsense counts as no wish."""
    headers = error.response.headers
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(headers[name]) * unit
        except (KeyError, ValueError):
            continue
        if seconds >= 0:
            return min(seconds, LONGEST_RETRY_AFTER)
    return None
