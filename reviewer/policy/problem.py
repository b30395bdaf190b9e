"""What is wrong in a configuration, where, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

_SHOWN = 60


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake. Line and column count from 1, as editors do."""

    line: int
    column: int
    message: str


def shown(text: str) -> str:
    """A piece of the file as a message may repeat it: short, one line, nothing unseen, in ticks."""
    text = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return "`" + "".join(c if c.isprintable() and c != "`" else "?" for c in text) + "`"
