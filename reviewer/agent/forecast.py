"""What a reading would ask and cost, without asking anybody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reviewer.agent.find import STAGE as FIND
from reviewer.agent.find import passes
from reviewer.agent.material import Material
from reviewer.agent.prompt import Prompter
from reviewer.agent.read import packed_units
from reviewer.agent.reading import Reading
from reviewer.agent.request import CHARS_PER_TOKEN, ModelRequest, estimate_tokens
from reviewer.agent.tools import TOOL_SPECS
from reviewer.agent.usage import Usage, cost, price_of
from reviewer.agent.verify import STAGE as VERIFY

CLAIMS_A_UNIT = 2
"""Claims that are reckoned with; how many there will be nobody knows."""
ANSWER_TOKENS = {FIND: 4_000, VERIFY: 1_500}
"""Tokens of an answer with its thoughts, a guess; of a task a third of its room."""
_CLAIM = "x" * 1_000


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """One call as it would be made, look-ups not counted."""

    stage: str
    unit: str
    model: str
    characters: int
    tokens: int
    """Estimated, rather too many than too few."""
    cached_share: float
    """Part of the input that earlier calls will have left in the cache."""
    usd: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """All calls of a reading, and what would not be read."""

    calls: tuple[PlannedCall, ...]
    not_reviewed: tuple[tuple[str, str], ...]

    @property
    def usd(self) -> float:
        """US dollars in all."""
        return sum(call.usd for call in self.calls)


def forecast(material: Material, reading: Reading) -> Forecast:
    """What the reading of a change would ask."""
    packed = packed_units(material)
    prompter = Prompter(material, reading, TOOL_SPECS)
    kept: set[str] = set()
    calls = []
    for one in passes(packed.units, material.scope, material.changed_lines, reading):
        request = prompter.find(one.unit.reordered(one.order), one.lens)
        calls.append(planned(FIND, f"{one.unit.id} {one.name}", request, reading, kept))
    for unit in packed.units:
        readers = -(-CLAIMS_A_UNIT // reading.claims_together)
        for number in range(1, readers + 1):
            request = prompter.verify(unit, _CLAIM * (CLAIMS_A_UNIT // readers))
            name = f"{unit.id} reader {number} (if {CLAIMS_A_UNIT} claims)"
            calls.append(planned(VERIFY, name, request, reading, kept))
    return Forecast(tuple(calls), packed.not_packed)


def planned(
    stage: str, unit: str, request: ModelRequest, reading: Reading, kept: set[str]
) -> PlannedCall:
    """A call as it would be made. `kept` holds the prefixes in the cache, and gets this one's."""
    # Tools and system are one prefix, kept for an hour.
    system = "".join(map(repr, (request.tools, request.system)))
    prefix, read, written_1h, written_5m, plain = "", 0, 0, 0, 0
    for text, cache in [(system, "1h"), *((b.text, b.cache) for b in request.user)]:
        prefix += text
        tokens = estimate_tokens(text)
        if cache is not None and prefix in kept:
            read += tokens
        elif cache == "1h":
            written_1h += tokens
        elif cache == "5m":
            written_5m += tokens
        else:
            plain += tokens
        if cache is not None:
            kept.add(prefix)
    usage = Usage(
        plain, written_5m, written_1h, read, ANSWER_TOKENS.get(stage, request.max_tokens // 3)
    )
    return PlannedCall(
        stage,
        unit,
        request.model,
        len(prefix),
        usage.prompt_tokens,
        read / max(1, usage.prompt_tokens),
        cost(usage, price_of(request.model, reading.prices)),
    )


def totals(calls: Iterable[PlannedCall]) -> tuple[int, float]:
    """Characters in all, and the share of them that the cache serves."""
    listed = list(calls)
    tokens = sum(call.tokens for call in listed)
    cached = sum(call.tokens * call.cached_share for call in listed)
    return int(tokens * CHARS_PER_TOKEN), cached / max(1, tokens)
