"""Which functions cannot hold a check, told without reading them: a large engine has thousands."""

from __future__ import annotations

from itertools import accumulate

from reviewer.facts.risk_words import RiskWords, may_ask_about_limits
from reviewer.rust.file_index import Call, Definition
from reviewer.rust.repository import Repository


class Prune:
    """Asks the index and the words of the text, and errs on the side of a check."""

    def __init__(self, repository: Repository, words: RiskWords) -> None:
        self._repository, self._words = repository, words
        self._texts: dict[str, tuple[str, tuple[int, ...]]] = {}
        self._known: dict[tuple[Definition, int], bool] = {}

    def may_check(self, function: Definition, helpers: int) -> bool:
        """Whether a function, or what it calls over so many steps, may ask about risk."""
        asked = (function, helpers)
        if asked not in self._known:
            index = self._repository.index
            self._known[asked] = self._asks_itself(function) or any(
                self.may_check(target, helpers - 1)
                for call in (index.calls_in(function) if helpers else ())
                for target in index.resolve(call)
            )
        return self._known[asked]

    def _asks_itself(self, function: Definition) -> bool:
        return may_ask_about_limits(self._code(function)) or any(
            map(self._may_be_check, self._repository.index.calls_in(function))
        )

    def _may_be_check(self, call: Call) -> bool:
        return self._words.may_be_check(call.name, call.owner, is_macro=call.kind == "macro")

    def _code(self, function: Definition) -> str:
        if function.path not in self._texts:
            text = (self._repository.text(function.path) or "").lower()
            lengths = (len(line) + 1 for line in text.split("\n"))
            self._texts[function.path] = text, tuple(accumulate(lengths, initial=0))
        text, starts = self._texts[function.path]
        return text[starts[function.start - 1] : starts[min(function.end, len(starts) - 1)]]
