"""What could not be judged, each thing once, and nothing that is said elsewhere already."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from reviewer.agent.alike import alike
from reviewer.agent.redact import redact

MOST_NOTES = 5
"""As many as a summary shows."""
SAME = 0.6
"""Share of common trigrams from which on two sentences say the same."""
SAME_OF_ONE_NAME = 0.3
"""The same, of two sentences that name the same code in backticks."""
MOST_COMPARED = 30
"""Notes that later ones are compared with; beyond them only the same words are the same note."""
_NAMED = re.compile(r"`([^`\n]{1,200})`")


@dataclass(frozen=True, slots=True)
class Notes:
    """The notes that are told, and how many more there are."""

    told: tuple[str, ...]
    more: int


def merged_notes(sentences: Iterable[str], said_elsewhere: Iterable[str]) -> Notes:
    """The sentences of all readers, secrets hidden, without repeats and what others say.

    `said_elsewhere` are the questions and the assumptions that the pull request is told anyway.
    """
    known = [(text, _names(text)) for text in map(_line, said_elsewhere) if text]
    told: list[str] = []
    for text in dict.fromkeys(map(_line, sentences)):
        names = _names(text)
        if text and not any(_same(text, names, *other) for other in known[:MOST_COMPARED]):
            known.append((text, names))
            told.append(text)
    return Notes(tuple(told[:MOST_NOTES]), max(0, len(told) - MOST_NOTES))


def _same(one: str, names: frozenset[str], other: str, other_names: frozenset[str]) -> bool:
    if names and other_names and names != other_names:
        return False
    return alike(one, other) >= (SAME_OF_ONE_NAME if names and names == other_names else SAME)


def _line(sentence: str) -> str:
    return " ".join(redact(sentence).split())


def _names(text: str) -> frozenset[str]:
    return frozenset(_NAMED.findall(text))
