"""One question to a model and its answer, as values, and the port through which it is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from reviewer.agent.usage import Usage
from reviewer.errors import Refused, Transient

Effort = Literal["low", "medium", "high", "xhigh", "max"]

CHARS_PER_TOKEN = 2.5
"""Low for code on purpose: an estimate may be too high, never too low."""


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the prompt. `cache` ends a prefix that the model API keeps for that long."""

    text: str
    cache: Literal["5m", "1h"] | None = None


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """All that one call sends. Equal values are equal bytes on the wire."""

    model: str
    system: tuple[Block, ...]
    user: tuple[Block, ...]
    schema: Mapping[str, Any]
    """JSON schema that the answer is held to."""
    effort: Effort
    max_tokens: int

    @property
    def estimated_tokens(self) -> int:
        """Tokens of the prompt, rather too many than too few."""
        return sum(estimate_tokens(block.text) for block in (*self.system, *self.user))


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """What came back. `usage` holds the failed attempts before it as well."""

    text: str
    stop_reason: str
    usage: Usage
    request_id: str | None
    model: str
    lost_calls: int = 0
    """Attempts that broke off before they told their usage, and may have been billed."""


class ModelUnavailable(Transient):
    """The model could not be asked now, after all retries."""

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        usage: Usage | None = None,
        lost_calls: int = 0,
    ) -> None:
        super().__init__(message, retry_after=retry_after)
        self.usage = usage or Usage()
        self.lost_calls = lost_calls


class ModelRefused(Refused):
    """The model API will not answer such a request: its key, its account or its form is wrong."""

    def __init__(self, message: str, *, usage: Usage | None = None, lost_calls: int = 0) -> None:
        super().__init__(message)
        self.usage = usage or Usage()
        self.lost_calls = lost_calls


class PromptTooLong(ModelRefused):
    """The request is larger than the model's context or the API's size limit: ask about less."""


class Model(Protocol):
    """A model that can be asked."""

    def ask(self, request: ModelRequest) -> ModelAnswer:
        """The answer. Raises ModelUnavailable, ModelRefused, PromptTooLong."""


def estimate_tokens(text: str) -> int:
    """How many tokens the text may be."""
    return int(len(text) / CHARS_PER_TOKEN) + 1
