"""The checks that run before an order is sent: in the functions of its way, and their helpers."""

from __future__ import annotations

from reviewer.facts.risk_path_calls import Calls
from reviewer.facts.risk_path_prune import Prune
from reviewer.facts.risk_path_steps import Step
from reviewer.facts.risk_words import RiskWords, asks_about_limits, is_question
from reviewer.rust.file_index import Definition

CONDITION = "a condition"
"""A check that is written out and has no name."""
MOST_CHECKED = 20
"""Places of checks that are told of one way."""
_HELPERS = 3
"""Calls inside calls in which a check is looked for."""
_DEEP = 2
"""Calls inside calls where a question (`is_halted`) may no longer be about this order."""
_MOST_HELPERS = 4
"""Functions that one such call may mean."""

Checks = tuple[frozenset[str], frozenset[str], tuple[tuple[str, int, str], ...]]
"""Checks that always ran, those that may have, and where all of them stand."""

_NO_CHECKS: Checks = (frozenset(), frozenset(), ())


class PathChecks:
    """Reads the bodies of functions for checks, each once."""

    def __init__(self, calls: Calls, words: RiskWords) -> None:
        self._calls, self._words = calls, words
        self._prune = Prune(calls.repository, words)
        self._seen_before: dict[tuple[Definition, Step], Checks] = {}
        self._seen_inside: dict[tuple[Definition, int], Checks] = {}

    def before(self, function: Definition, on: Step) -> Checks:
        """The checks of a function before one of its calls."""
        key = (function, on)
        if key not in self._seen_before:
            body = self._calls.body(function)
            parts = [
                (self._checks(function, step, 0), step.always_before(on))
                for step in body.steps
                if step.at < on.at
            ]
            asked = any(at < on.at and asks_about_limits(text) for at, text in body.guards)
            self._seen_before[key] = _joined(parts, asked)
        return self._seen_before[key]

    def inside(self, function: Definition, depth: int = 0) -> Checks:
        """The checks anywhere in a function."""
        key = (function, depth)
        if key not in self._seen_inside and not self._prune.may_check(function, _HELPERS - depth):
            self._seen_inside[key] = _NO_CHECKS
        if key not in self._seen_inside:
            body = self._calls.body(function)
            parts = [(self._checks(function, step, depth), not step.branch) for step in body.steps]
            asked = any(asks_about_limits(text) for _, text in body.guards)
            self._seen_inside[key] = _joined(parts, asked)
        return self._seen_inside[key]

    def _checks(self, function: Definition, step: Step, depth: int) -> Checks:
        """The check that a call is, or those inside the helper that it calls."""
        call, targets = step.call, self._calls.targets(function, step)
        name = (
            call.name
            if self._words.is_named_check(call.name, lambda: targets)
            else self._words.check(
                call.name, call.owner, is_macro=step.is_macro, arguments=step.arguments
            )
        )
        # What gives nothing back stops the order by other means than its result.
        silent = bool(targets) and all("->" not in target.signature for target in targets)
        if not step.is_used and not silent:
            return _NO_CHECKS
        if name:
            place = ((call.path, call.line, name),)
            if depth >= _DEEP and is_question(name):
                return frozenset(), frozenset({name}), place
            return frozenset({name}), frozenset(), place
        if depth >= _HELPERS or not targets or len(targets) > _MOST_HELPERS:
            return _NO_CHECKS
        return _joined([(self.inside(t, depth + 1), len(targets) == 1) for t in targets], False)


def _joined(parts: list[tuple[Checks, bool]], asked: bool) -> Checks:
    """The checks of several calls, each with whether it always runs."""
    always = {check for checks, runs in parts if runs for check in checks[0]}
    perhaps = {check for checks, runs in parts for check in (checks[1] if runs else checks[0])}
    perhaps |= {check for checks, runs in parts if not runs for check in checks[1]}
    places = dict.fromkeys(place for checks, _ in parts for place in checks[2])
    if asked:
        perhaps.add(CONDITION)
    return frozenset(always), frozenset(perhaps), tuple(places)[:MOST_CHECKED]
