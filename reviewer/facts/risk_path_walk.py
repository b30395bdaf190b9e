"""The ways through a repository that end in an order sent or a balance moved."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer.facts.risk_path_calls import Calls
from reviewer.facts.risk_path_steps import Step
from reviewer.facts.risk_words import RiskWords, asks_about_limits, says_approved, unwinds
from reviewer.rust.file_index import Definition

CONDITION = "a condition"
"""A check that is written out and has no name."""
_DEEPEST = 8
_HELPERS = 3
"""Calls inside calls in which a check is looked for."""
_MOST_HELPERS = 4
"""Functions that one such call may mean."""
_MOST_PATHS = 60
_MOST_SENDS = 300

Chain = tuple[tuple[Definition, Step], ...]
"""Functions from the entry to the one that sends, each with the call that leads on."""


@dataclass(frozen=True, slots=True)
class SendPath:
    """One way to a send. Lines are 1-based."""

    functions: tuple[str, ...]
    send: str
    """`Gateway::send_order`, or the bare name of what is not in the repository."""
    checks: frozenset[str]
    """Those that have run whenever the send runs."""
    perhaps: frozenset[str]
    """Those, and what may have run."""
    lines: tuple[tuple[str, int], ...]
    """Path and line of the calls, entry first; the last is the send."""
    checked_at: tuple[tuple[str, int, str], ...]
    """Path, line and name of the checks."""
    is_certain: bool
    """Every call on the way can mean only one function."""
    is_entry: bool
    """False where the first function is named like a send: a layer around one, called elsewhere."""
    unwinds: bool


@dataclass(frozen=True, slots=True)
class Ways:
    """All paths of one commit; `cut` are the sends with more paths than are followed."""

    paths: tuple[SendPath, ...]
    cut: frozenset[str]


class PathWalk:
    """Follows the calls upwards from each send, to functions that nobody calls."""

    def __init__(self, calls: Calls, words: RiskWords) -> None:
        self._calls, self._words = calls, words

    def ways(self) -> Ways:
        """All paths, in the order of files and lines."""
        sends = self._sends()
        reaching = self._reaching([caller for caller, _ in sends])
        paths: list[SendPath] = []
        cut: set[str] = {"…"} if len(sends) > _MOST_SENDS else set()
        for caller, step in sends[:_MOST_SENDS]:
            targets = self._calls.targets(caller, step)
            if any(target in reaching for target in targets):
                continue  # passes the order on to what sends
            name = self._name(step, targets)
            chains = self._chains(caller, step)
            if len(chains) >= _MOST_PATHS:
                cut.add(name)
            paths += [self._path(chain, name, targets) for chain in chains]
        return Ways(tuple(paths), frozenset(cut))

    def _sends(self) -> list[tuple[Definition, Step]]:
        index, found = self._calls.index, []
        for path in sorted(index.paths):
            file = index.file(path)
            callers: dict[Definition, None] = {}
            for call in file.calls if file else ():
                is_method = call.kind == "method"
                if call.kind != "macro" and self._words.sends(
                    call.name, call.owner, is_method=is_method
                ):
                    caller = index.function_at(path, call.line)
                    if caller is not None and not caller.test:
                        callers[caller] = None
            for caller in callers:
                found += [
                    (caller, step) for step in self._calls.body(caller).steps
                    if not step.is_macro and self._words.sends(
                        step.call.name, step.call.owner, is_method=step.call.kind == "method")
                ]  # fmt: skip
        return found

    def _reaching(self, senders: list[Definition]) -> set[Definition]:
        reaching: set[Definition] = set()
        waiting = [(sender, 0) for sender in senders]
        while waiting:
            function, depth = waiting.pop()
            if function not in reaching and depth <= _DEEPEST:
                reaching.add(function)
                waiting += [(caller, depth + 1) for caller, _ in self._calls.callers(function)]
        return reaching

    def _chains(self, sender: Definition, send: Step) -> list[Chain]:
        done: list[Chain] = []
        waiting: list[Chain] = [((sender, send),)]
        while waiting and len(done) < _MOST_PATHS:
            chain = waiting.pop()
            inside = {function for function, _ in chain}
            callers = [
                (caller, step)
                for caller, step in self._calls.callers(chain[0][0])
                if caller not in inside
            ]
            if not callers or len(chain) >= _DEEPEST:
                done.append(chain)
            else:
                waiting += [(edge, *chain) for edge in reversed(callers)]
        return done

    def _path(self, chain: Chain, name: str, targets: tuple[Definition, ...]) -> SendPath:
        always: set[str] = set()
        perhaps: set[str] = set()
        places: dict[tuple[str, int, str], None] = {}
        for function, on in chain:
            inside = self._before(function, on, places)
            always |= inside[0]
            perhaps |= inside[1]
            if says_approved(function.signature):
                perhaps.add(CONDITION)
        for target in targets if len(targets) == 1 else ():
            inside = self._inside(target, places, 0)
            always |= inside[0]
            perhaps |= inside[1]
        steps = [self._calls.targets(function, step) for function, step in chain[:-1]]
        return SendPath(
            functions=tuple(function.name_path for function, _ in chain),
            send=name,
            checks=frozenset(always),
            perhaps=frozenset(always | perhaps),
            lines=tuple((step.call.path, step.call.line) for _, step in chain),
            checked_at=tuple(places),
            is_certain=len(targets) <= 1
            and len(chain) < _DEEPEST
            and all(len(found) == 1 for found in steps),
            is_entry=not self._words.sends(chain[0][0].name, "", is_method=False),
            unwinds=any(unwinds(function.name_path) for function, _ in chain),
        )

    def _before(
        self, function: Definition, on: Step, places: dict[tuple[str, int, str], None]
    ) -> tuple[set[str], set[str]]:
        """The checks of a function before one of its calls: what always ran, what may have."""
        always: set[str] = set()
        perhaps: set[str] = set()
        body = self._calls.body(function)
        for step in body.steps:
            if step.at >= on.at:
                break
            found, maybe = self._checks(function, step, places, 0)
            (always if step.always_before(on) else perhaps).update(found)
            perhaps |= maybe
        if any(at < on.at and asks_about_limits(text) for at, text in body.guards):
            perhaps.add(CONDITION)
        return always, perhaps

    def _inside(
        self, function: Definition, places: dict[tuple[str, int, str], None], depth: int
    ) -> tuple[set[str], set[str]]:
        always: set[str] = set()
        perhaps: set[str] = set()
        body = self._calls.body(function)
        for step in body.steps:
            found, maybe = self._checks(function, step, places, depth)
            (perhaps if step.branch else always).update(found)
            perhaps |= maybe
        if any(asks_about_limits(text) for _, text in body.guards):
            perhaps.add(CONDITION)
        return always, perhaps

    def _checks(
        self,
        function: Definition,
        step: Step,
        places: dict[tuple[str, int, str], None],
        depth: int,
    ) -> tuple[set[str], set[str]]:
        """The check that a call is, or those inside the helper that it calls."""
        call = step.call
        name = self._words.check(
            call.name, call.owner, is_macro=step.is_macro, arguments=step.arguments
        )
        targets = self._calls.targets(function, step)
        # What gives nothing back stops the order by other means than its result.
        silent = bool(targets) and all("->" not in target.signature for target in targets)
        if not step.is_used and not silent:
            return set(), set()
        if name:
            places[call.path, call.line, name] = None
            return {name}, set()
        if depth >= _HELPERS or len(targets) > _MOST_HELPERS:
            return set(), set()
        inside = [self._inside(target, places, depth + 1) for target in targets]
        if len(inside) == 1:
            return inside[0]
        return set(), {name for found, maybe in inside for name in found | maybe}

    @staticmethod
    def _name(step: Step, targets: tuple[Definition, ...]) -> str:
        if len(targets) == 1 and targets[0].owner:
            return f"{targets[0].owner}::{step.call.name}"
        return step.call.name
