"""The finders: every unit is read through the lenses that it deserves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from reviewer.agent.budget import BudgetSpent
from reviewer.agent.conversation import FINDER, Talk
from reviewer.agent.envelope import Envelope
from reviewer.agent.lenses import Lens, combined, lenses_for
from reviewer.agent.pack import ReviewUnit
from reviewer.agent.prompt import Prompter
from reviewer.agent.question import Question, put
from reviewer.agent.reading import SMALL_CHANGE, Reading
from reviewer.agent.request import Ask, ModelRefused, ModelUnavailable, PromptTooLong
from reviewer.agent.tools import Toolbox
from reviewer.errors import ReviewerError
from reviewer.looks import log_missed
from reviewer.scope.rooms import Scope

STAGE = "find"
_TESTS = 2
"""Rank of units that are tests alone."""


@dataclass(frozen=True, slots=True)
class Pass:
    """One reading of one unit."""

    unit: ReviewUnit
    lens: Lens
    order: int = 0
    """Which order of its sections; 0 is that of the diff."""
    extra: bool = False
    """Left out when money gets short."""

    @property
    def name(self) -> str:
        """As the progress and the record name it: `book and money`, `all, order 2`."""
        return f"{self.lens.name}, order {self.order + 1}" if self.order else self.lens.name


@dataclass(slots=True)
class PassResult:
    """What came of one pass."""

    reading: Pass
    talk: Talk
    envelopes: list[Envelope] = field(default_factory=list)
    read: list[ReviewUnit] = field(default_factory=list)
    """The parts of the unit that were read whole."""
    problems: list[tuple[ReviewUnit, str]] = field(default_factory=list)
    """The parts that were not, or not wholly, and why."""
    error: BudgetSpent | ModelUnavailable | ModelRefused | None = None
    """What ended it."""


def passes(
    units: Sequence[ReviewUnit], scope: Scope, changed_lines: int, reading: Reading
) -> list[Pass]:
    """All passes: first those that every unit gets, most important unit first, then the others."""
    first: list[Pass] = []
    later: list[Pass] = []
    for unit in units:
        everything = combined(unit, scope)
        if changed_lines <= SMALL_CHANGE:
            first.append(Pass(unit, everything))
            later += [
                Pass(unit, everything.turned(order), order, extra=True)
                for order in range(1, reading.orders)
            ]
            continue
        if reading.depth == "economy" or unit.rank >= _TESTS:
            first.append(Pass(unit, everything))
            continue
        main, *others = lenses_for(unit, scope)
        first.append(Pass(unit, main))
        # What sleeps is what a reader of behaviour misses, so that this pass is no extra.
        later += [Pass(unit, lens, extra=lens.name != "latent") for lens in others]
        if reading.depth == "thorough":
            later.append(Pass(unit, everything, 1, extra=True))
    return [*first, *sorted(later, key=lambda one: one.extra)]


NOT_READ = "it could not be read for an error on our side"


class Finder:
    """Runs passes; several threads may do so at a time."""

    def __init__(self, ask: Ask, prompter: Prompter, toolbox: Toolbox, reading: Reading) -> None:
        self._ask = ask
        self._prompter = prompter
        self._toolbox = toolbox
        self._reading = reading

    def run(self, reading: Pass) -> PassResult:
        """One pass to its end. What ends it early is kept in the result, not raised."""
        talk = Talk(STAGE, f"{reading.unit.id} {reading.name}")
        result = PassResult(reading, talk)
        waiting = [reading.unit.reordered(reading.order)]
        while waiting:
            unit = waiting.pop(0)
            try:
                self._read(unit, result)
            except PromptTooLong:
                smaller = unit.halves()
                waiting = [*smaller, *waiting]
                if not smaller:
                    result.problems.append((unit, "it is too long for the model"))
            except (BudgetSpent, ModelUnavailable, ModelRefused) as error:
                result.error = error
                result.problems += [(left, _reason(error)) for left in (unit, *waiting)]
                break
            except ReviewerError:
                raise
            except Exception as error:  # noqa: BLE001 - logged; one unit ends no review
                log_missed("finder", unit.id, error)
                result.problems.append((unit, NOT_READ))
        return result

    def _read(self, unit: ReviewUnit, result: PassResult) -> None:
        lens = result.reading.lens
        question = Question(
            self._prompter.find(unit, lens),
            self._prompter.find(unit.in_brief(), lens, minimal=True),
            FINDER,
            self._reading.fallback,
        )
        reply = put(self._ask, question, self._toolbox, result.talk)
        if reply.envelope is not None:
            result.envelopes.append(reply.envelope)
        if reply.problem:
            result.problems.append((unit, reply.problem))
        else:
            result.read.append(unit)


def _reason(error: BudgetSpent | ModelUnavailable | ModelRefused) -> str:
    """In words for the pull request; the error's own are for the operator."""
    if isinstance(error, BudgetSpent):
        return "the model budget was spent before"
    if isinstance(error, ModelUnavailable):
        return "the model did not answer"
    return "the model API refused the question"
