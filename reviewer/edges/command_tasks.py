"""The commands that ask the model one thing: `/ask`, `/explain`, `/fix`, `/test`, `/optimize`,
`/design`, with the budgets, stored answers and rules of trust of a review."""

from __future__ import annotations

from reviewer.agent.named_items import item_named
from reviewer.agent.task import TASKS, Subject
from reviewer.agent.tasks import TaskReport
from reviewer.edges.comment_case import Case, Heard, Outcome, Spoken
from reviewer.edges.comment_code import finding_of, material_for
from reviewer.edges.ports import ReviewPorts
from reviewer.finding import Finding
from reviewer.intake.commands import BY_NAME, Takes
from reviewer.intake.job import Wish
from reviewer.publish.command_words import LINE_GONE, answer_marker
from reviewer.publish.defang import is_inert
from reviewer.publish.task_markdown import task_markdown
from reviewer.publish.thread_words import OurComment
from reviewer.pull.snapshot import Snapshot


def answer_task(case: Case, heard: Heard, spoken: Spoken, index: int) -> Outcome:
    """Ask the model; the answer as it is posted.

    Raises ModelUnavailable when it may be asked again later, NotAsked and NoSuchItem.
    """
    snapshot = heard.snapshot
    job = case.review_job(index, snapshot.head_sha, Wish.AGAIN)
    ports = case.ports(job)
    reader = case.desk.shared.agent_reader
    material = material_for(ports, job, snapshot, heard.held)
    finding = finding_of(heard.about, ports, snapshot) if heard.about is not None else None
    takes = BY_NAME[spoken.command].takes
    if heard.about is not None and finding is None and takes is not Takes.TEXT:
        return Outcome(done=False, reply=LINE_GONE)
    item = None
    if takes is Takes.ITEM and spoken.argument:
        item, finding = item_named(material.head, spoken.argument), None
    task = TASKS[spoken.command]
    subject = Subject(
        finding=finding if "finding" in task.takes else None,
        item=item,
        question=spoken.argument if task.asks else "",
    )
    report = reader.answer(job, task, subject, material, heard.policy)
    body = task_markdown(
        report,
        marker=answer_marker(case.use(index)),
        suggests=_suggests(heard.about, finding, report, ports, snapshot),
    )
    return Outcome(done=report.answer is not None, reply=body)


def _suggests(
    about: OurComment | None,
    finding: Finding | None,
    report: TaskReport,
    ports: ReviewPorts,
    snapshot: Snapshot,
) -> bool:
    """Whether GitHub's button may offer the replacement, by the rules that findings have."""
    lines = report.answer.replacement if report.answer is not None else None
    return (
        about is not None
        and finding is not None
        and lines is not None
        and is_inert(lines)
        and about.can_be_replaced(finding, ports.code(snapshot).diff)
    )
