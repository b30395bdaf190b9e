"""Filling the prompt cache before calls that share a prefix run at once.

Of calls that start together each one pays for writing the prefix; a call that says nothing, made
before them, pays once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from reviewer.agent.pack import ReviewUnit
from reviewer.agent.prompt import Prompter
from reviewer.agent.request import Ask
from reviewer.agent.waves import at_once


class Warming:
    """Remembers which prefixes the last wave has used."""

    def __init__(self, ask: Ask, prompter: Prompter, concurrency: int) -> None:
        self._ask = ask
        self._prompter = prompter
        self._concurrency = concurrency
        self._warm: set[tuple[str, ...]] = set()
        self._begun = False

    def before(self, views: Sequence[ReviewUnit]) -> None:
        """Called with the views that the calls of the next wave are about."""
        keys = Counter(_key(view) for view in views)
        if self._concurrency > 1 and len(views) > 1:
            by_key = {_key(view): view for view in views}
            shared = [key for key, count in keys.items() if count > 1 and key not in self._warm]
            if not self._begun and not shared:
                self._ask.warm(self._prompter.shared(None))
            requests = [self._prompter.shared(by_key[key]) for key in shared]
            # The first one writes what all of them begin with.
            for together in (requests[:1], requests[1:]):
                at_once(together, self._ask.warm, self._concurrency)
        self._begun = True
        self._warm = set(keys)


def _key(view: ReviewUnit) -> tuple[str, ...]:
    return (view.id, *(f"{section.path} {section.part}" for section in view.sections))
