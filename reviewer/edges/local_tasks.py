"""The agent's tasks on a repository of this machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from reviewer.agent.forecast import Forecast
from reviewer.agent.material import Material
from reviewer.agent.named_items import item_named
from reviewer.agent.report import AgentReport
from reviewer.agent.task import Subject, Task
from reviewer.agent.task_forecast import forecast_task
from reviewer.agent.tasks import TaskReport, run_task
from reviewer.edges.git import Git
from reviewer.edges.local import DOING, LocalPorts, job_of, local_snapshot
from reviewer.edges.local_model import LocalModel
from reviewer.edges.local_repository import LocalRepository, NotReviewed
from reviewer.errors import Misconfigured, ReviewerError
from reviewer.policy.words import target_words
from reviewer.publish.markdown import NO_MODEL
from reviewer.publish.report import Report, Reported
from reviewer.publish.report_reading import finding_named, read_report
from reviewer.pull.snapshot import Snapshot
from reviewer.review import STEPS, Progress

_LARGEST_REPORT = 50_000_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says that a task is about."""

    path: Path
    base: str | None = None
    head: str | None = None
    question: str = ""
    item: str = ""
    finding: str = ""
    report: Path | None = None
    max_file_kb: int = 1024


@dataclass(frozen=True, slots=True)
class _Case:
    """A repository that was read as a review reads it, up to what a model is given."""

    snapshot: Snapshot
    material: Material
    findings: tuple[Reported, ...]
    target: str


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
        if asked.report.stat().st_size > _LARGEST_REPORT:
            raise NotReviewed(f"{asked.report} is larger than {_LARGEST_REPORT // 1_000_000} MB")
        printed = read_report(asked.report.read_text("utf-8", "replace"))
        base, head = base or printed.base, head or printed.head
    elif base is None and not (asked.item or asked.question):
        raise NotReviewed(f"{task.name} needs --base, to know what is changed")
    case = _open(asked, base, head or "HEAD", say, model)
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


def _open(
    asked: Asked, base: str | None, head: str, say: Callable[[str], None], model: LocalModel
) -> _Case:
    repository = LocalRepository(asked.path)
    snapshot = local_snapshot(repository, asked.path, base, head)
    ports = LocalPorts(Git(repository.directory), snapshot, asked.max_file_kb, say, ())
    progress = Progress()
    for step in STEPS:
        if step.name == "publication":
            break
        say(DOING.get(step.name, step.name))
        # Findings of the evidence are at hand at once; those of a reading come from a report.
        result = AgentReport(None, NO_MODEL) if step.name == "agent" else step.run(ports, progress)
        setattr(progress, step.name, result)
    policy = progress.policy.policy
    material = ports.material(model, snapshot, policy, progress.scope, progress.evidence)
    report = Report(snapshot.base_sha, snapshot.head_sha, progress.scope, progress.plan)
    return _Case(snapshot, material, report.findings, target_words(policy))
