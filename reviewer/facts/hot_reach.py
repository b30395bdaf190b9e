"""Which functions run for every event: named so, marked so, or called by one that is."""

from __future__ import annotations

import re

from reviewer.detect.hot import is_hot
from reviewer.facts.change import Profile
from reviewer.facts.source import Source
from reviewer.rust.file_index import Call, Definition

DEEPEST = 3
"""Calls from a function that is hot by itself."""
_MOST_CALLS = 120
"""Calls of one name above which nobody can say who calls whom."""
_MOST_STEPS = 20_000
_MARKED = re.compile(r"#\[\s*(?:\w+::)*(?:inline\s*\(\s*always\s*\)|hot\b|hot_path\b|no_alloc\b)")
_ON_TROUBLE = re.compile(r"(?:\A|_)(?:err|error|errors|close|closed|disconnect|shutdown)(?:_|\Z)")
"""What no common event runs through, whatever else it is called."""
_OF_TROUBLE = re.compile(r"(?:Error|Err|Failure|Panic)\Z")
"""Types whose methods run when something went wrong."""
_PRETENDED = re.compile(r"mock", re.IGNORECASE)
_BY_HAND = re.compile(
    r"(?:\A|[_/])(?:params?|config|configuration|settings?|admin|authority|devnet|testnet)(?:[_./]|\Z)"
)
"""What a person does now and then: `handle_update_fee_params`, `admin.rs`."""
_NOW_AND_THEN = re.compile(
    r"polling|schedul|provision|supervis|backfill|housekeep|watchdog|heartbeat", re.IGNORECASE
)
"""Types and files that run by the clock or at the start, whatever their methods are called."""
_COLD = re.compile(r"#\[\s*cold\s*\]")


class HotReach:
    """The hot functions of one side of the change."""

    def __init__(self, source: Source, profile: Profile) -> None:
        self._source = source
        self._profile = profile
        self._left = _MOST_STEPS
        self._why: dict[Definition, Definition | None] = {}

    @property
    def truncated(self) -> bool:
        """Whether so many calls were followed that the answer is no longer whole."""
        return self._left <= 0

    def by_itself(self, function: Definition) -> bool:
        """Whether the name, an attribute or the configuration says so."""
        attributes = self._source.attributes(function)
        if _COLD.search(attributes):
            return False
        if self._profile.is_hot(function.name_path, function.path) or _MARKED.search(attributes):
            return True
        return (
            is_hot(function.name)
            and not _ON_TROUBLE.search(function.name)
            and not _BY_HAND.search(function.name)
            and not _BY_HAND.search(function.path)
            and not _NOW_AND_THEN.search(_file_and_name(function))
            and not _is_pretended(function)
        )

    def root_of(self, function: Definition) -> Definition | None:
        """The function hot by itself that reaches this one (or is it); None if it is cold."""
        if function not in self._why:
            self._why[function] = self._search(function)
        return self._why[function]

    def callees(self, function: Definition) -> dict[Definition, Call]:
        """What a function calls inside the repository, each with its first call."""
        found: dict[Definition, Call] = {}
        for call in self._source.index.calls_in(function):
            if self._left <= 0:
                break
            self._left -= 1
            callee = self._source.called(call, function)
            if callee is not None and not self._is_cold(callee):
                found.setdefault(callee, call)
        return found

    def names_called(self, function: Definition) -> frozenset[str]:
        """The names of what a function calls, of the repository or not."""
        return frozenset(call.name for call in self._source.index.calls_in(function))

    def knows_as_cold(self, function: Definition) -> bool:
        """Whether a function of the other side exists here too and is off the hot path.

        Of a name such as `get`, which everybody calls, nobody can say so.
        """
        if len(self._source.index.calls_of(function.name)) > _MOST_CALLS:
            return False
        named = self._source.index.named(function.name, kind="fn")
        same = [d for d in named if not d.test and d.name_path == function.name_path]
        near = [d for d in same if d.path == function.path] or same
        return bool(near) and all(self.root_of(d) is None for d in near)

    def _is_cold(self, function: Definition) -> bool:
        """Whether no common event runs through a function, whoever calls it."""
        return (
            bool(_OF_TROUBLE.search(function.owner))
            or _is_pretended(function)
            or bool(_COLD.search(self._source.attributes(function)))
        )

    def _search(self, function: Definition) -> Definition | None:
        if self.by_itself(function):
            return function
        if self._is_cold(function):
            return None
        seen, edge = {function}, [function]
        for _ in range(DEEPEST):
            callers = [c for one in edge for c in self._callers(one) if c not in seen]
            seen.update(callers)
            edge = list(dict.fromkeys(callers))
            for caller in edge:
                if self.by_itself(caller):
                    return caller
        return None

    def _callers(self, function: Definition) -> list[Definition]:
        calls = self._source.index.calls_of(function.name)
        if len(calls) > _MOST_CALLS:
            return []
        found = []
        for call in calls:
            if self._left <= 0:
                break
            self._left -= 1
            caller = self._source.caller(call)
            if caller is not None and self._source.called(call, caller) == function:
                found.append(caller)
        return found


def _file_and_name(function: Definition) -> str:
    return f"{function.path.rpartition('/')[2]}::{function.name_path}"


def _is_pretended(function: Definition) -> bool:
    return bool(_PRETENDED.search(f"{function.path}::{function.name_path}"))
