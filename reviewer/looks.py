"""Looks at a change, each on its own: one that raises costs itself alone, and is named."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from reviewer.errors import ReviewerError

MOST_NAMED = 200
"""Looks that are named one by one; what is behind the rest of them is most often the same."""
_REST = "further looks"
_FRAMES = 6
_PATH = 300

log = logging.getLogger(__name__)
Seen = TypeVar("Seen")
Other = TypeVar("Other")


@dataclass(frozen=True, slots=True)
class Missed:
    """A look that could not be made."""

    look: str
    """As findings name their source: `rule:A16`, `hint:B3`, `fact:hot path`; or what it was."""
    path: str
    """Of the file; empty for the change as a whole."""
    error: str
    """The kind of the error. Its message stays untold: it may quote the code."""

    @property
    def rule(self) -> str:
        """The id of the rule or hint; empty for other looks."""
        kind, _, name = self.look.partition(":")
        return name if kind in ("rule", "hint") else ""

    def told(self, path: str) -> str:
        """`rule A16 could not look at src/x.rs`; `path` is the path as it may be shown."""
        about = path if self.path else "the change as a whole"
        return f"{self.look.replace(':', ' ', 1)} could not look at {about}"

    def may_hide(self, source: str, path: str) -> bool:
        """Whether a finding of this source in this file may be missing because of it."""
        at = self.path in ("", path)
        return at and (self.look == source or not self.look.startswith(("rule:", "hint:")))


class Looks:
    """Makes looks, and keeps account of those that could not be made."""

    def __init__(self, *, outright: bool = False) -> None:
        """`outright`: what a look raises is let through."""
        self._outright = outright
        self._missed: dict[tuple[str, str], Missed] = {}

    def at(self, look: str, path: str, see: Callable[[], Seen], otherwise: Other) -> Seen | Other:
        """What is seen, or `otherwise`. Raises only what this program raises on purpose."""
        try:
            return see()
        except ReviewerError:
            raise
        except Exception as error:
            if self._outright:
                raise
            self.note(look, path, error)
            return otherwise

    @property
    def missed(self) -> tuple[Missed, ...]:
        """The looks that could not be made, in their order."""
        return tuple(self._missed.values())

    def note(self, look: str, path: str, error: Exception) -> None:
        """Take note of a look that somebody else tried to make."""
        if len(self._missed) >= MOST_NAMED:
            look, path = _REST, ""
        if (look, path) in self._missed:
            return
        self._missed[look, path] = Missed(look, path, type(error).__name__)
        log_missed(look, path, error)


OUTRIGHT = Looks(outright=True)
"""For those who want to see what a look raises."""


def log_missed(look: str, path: str, error: Exception) -> None:
    """Say where it happened, without what the error says: that may quote code, or a secret."""
    where = " < ".join(_frames(error))
    log.error("%s could not look at %.*r: %s in %s", look, _PATH, path, type(error).__name__, where)


def _frames(error: Exception) -> Iterable[str]:
    """The innermost places first."""
    last = traceback.extract_tb(error.__traceback__, limit=-_FRAMES)
    return [f"{frame.name} ({frame.filename}:{frame.lineno})" for frame in reversed(last)]
