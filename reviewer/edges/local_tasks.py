"""The agent's tasks on a repository of this machine."""

from __future__ import annotations

from collections.abc import Callable

from reviewer.agent.forecast import Forecast
from reviewer.agent.named_items import item_named
from reviewer.agent.task import Subject, Task
from reviewer.agent.task_forecast import forecast_task
from reviewer.agent.tasks import TaskReport, run_task
from reviewer.edges.local import job_of
from reviewer.edges.local_case import Asked, open_case, printed_report
from reviewer.edges.local_model import LocalModel
from reviewer.edges.local_repository import NotReviewed
from reviewer.errors import Misconfigured, ReviewerError
from reviewer.publish.report_reading import finding_named


def run_local_task(
    task: Task,
    asked: Asked,
    model: LocalModel,
    *,
    say: Callable[[str], None],
    told: Callable[[str], None],
) -> TaskReport | Forecast:
    """The answer, or what would be asked when the model's options want that.

    `say` hears what is done, `told` of every call. Raises NotReviewed.
    """
    try:
        return _run(task, asked, model, say, told)
    except Misconfigured:
        raise
    except ReviewerError as error:
        raise NotReviewed(str(error)) from error


def _run(
    task: Task,
    asked: Asked,
    model: LocalModel,
    say: Callable[[str], None],
    told: Callable[[str], None],
) -> TaskReport | Forecast:
    base, head, printed = asked.base, asked.head, None
    if asked.report is not None:
        printed = printed_report(asked.report)
        base, head = base or printed.base, head or printed.head
    elif base is None and not (asked.item or asked.question):
        raise NotReviewed(f"{task.name} needs --base, to know what is changed")
    case = open_case(asked, base, head or "HEAD", say, model)
    subject = Subject(
        finding=finding_named(printed.findings if printed else case.findings, asked.finding)
        if asked.finding
        else None,
        item=item_named(case.material.head, asked.item) if asked.item else None,
        question=asked.question,
    )
    if model.options.plan:
        return forecast_task(task, subject, case.material, model.reading, target=case.target)
    ask = model.ask(job_of(case.snapshot), told)
    say(f"asking {model.reading.model}")
    return run_task(task, subject, case.material, model.reading, ask, target=case.target)
