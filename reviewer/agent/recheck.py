"""Earlier findings whose lines are gone, looked at again: repaired, still there, or unsure.

A fresh reader judges them as the second reader judges claims. What is sent depends on the
material, the settings and the answers alone, as in a reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from reviewer.agent.conversation import VERIFIER, Talk
from reviewer.agent.earlier import Earlier, told_earlier
from reviewer.agent.earlier_view import EarlierBatch, EarlierViews
from reviewer.agent.fitting import Expense, Heard, heard, put_fitting
from reviewer.agent.material import Material
from reviewer.agent.pack import ReviewUnit
from reviewer.agent.prompt import Prompter, fill
from reviewer.agent.proofs import Proofs
from reviewer.agent.question import Form, Reply
from reviewer.agent.reading import Reading
from reviewer.agent.recheck_answer import (
    RECHECK_SCHEMA,
    LookedAgain,
    RecheckAnswer,
    RecheckVerdict,
    parse_recheck,
    salvage_recheck,
)
from reviewer.agent.redact import redact
from reviewer.agent.report import Stopped
from reviewer.agent.request import Ask, ModelRequest
from reviewer.agent.tools import TOOL_SPECS, Toolbox
from reviewer.agent.untrusted import fence
from reviewer.agent.waves import at_once, waves
from reviewer.errors import ReviewerError
from reviewer.finding import Evidence
from reviewer.looks import log_missed

STAGE = "recheck"
MOST_RECHECKED = 20
"""Findings that are looked at after one push."""
MAX_TOKENS = 8_000
SHORTER = "The last answer did not fit. Answer anew, with at most 30 words in `now`."
RECHECK_FORM = Form(parse_recheck, salvage_recheck, SHORTER)
NOT_PROVED = "What was quoted to show it is not in the code that runs."
TOO_MANY = f"no more than {MOST_RECHECKED} findings are looked at after one push"


@dataclass(frozen=True, slots=True)
class Rechecked:
    """What became of one finding."""

    fingerprint: str
    verdict: RecheckVerdict
    why: str
    """One sentence, the model's or ours; not yet harmless as markdown."""
    evidence: tuple[Evidence, ...] = ()
    """Lines of the head that show it; never empty for `repaired` and `stands`."""


@dataclass(frozen=True, slots=True)
class RecheckReport:
    """One outcome for each finding that was given, in their order."""

    outcomes: tuple[Rechecked, ...]
    absence: str = ""
    """Why some were not looked at, as a sentence; empty when all were."""
    expense: Expense = field(default_factory=Expense)
    stopped: Stopped = ""
    retry_after: float | None = None
    """With `silent`: in how many seconds the model may answer."""


def recheck(
    earlier: Sequence[Earlier], material: Material, reading: Reading, ask: Ask
) -> RecheckReport:
    """Whether findings are repaired at the head. What nobody could look at is unsure.

    Raises Transient when the store of answers is away.
    """
    return _Round(material, reading, ask).run(earlier)


def openings_of(
    earlier: Sequence[Earlier], material: Material, reading: Reading
) -> list[tuple[str, ModelRequest]]:
    """The first request of each conversation as it would be sent, with its name."""
    asking = _Asking(material, reading)
    return [(_name(batch), asking.request(batch)) for batch in asking.batches(_worst(earlier))]


class _Asking:
    """The requests of one round."""

    def __init__(self, material: Material, reading: Reading) -> None:
        self._material = material
        self._reading = reading
        self._views = EarlierViews(material)
        self._prompter = Prompter(material, reading, TOOL_SPECS)

    def batches(self, earlier: Sequence[Earlier]) -> list[EarlierBatch]:
        """The conversations of a round."""
        return self._views.batches(earlier, self._reading.claims_together)

    def request(self, batch: EarlierBatch) -> ModelRequest:
        """The first request of a conversation."""
        return self.about(batch, batch.unit)

    def about(
        self, batch: EarlierBatch, unit: ReviewUnit | None, *, minimal: bool = False
    ) -> ModelRequest:
        """The same with another view of the code."""
        told = "\n\n".join(f"FINDING {name}\n{told_earlier(one)}" for name, one in batch.named)
        text = fill("tasks/recheck.md", claims=fence("claims", told, self._material.nonce))
        return self._prompter.task(unit, text, MAX_TOKENS, minimal=minimal, schema=RECHECK_SCHEMA)


