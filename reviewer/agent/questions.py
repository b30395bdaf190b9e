"""What the readers ask, each thing once."""

from __future__ import annotations

from collections.abc import Iterable

from reviewer.agent.alike import alike
from reviewer.agent.redact import redact

MOST_QUESTIONS = 5
SAME = 0.6
"""Share of common trigrams from which on two sentences ask the same."""


def distinct(sentences: Iterable[str], most: int) -> tuple[str, ...]:
    """The sentences without those that say what an earlier one says, secrets hidden."""
    kept: list[str] = []
    for sentence in sentences:
        text = " ".join(redact(sentence).split())
        if text and len(kept) < most and all(alike(text, known) < SAME for known in kept):
            kept.append(text)
    return tuple(kept)
