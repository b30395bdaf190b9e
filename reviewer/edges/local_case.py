"""A repository of this machine, read as a review reads it, for what is asked about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from reviewer.agent.material import Material
from reviewer.agent.report import AgentReport
from reviewer.edges.git import Git
from reviewer.edges.local import DOING, LocalPorts, job_of, local_snapshot
from reviewer.edges.local_model import LocalModel
from reviewer.edges.local_repository import LocalRepository, NotReviewed
from reviewer.policy.words import target_words
from reviewer.progress import Progress
from reviewer.publish.markdown import NO_MODEL
from reviewer.publish.report import Report, Reported
from reviewer.publish.report_reading import ReadReport, read_report
from reviewer.pull.snapshot import Snapshot
from reviewer.review import STEPS

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
class Case:
    """A repository that was read as a review reads it, up to what a model is given."""

    snapshot: Snapshot
    material: Material
    findings: tuple[Reported, ...]
    target: str


def printed_report(path: Path) -> ReadReport:
    """What stands in a printed report. Raises NotReviewed, UnreadableReport."""
    if path.stat().st_size > _LARGEST_REPORT:
        raise NotReviewed(f"{path} is larger than {_LARGEST_REPORT // 1_000_000} MB")
    return read_report(path.read_text("utf-8", "replace"))


def open_case(
    asked: Asked, base: str | None, head: str, say: Callable[[str], None], model: LocalModel
) -> Case:
    """Read the repository. Raises ReviewerError."""
    repository = LocalRepository(asked.path)
    snapshot = local_snapshot(repository, asked.path, base, head)
    ports = LocalPorts(Git(repository.directory), snapshot, asked.max_file_kb, say, ())
    progress = Progress(job_of(snapshot))
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
    return Case(snapshot, material, report.findings, target_words(policy))
