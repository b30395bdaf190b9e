"""One question to a model and its answer, as values, and the port through which it is asked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
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
class ToolSpec:
    """A tool that the model may ask for."""

    name: str
    description: str
    input_schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Turn:
    """One message after the first: raw blocks, replayed as they came, signed thinking included."""

    role: Literal["assistant", "user"]
    content: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool that the model asked for. `input` is the model's and unchecked."""

    id: str
    name: str
    input: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """All that one call sends. Equal values are equal bytes on the wire."""

    model: str
    system: tuple[Block, ...]
    user: tuple[Block, ...]
    schema: Mapping[str, Any] | None
    """JSON schema that the answer is held to; None where only the text asks for JSON."""
    effort: Effort
    max_tokens: int
    tools: tuple[ToolSpec, ...] = ()
    turns: tuple[Turn, ...] = ()
    """What was said after the first message, oldest first."""
    user_id: str = ""
    """Opaque name of whom the call is made for; empty for none."""

    @property
    def digest(self) -> str:
        """SHA-256 of all that is sent, in hex: the same in every process."""
        return hashlib.sha256(canonical_json(self).encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def estimated_tokens(self) -> int:
        """Tokens of the prompt, rather too many than too few."""
        texts = [block.text for block in (*self.system, *self.user)]
        texts += [canonical_json(tool) for tool in self.tools]
        texts += [canonical_json(turn) for turn in self.turns]
        return sum(map(estimate_tokens, texts))


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
    tool_calls: tuple[ToolCall, ...] = ()
    content: tuple[Mapping[str, Any], ...] = ()
    """The raw blocks, to be replayed as they came."""
    declined: str = ""
    """Why the model refused, as its category; never its explanation."""


@dataclass(frozen=True, slots=True)
class Call:
    """One question of a review: the stage and unit it belongs to, and its number there."""

    stage: str
    unit: str
    number: int
    request: ModelRequest


class ModelUnavailable(Transient):
    """The model could not be asked now, after all retries."""

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        usage: Usage | None = None,
        lost_calls: int = 0,
        limited: bool = False,
    ) -> None:
        super().__init__(message, retry_after=retry_after)
        self.usage = usage or Usage()
        self.lost_calls = lost_calls
        self.limited = limited
        """The API works, and asks us to come back later."""


class ModelRefused(Refused):
    """The model API will not answer such a request: its key, its account or its form is wrong."""

    def __init__(self, message: str, *, usage: Usage | None = None, lost_calls: int = 0) -> None:
        super().__init__(message)
        self.usage = usage or Usage()
        self.lost_calls = lost_calls


class PromptTooLong(ModelRefused):
    """The request is larger than the model's context or the API's size limit: ask about less."""


class ModelChanged(ModelUnavailable):
    """The model went away within a conversation, and another one would take over.

    What one model said is never replayed onto another: the caller begins the conversation anew,
    with the same opening and no turns.
    """


class Ask(Protocol):
    """Asks for one review: under its budget, and never twice for the same."""

    def __call__(self, call: Call) -> ModelAnswer:
        """The answer. Raises ModelUnavailable, ModelRefused, PromptTooLong, BudgetSpent."""

    def warm(self, request: ModelRequest) -> None:
        """Fill the prompt cache before calls that share a prefix run at once. Never raises."""


def estimate_tokens(text: str) -> int:
    """How many tokens the text may be."""
    return int(len(text) / CHARS_PER_TOKEN) + 1


def canonical_json(value: object) -> str:
    """The value of this module as JSON: one text for equal values."""
    return json.dumps(
        value, default=_plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )


def _plain(value: object) -> dict[str, Any]:
    if isinstance(value, Mapping):
        return dict(value)
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    raise TypeError(f"{type(value).__name__} cannot be sent")