class _Round:
    """The state of one round."""

    def __init__(self, material: Material, reading: Reading, ask: Ask) -> None:
        self._reading = reading
        self._ask = ask
        self._asking = _Asking(material, reading)
        self._toolbox = Toolbox(material.head, material.base, material.nonce)
        self._proofs = Proofs(material)
        self._found: dict[int, Rechecked] = {}
        self._talks: list[Talk] = []
        self._reasons: dict[str, None] = {}
        self._stopped: Stopped = ""
        self._retry_after: float | None = None

    def run(self, earlier: Sequence[Earlier]) -> RecheckReport:
        batches = self._asking.batches(_worst(earlier))
        # The first alone: it fills the cache for those that are asked at once.
        for wave in (batches[:1], *waves(batches[1:])):
            waiting = wave if not self._stopped else ()
            for batch, (talk, said) in zip(
                waiting, at_once(waiting, self._put, self._reading.concurrency), strict=True
            ):
                self._talks.append(talk)
                self._take(batch, said)
        outcomes = tuple(self._outcome(one) for one in earlier)
        return RecheckReport(
            outcomes=outcomes,
            absence=self._absence(earlier),
            expense=Expense.of(self._talks, self._reading),
            stopped=self._stopped,
            retry_after=self._retry_after,
        )

    def _put(self, batch: EarlierBatch) -> tuple[Talk, Heard[RecheckAnswer]]:
        talk = Talk(STAGE, _name(batch))

        def about(unit: ReviewUnit | None, *, minimal: bool) -> ModelRequest:
            return self._asking.about(batch, unit, minimal=minimal)

        def put() -> Reply[RecheckAnswer]:
            limits, reading = VERIFIER, self._reading
            return put_fitting(
                RECHECK_FORM, self._ask, batch.unit, about, limits, reading, self._toolbox, talk
            )

        try:
            return talk, heard(put)
        except ReviewerError:
            raise
        except Exception as error:  # noqa: BLE001 - logged; one conversation ends no round
            log_missed("second look", batch.named[0][1].path, error)
            return talk, Heard(None, "there was an error on our side")

    def _take(self, batch: EarlierBatch, said: Heard[RecheckAnswer]) -> None:
        answers: dict[str, LookedAgain] = {}
        for answer in said.answer.answers if said.answer is not None else ():
            answers.setdefault(answer.id.strip(), answer)
        for name, one in batch.named:
            found = answers.get(name)
            if found is not None:
                self._found[id(one)] = self._checked_alone(one, found)
            else:
                self._reasons[said.problem or "the model said nothing of it"] = None
        self._stopped = self._stopped or said.stopped
        waits = [w for w in (self._retry_after, said.retry_after) if w is not None]
        self._retry_after = max(waits, default=None)

    def _checked_alone(self, one: Earlier, answer: LookedAgain) -> Rechecked:
        try:
            return self._checked(one, answer)
        except Exception as error:  # noqa: BLE001 - logged; one finding ends no round
            log_missed("second look", one.path, error)
            return Rechecked(one.fingerprint, RecheckVerdict.UNSURE, NOT_PROVED)

    def _checked(self, one: Earlier, answer: LookedAgain) -> Rechecked:
        why = redact(" ".join(answer.why.split()))
        if answer.verdict is RecheckVerdict.UNSURE:
            return Rechecked(one.fingerprint, answer.verdict, why)
        if answer.verdict is RecheckVerdict.REPAIRED:
            proofs = self._proofs.repairing(answer.evidence, one.path)
        else:
            proofs = self._proofs.code(answer.evidence)
        if not proofs:
            return Rechecked(one.fingerprint, RecheckVerdict.UNSURE, NOT_PROVED)
        return Rechecked(one.fingerprint, answer.verdict, why, proofs)

    def _outcome(self, one: Earlier) -> Rechecked:
        found = self._found.get(id(one))
        return found or Rechecked(one.fingerprint, RecheckVerdict.UNSURE, "Nobody looked at it.")

    def _absence(self, earlier: Sequence[Earlier]) -> str:
        missing = sum(id(one) not in self._found for one in earlier)
        if not missing:
            return ""
        reasons = [*self._reasons, *([TOO_MANY] if len(earlier) > MOST_RECHECKED else [])]
        what = "1 earlier finding was" if missing == 1 else f"{missing} earlier findings were"
        return f"{what} not looked at again: {'; '.join(reasons)}."


def _worst(earlier: Sequence[Earlier]) -> list[Earlier]:
    """Those that are looked at, the worst first."""
    return sorted(earlier, key=lambda one: one.rank)[:MOST_RECHECKED]


def _name(batch: EarlierBatch) -> str:
    return f"{batch.named[0][1].path} {', '.join(name for name, _ in batch.named)}"
