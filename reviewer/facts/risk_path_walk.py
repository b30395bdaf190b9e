"""The ways through a repository that end in an order sent or a balance moved."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from itertools import islice

from reviewer.facts.risk_path_calls import Calls
from reviewer.facts.risk_path_checks import CONDITION, MOST_CHECKED, PathChecks
from reviewer.facts.risk_path_near import callers_of, key
from reviewer.facts.risk_path_steps import Step
from reviewer.facts.risk_words import (
    RiskWords,
    says_approved,
    unwinds,
)
from reviewer.rust.file_index import Call, Definition

TOO_MANY = "all of them"
DEEPEST = 8
"""Functions of one way, entry and sender among them."""
_MOST_PATHS = 60
_MOST_SENDS, _MOST_IN_ONE = 300, 20
"""Sends that are followed, in the repository and in one function."""
_MOST_ALIKE = 60
"""Functions that send by one name, above which only those near the change are followed."""

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
    is_whole: bool
    """It begins at a function that nobody calls, not where it became too long or is a guess."""
    is_certain: bool
    """It is whole and every call on the way can mean only one function."""
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
        self._checks = PathChecks(calls, words)
        self._by_send: dict[str, dict[Definition, None]] | None = None

    def ways(
        self, senders: frozenset[str], deepest: int = DEEPEST, only: frozenset[str] | None = None
    ) -> Ways:
        """All paths to the sends in these functions, in the order of files and lines.

        Over at most `deepest` functions; with `only`, to the sends of these names alone.
        """
        sends = self._sends(senders)
        senders_here = frozenset(caller for caller, _ in sends[:_MOST_SENDS])
        towards = callers_of(self._calls.index, senders_here)
        paths: list[SendPath] = []
        cut: set[str] = {TOO_MANY} if len(sends) > _MOST_SENDS else set()
        for caller, step in sends[:_MOST_SENDS]:
            targets = self._calls.targets(caller, step)
            if self._lead_to(targets, senders_here, towards):
                continue  # passes the order on to what sends
            name = self._name(step, targets)
            if only is not None and name not in only:
                continue
            chains = self._chains(caller, step, deepest)
            if len(chains) >= _MOST_PATHS:
                cut.add(name)
            paths += [
                self._path(chain, name, targets, is_whole=self._is_whole(chain, deepest))
                for chain in chains
            ]
        return Ways(tuple(paths), frozenset(cut))

    def senders_near(self, near: frozenset[str]) -> frozenset[str]:
        """The name paths of the senders to which functions of `near` may lead.

        With all others that send by the same names, to hold them against, if there are not many.
        """
        senders = self._senders()
        leading = {
            caller: not near.isdisjoint(callers_of(self._calls.index, [caller]))
            for callers in senders.values()
            for caller in callers
        }
        alike = {
            caller.name_path
            for callers in senders.values()
            if len(callers) <= _MOST_ALIKE and any(leading[caller] for caller in callers)
            for caller in callers
        }
        return frozenset(alike | {caller.name_path for caller in leading if leading[caller]})

    def _senders(self) -> dict[str, dict[Definition, None]]:
        """The functions that send, by the name of what they call."""
        if self._by_send is not None:
            return self._by_send
        index = self._calls.index
        found: dict[str, dict[Definition, None]] = {}
        known: dict[tuple[str, str, str], bool] = {}
        for path in sorted(index.paths):
            file = index.file(path)
            for call in file.calls if file else ():
                if call.kind == "macro" or not (
                    self._sends_by(call, known)
                    or self._words.is_named_send(call.name, partial(index.resolve, call))
                ):
                    continue
                caller = index.function_at(path, call.line)
                if caller is not None and not caller.test:
                    found.setdefault(call.name, {})[caller] = None
        self._by_send = found
        return found

    def _sends_by(self, call: Call, known: dict[tuple[str, str, str], bool]) -> bool:
        asked = (call.name, call.owner, call.kind)
        if asked not in known:
            is_method = call.kind == "method"
            known[asked] = self._words.sends(call.name, call.owner, is_method=is_method)
        return known[asked]

    def _sends_in(self, caller: Definition, step: Step) -> bool:
        name, is_method = step.call.name, step.call.kind == "method"
        return self._words.sends(name, step.call.owner, is_method=is_method) or (
            self._words.is_named_send(name, partial(self._calls.targets, caller, step))
        )

    def _sends(self, senders: frozenset[str]) -> list[tuple[Definition, Step]]:
        every = {c for callers in self._senders().values() for c in callers}
        near = (caller for caller in every if caller.name_path in senders)
        found: list[tuple[Definition, Step]] = []
        for caller in sorted(near, key=lambda d: (d.path, d.start)):
            sending = (
                (caller, step)
                for step in self._calls.body(caller).steps
                if not step.is_macro and self._sends_in(caller, step)
            )
            found += islice(sending, _MOST_IN_ONE)
            if len(found) > _MOST_SENDS:
                break
        return found

    def _lead_to(
        self,
        functions: tuple[Definition, ...],
        senders: frozenset[Definition],
        towards: Collection[str],
    ) -> bool:
        """Whether functions are, or call, one of the senders; only what is `towards` is read."""
        edge, seen = list(functions), set(functions)
        for _ in range(DEEPEST):
            if not senders.isdisjoint(edge):
                return True
            inside = [f for f in edge if key(f.path, f.name) in towards]
            steps = ((f, step) for f in inside for step in self._calls.body(f).steps)
            called = {target for f, step in steps for target in self._calls.targets(f, step)}
            edge = list(called - seen)
            seen |= called
        return False

    def _chains(self, sender: Definition, send: Step, deepest: int) -> list[Chain]:
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
            if not callers or len(chain) >= deepest:
                done.append(chain)
            else:
                waiting += [(edge, *chain) for edge in reversed(callers)]
        return done

    def _is_whole(self, chain: Chain, deepest: int) -> bool:
        return len(chain) < deepest and not self._calls.is_guessed(chain[0][0])

    def _path(
        self, chain: Chain, name: str, targets: tuple[Definition, ...], *, is_whole: bool
    ) -> SendPath:
        parts = [self._checks.before(function, on) for function, on in chain]
        parts += [self._checks.inside(target) for target in targets if len(targets) == 1]
        always = frozenset(check for part in parts for check in part[0])
        perhaps = frozenset(check for part in parts for check in part[1])
        if any(says_approved(function.signature) for function, _ in chain):
            perhaps |= {CONDITION}
        steps = [self._calls.targets(function, step) for function, step in chain[:-1]]
        return SendPath(
            functions=tuple(function.name_path for function, _ in chain),
            send=name,
            checks=always,
            perhaps=always | perhaps,
            lines=tuple((step.call.path, step.call.line) for _, step in chain),
            checked_at=tuple(place for part in parts for place in part[2])[:MOST_CHECKED],
            is_whole=is_whole,
            is_certain=len(targets) <= 1 and is_whole and all(len(found) == 1 for found in steps),
            is_entry=not self._is_send(chain[0][0]),
            unwinds=any(unwinds(function.name_path) for function, _ in chain),
        )

    def _is_send(self, function: Definition) -> bool:
        return self._words.sends(function.name, "", is_method=False) or (
            self._words.is_named_send(function.name, lambda: (function,))
        )

    @staticmethod
    def _name(step: Step, targets: tuple[Definition, ...]) -> str:
        if len(targets) == 1 and targets[0].owner:
            return f"{targets[0].owner}::{step.call.name}"
        return step.call.name
