"""A task from end to end: one conversation, and what is left of its answer after the checks.

What is sent depends on the material, the settings and the answers alone, as in a reading, so that
a task that is begun again asks the same and is given what was answered before.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from reviewer.agent.budget import BudgetSpent
from reviewer.agent.claims import Checker
from reviewer.agent.conversation import Talk
from reviewer.agent.fitting import put_fitting
from reviewer.agent.material import Material
from reviewer.agent.pack import ReviewUnit
from reviewer.agent.prompt import Prompter, fill
from reviewer.agent.question import Form, Reply
from reviewer.agent.reading import Reading
from reviewer.agent.redact import redact
from reviewer.agent.report import Stopped
from reviewer.agent.request import (
    Ask,
    ModelRefused,
    ModelRequest,
    ModelUnavailable,
    PromptTooLong,
)
from reviewer.agent.spending import Spending
from reviewer.agent.task import Subject, Task
from reviewer.agent.task_answer import TaskAnswer, nothing_whole, parse_task_answer
from reviewer.agent.task_check import CheckedAnswer, check_answer
from reviewer.agent.task_view import view_of
from reviewer.agent.told import told_finding
from reviewer.agent.tools import TOOL_SPECS, Toolbox
from reviewer.agent.untrusted import fence, visible, visible_name
from reviewer.agent.usage import Usage

SHORTER = "The last answer did not fit. Answer anew with half as much, the most useful first."
NO_TARGET = "No latency target and no load is known for this system."
TASK_FORM = Form(parse_task_answer, nothing_whole, SHORTER)
_TOO_LONG = "What it is about is too long for the model, so it was not answered."
_OVER_BUDGET = "The model budget is spent, so this was not answered."
_SILENT = "The model did not answer; asking again later may do."
_REFUSED = "The model API refused the question. The operator finds the reason in the log."


@dataclass(frozen=True, slots=True)
class TaskReport:
    """The answer to one task, or the sentence that says why there is none."""

    task: str
    about: str
    """As `Subject.name`."""
    answer: CheckedAnswer | None
    absence: str = ""
    """Why there is no answer; empty when there is one."""
    finding_place: tuple[str, int, int] | None = None
    """Path, first and last line of the finding that it is about: those of a replacement."""
    model: str | None = None
    """The model that was asked; None when none answered at all."""
    cost_usd: float = 0.0
    calls: int = 0
    looked_up: int = 0
    cached_share: float = 0.0
    usage: Usage = field(default_factory=Usage)
    stopped: Stopped = ""
    retry_after: float | None = None
    """With `silent`: in how many seconds the model may answer."""


def run_task(
    task: Task,
    subject: Subject,
    material: Material,
    reading: Reading,
    ask: Ask,
    *,
    target: str = "",
) -> TaskReport:
    """Ask, and check what is answered. `target` is what the maintainers say of speed and load.

    Raises NotAsked when the subject does not fit, Transient when the store of answers is away.
    """
    task.check(subject)
    asking = _Asking(task, subject, material, reading, target)
    talk = Talk(task.name, subject.name)
    answer: CheckedAnswer | None = None
    stopped: Stopped = ""
    retry_after: float | None = None
    try:
        reply = asking.put(ask, talk)
    except BudgetSpent:
        absence, stopped = _OVER_BUDGET, "over budget"
    except ModelUnavailable as error:
        absence, stopped, retry_after = _SILENT, "silent", error.retry_after
    except PromptTooLong:
        absence = _TOO_LONG
    except ModelRefused:
        absence, stopped = _REFUSED, "refused"
    else:
        absence = f"There is no answer: {reply.problem}." if reply.problem else ""
        if reply.envelope is not None:
            answer = asking.checked(reply.envelope)
    spending = Spending(reading)
    spending.add(talk)
    finding = subject.finding
    return TaskReport(
        task=task.name,
        about=subject.name,
        answer=answer,
        absence=absence,
        finding_place=(finding.path, finding.start_line or finding.line, finding.line)
        if finding is not None
        else None,
        model=next(iter(talk.models), None),
        cost_usd=spending.usd,
        calls=talk.calls,
        looked_up=talk.tool_calls,
        cached_share=spending.cached_share,
        usage=talk.usage,
        stopped=stopped,
        retry_after=retry_after,
    )


def opening_of(
    task: Task, subject: Subject, material: Material, reading: Reading, target: str = ""
) -> ModelRequest:
    """The first request of a task, as it would be sent. Raises NotAsked."""
    task.check(subject)
    return _Asking(task, subject, material, reading, target).request()


class _Asking:
    """The requests of one task."""

    def __init__(
        self, task: Task, subject: Subject, material: Material, reading: Reading, target: str
    ) -> None:
        self._task = task
        self._subject = subject
        self._material = material
        self._reading = reading
        self._prompter = Prompter(material, reading, TOOL_SPECS)
        self._text = _text_of(task, subject, material.nonce, target)
        self._unit = view_of(subject, material)

    def put(self, ask: Ask, talk: Talk) -> Reply[TaskAnswer]:
        """The reply; with less around it when the whole is too long. Raises what `Ask` raises."""
        material = self._material
        return put_fitting(
            TASK_FORM,
            ask,
            self._unit,
            self.request,
            self._task.limits,
            self._reading,
            Toolbox(material.head, material.base, material.nonce),
            talk,
        )

    def request(self, unit: ReviewUnit | None = None, *, minimal: bool = False) -> ModelRequest:
        """The request about a unit; about all that there is to show if none is given."""
        shown = unit if unit is not None else self._unit
        return self._prompter.task(shown, self._text, self._task.max_tokens, minimal=minimal)

    def checked(self, answer: TaskAnswer) -> CheckedAnswer:
        """The answer after the checks."""
        material = self._material
        checker = Checker(material.diff, material.heads, material.item_at, material.head.text)
        return check_answer(answer, self._subject.finding, material, checker)


def _text_of(task: Task, subject: Subject, nonce: str, target: str) -> str:
    """The task's prompt with what it is about, fenced."""
    holes = {"form": fill("tasks/form.md", words=str(task.words)).strip()}
    if task.asks:
        holes["question"] = fence("question", _question(subject), nonce)
    elif task.takes == {"finding"}:
        holes["claim"] = fence("claim", _about(subject), nonce)
    else:
        holes["subject"] = fence("subject", _about(subject), nonce)
    if task.name in ("optimize", "design"):
        said = redact(visible(target.strip()))
        holes["target"] = f"What its maintainers ask of it:\n\n{said}" if said else NO_TARGET
    return fill(task.prompt, **holes)


def _about(subject: Subject) -> str:
    if subject.finding is not None:
        return redact(told_finding(subject.finding))
    if subject.item is not None:
        item = subject.item.item
        return f"{visible_name(subject.item.name)}, lines {item.start} to {item.end}"
    return "The change as a whole: what it adds or rewrites."


def _question(subject: Subject) -> str:
    words = redact(visible(subject.question.strip()))
    if subject.finding is not None or subject.item is not None:
        words += f"\n\nAsked about: {_about(subject)}"
    return words
