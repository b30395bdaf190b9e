"""The flow of one review: an ordered list of named steps over values.

snapshot -> policy -> earlier -> diff -> scope -> announcement -> evidence -> agent -> placement
-> reconciled -> second look -> plan -> publication

Each step's result is remembered as JSON, so a review that was interrupted goes on behind its last
finished step. Code is never remembered: it is read again from the commits that the snapshot names.
`VERSION` goes up when `STEPS` changes, and only then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

from pydantic import TypeAdapter

from reviewer import steps_code, steps_rounds, steps_words
from reviewer.agent.recheck import RecheckReport
from reviewer.agent.report import AgentReport
from reviewer.earlier import Earlier
from reviewer.evidence import EvidenceReport
from reviewer.intake.job import ReviewJob, Wish
from reviewer.policy.held import HeldPolicy
from reviewer.ports import Checkpoint, Ports, Published
from reviewer.progress import Announced, DiffSize, Progress
from reviewer.publish.not_reviewed import check_words, paused_words
from reviewer.publish.placement import Placed
from reviewer.publish.plan import PublicationPlan
from reviewer.publish.reconcile import Reconciled
from reviewer.pull.snapshot import Snapshot
from reviewer.scope.rooms import Scope
from reviewer.wanted import Unwanted, unwanted

VERSION = "4"


class Ending(StrEnum):
    """How a review ended."""

    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    ALREADY_REVIEWED = "already reviewed"
    CLOSED = "closed"
    DRAFT = "draft"
    SWITCHED_OFF = "switched off"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Step:
    """One named step. Its result is kept under its name in `Progress`."""

    name: str
    output: TypeAdapter[Any]
    run: Callable[[Ports, Progress], Any]


STEPS: tuple[Step, ...] = (
    Step("snapshot", TypeAdapter(Snapshot), steps_code.take_snapshot),
    Step("policy", TypeAdapter(HeldPolicy), steps_code.read_policy),
    Step("earlier", TypeAdapter(Earlier), steps_rounds.read_earlier),
    Step("diff", TypeAdapter(DiffSize), steps_code.read_diff),
    Step("scope", TypeAdapter(Scope), steps_code.find_scope),
    Step("announcement", TypeAdapter(Announced), steps_code.announce),
    Step("evidence", TypeAdapter(EvidenceReport), steps_code.gather_evidence),
    Step("agent", TypeAdapter(AgentReport), steps_rounds.ask_agent),
    Step("placement", TypeAdapter(tuple[Placed, ...]), steps_code.find_places),
    Step("reconciled", TypeAdapter(Reconciled), steps_rounds.reconcile_rounds),
    Step("second_look", TypeAdapter(RecheckReport), steps_rounds.look_again),
    Step("plan", TypeAdapter(PublicationPlan), steps_words.draw_plan),
    Step("publication", TypeAdapter(Published), steps_words.publish),
)


def review(job: ReviewJob, ports: Ports, checkpoint: Checkpoint) -> Ending:
    """Run the steps in order; before each, look whether the head has moved on.

    The head is the one that stands when the snapshot is taken, so that a lost or late delivery
    costs nothing: whichever job comes last reviews the newest head.
    """
    progress = Progress(job)
    head = job.head_sha

    def superseded() -> bool:
        return ports.is_overtaken(head)

    for step in STEPS:
        if step.name != "snapshot" and superseded():
            return Ending.SUPERSEDED
        stored = checkpoint(
            step.name,
            partial(_run, step, ports, progress),
            give_up=superseded,
        )
        setattr(progress, step.name, step.output.validate_python(stored))
        if step.name == "snapshot":
            head = progress.snapshot.head_sha
            ending, words = _over(ports, job, progress.snapshot), None
        elif step.name == "policy":
            why = unwanted(job.wish, progress.snapshot, progress.policy.policy)
            ending = _ending_of(why)
            words = check_words(why, progress.snapshot, progress.policy.policy) if why else None
        elif step.name == "earlier":
            ending = _not_now(job, progress)
            words = _paused_words(progress) if ending is Ending.PAUSED else None
        else:
            continue
        if ending is not None:
            if words is not None:
                say = partial(ports.say_not_reviewed, progress.snapshot, *words)
                checkpoint("say that it is not reviewed", say, give_up=superseded)
            return ending
    return Ending.SUPERSEDED if progress.publication.superseded else Ending.PUBLISHED


def _run(step: Step, ports: Ports, progress: Progress) -> Any:
    return step.output.dump_python(step.run(ports, progress), mode="json")


def _ending_of(why: Unwanted | None) -> Ending | None:
    if why is None:
        return None
    return Ending.DRAFT if why is Unwanted.DRAFT else Ending.SWITCHED_OFF


def _paused_words(progress: Progress) -> tuple[str, str]:
    last = progress.earlier.last
    prefix = progress.policy.policy.commands.prefix
    return paused_words(last.head_sha if last is not None else "", prefix)


def _not_now(job: ReviewJob, progress: Progress) -> Ending | None:
    last = progress.earlier.last
    if job.wish is Wish.REFRESH and (last is None or last.head_sha != progress.snapshot.head_sha):
        return Ending.SUPERSEDED  # the review of the newer head tells it all
    return Ending.PAUSED if progress.earlier.paused and job.wish is Wish.PUSH else None


def _over(ports: Ports, job: ReviewJob, snapshot: Snapshot) -> Ending | None:
    if not snapshot.is_open:
        return Ending.CLOSED
    if job.wish is not Wish.PUSH:
        return None
    return Ending.ALREADY_REVIEWED if ports.is_published(snapshot.head_sha) else None
