"""Who calls what, as far as names and stated types tell, with each function's calls in order."""

from __future__ import annotations

import re

from reviewer.facts.risk_path_steps import Body, Step, read_body
from reviewer.rust.file_index import Definition
from reviewer.rust.repository import Repository

_WORD = re.compile(r"[A-Za-z_]\w*")
_GENERIC = re.compile(r"[A-Z][A-Z0-9]?\Z")
_TYPES = ("struct", "enum", "trait")
_MOST_CALLERS, _MOST_PLACES = 60, 500
_MOST_BODIES = 1_500
"""Functions that are read on one side: some ten seconds where files are large."""

Bodies = dict[tuple[str, str, int], Body]
"""What was read, by path, text and first line: most files are the same before and after."""


class Calls:
    """The calls of one commit. Candidates, never proofs."""

    def __init__(self, repository: Repository, bodies: Bodies) -> None:
        self.index = repository.index
        self.repository = repository
        self._bodies = bodies
        self._known: dict[Definition, Body] = {}
        self._targets: dict[Step, tuple[Definition, ...]] = {}
        self._callers: dict[Definition, tuple[tuple[Definition, Step], ...]] = {}
        self._guessed: set[Definition] = set()

    def body(self, function: Definition) -> Body:
        """The calls of a function in source order."""
        if function not in self._known:
            self._known[function] = self._read(function)
        return self._known[function]

    @property
    def is_cut(self) -> bool:
        """Whether more functions were asked for than are read."""
        return len(self._known) > _MOST_BODIES

    def _read(self, function: Definition) -> Body:
        if self.is_cut:
            return Body((), ())
        text = self.repository.text(function.path)
        if text is None:
            return Body((), ())
        key = (function.path, text, function.start)
        if key not in self._bodies:
            file = self.repository.file(function.path)
            self._bodies[key] = read_body(file, function) if file is not None else Body((), ())
        return self._bodies[key]

    def targets(self, caller: Definition, step: Step) -> tuple[Definition, ...]:
        """The functions that a call may mean, narrowed by the type that is stated of its receiver.

        A method that calls one of its own name passes the call on: it does not mean itself.
        """
        if step not in self._targets:
            found = self.index.resolve(step.call)
            narrowed = self._narrowed(caller, step, found) if step.call.kind == "method" else found
            self._targets[step] = tuple(d for d in narrowed if d != caller)
        return self._targets[step]

    def callers(self, function: Definition) -> tuple[tuple[Definition, Step], ...]:
        """The functions, tests left out, that call this one or a kin of it, each with the call.

        Kin are functions of one trait. A call that may mean functions of unlike types is a guess,
        and nobody's way; `is_guessed` tells that there is one.
        """
        if function not in self._callers:
            found: dict[tuple[Definition, Step], None] = {}
            # The body says more of a receiver than the index does, and never means more by a call.
            seen = {
                (call.path, call.line)
                for call in self.index.calls_of(function.name)
                if call.kind == "token" or function in self.index.resolve(call)
            }
            for path, line in sorted(seen)[:_MOST_PLACES]:
                caller = self.index.function_at(path, line)
                if len(found) > _MOST_CALLERS:
                    break
                if caller is None or caller.test:
                    continue
                for step in self.body(caller).steps:
                    if step.call.name != function.name or step.call.line != line:
                        continue
                    targets = self.targets(caller, step)
                    if function in targets and _are_kin(targets):
                        found[caller, step] = None
                    elif function in targets:
                        self._guessed.add(function)
            self._callers[function] = tuple(found)
        return self._callers[function]

    def is_guessed(self, function: Definition) -> bool:
        """Whether others may call this one, by the name alone."""
        self.callers(function)
        return function in self._guessed

    def _narrowed(
        self, caller: Definition, step: Step, found: tuple[Definition, ...]
    ) -> tuple[Definition, ...]:
        stated = set(step.receiver_types)
        holder, _, name = step.call.owner.rpartition(".")
        if holder == "self":
            stated.add(self.index.field_type(caller.owner, name))
        words = {word for text in stated for word in _WORD.findall(text)}
        words |= {w for one in words for w in _WORD.findall(self.index.field_type(one, ""))}
        fitting = tuple(d for d in found if words & set(_WORD.findall(d.name_path)[:-1]))
        if fitting or not words:
            return fitting or found
        if any(_GENERIC.match(word) for word in words):
            return found
        # The type is known and has no such method here: a library's, or one behind a trait.
        is_ours = any(self.index.named(word, kind=kind) for word in words for kind in _TYPES)
        return () if is_ours or step.receiver_types == () else found


def _are_kin(functions: tuple[Definition, ...]) -> bool:
    first = functions[0]
    return all(d.owner == first.owner or (d.trait and d.trait == first.trait) for d in functions)
