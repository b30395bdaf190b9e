"""The flow of one review: an ordered list of named steps over values.

snapshot -> diff -> scope -> evidence -> agent -> placement -> plan -> publication

Each step's result is remembered as JSON, so a review that was interrupted goes on behind its last
finished step. Code is never remembered: it is read again from the commits that the snapshot names.
`VERSION` goes up when `STEPS` changes, and only then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Any

from pydantic import TypeAdapter

from reviewer.agent.report import AgentReport
from reviewer.evidence import EvidenceReport
from reviewer.finding import Finding
from reviewer.gathering import gather
from reviewer.intake.job import ReviewJob, Wish
from reviewer.policy.held import HeldPolicy
from reviewer.policy.policy import Policy
from reviewer.ports import Checkpoint, Ports, Published
from reviewer.publish.coverage import Coverage
from reviewer.publish.fingerprint import QUESTIONS_ASKED
from reviewer.publish.placement import Placed, place
from reviewer.publish.plan import PublicationPlan, make_plan
from reviewer.pull.diff import is_rust
from reviewer.pull.snapshot import Snapshot
from reviewer.rust.file import RustFile
from reviewer.rust.patch import is_sound
from reviewer.scope.classify import classify
from reviewer.scope.rooms import Scope

VERSION = "2"


class Ending(StrEnum):
    """How a review ended."""

    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    ALREADY_REVIEWED = "already reviewed"
    CLOSED = "closed"
    DRAFT = "draft"
    SWITCHED_OFF = "switched off"


@dataclass(frozen=True, slots=True)
class DiffSize:
    """What is remembered of the diff: its size, and the Rust files that could not be read."""

    files: int
    rust_files: int
    added: int
    removed: int
    unread: tuple[tuple[str, str], ...]


class Progress:
    """The results of the steps so far, by their names; a step reads those of the steps before."""

    snapshot: Snapshot
    policy: HeldPolicy
    diff: DiffSize
    scope: Scope
    evidence: EvidenceReport
    agent: AgentReport
    placement: tuple[Placed, ...]
    plan: PublicationPlan
    publication: Published


def take_snapshot(ports: Ports, _progress: Progress) -> Snapshot:
    """The pull request as it stands now; the review is bound to its head."""
    return ports.snapshot()


def read_policy(ports: Ports, progress: Progress) -> HeldPolicy:
    """What the repository's maintainers decided, as the base branch has it."""
    return ports.policy(progress.snapshot)


def read_diff(ports: Ports, progress: Progress) -> DiffSize:
    """Size of the change, and what of it cannot be read."""
    code = ports.code(progress.snapshot)
    trees = ports.rust_files(progress.snapshot)
    tangled = {path: tree.problem for path, tree in trees.items() if tree.problem}
    return DiffSize(
        files=len(code.diff.files),
        rust_files=sum(is_rust(f.path) for f in code.diff.files),
        added=code.diff.added_count,
        removed=code.diff.removed_count,
        unread=(*code.unread.items(), *tangled.items()),
    )


def find_scope(ports: Ports, progress: Progress) -> Scope:
    """Which trading rooms each Rust file touches."""
    code = ports.code(progress.snapshot)
    trees = ports.rust_files(progress.snapshot)
    return classify(
        (
            (f, code.heads.get(f.path), trees.get(f.path))
            for f in code.diff.files
            if is_rust(f.path) or is_rust(f.old_path)
        ),
        progress.policy.policy.rooms_said,
        paths=ports.repository(progress.snapshot).paths,
    )


def gather_evidence(ports: Ports, progress: Progress) -> EvidenceReport:
    """What the syntax trees, and in any file the characters, prove about the change."""
    snapshot = progress.snapshot
    return gather(
        ports.code(snapshot),
        ports.rust_files(snapshot),
        ports.repository(snapshot),
        progress.scope,
        progress.policy.policy,
        ports.ci_results(snapshot),
    )


def ask_agent(ports: Ports, progress: Progress) -> AgentReport:
    """What the model finds; a change without trading code is not shown to it."""
    if not progress.scope.paths:
        return AgentReport(None, "No trading code was changed, so no model was asked.")
    return ports.read_code(
        progress.snapshot, progress.policy.policy, progress.scope, progress.evidence
    )


def find_places(ports: Ports, progress: Progress) -> tuple[Placed, ...]:
    """Where each finding may stand."""
    diff = ports.code(progress.snapshot).diff
    trees = ports.rust_files(progress.snapshot)

    def item_range(path: str, line: int) -> tuple[int, int] | None:
        item = trees[path].item_at(line) if path in trees else None
        return (item.start, item.end) if item else None

    return tuple(
        place(_with_sound_fix(finding, trees), diff, item_range)
        for finding in (*progress.evidence.findings, *progress.agent.findings)
    )


def _with_sound_fix(finding: Finding, trees: dict[str, RustFile]) -> Finding:
    """The finding without its replacement, should that break the file."""
    if finding.replacement is None:
        return finding
    start, file = finding.start_line or finding.line, trees.get(finding.path)
    if file is not None and is_sound(file, start, finding.line, finding.replacement):
        return finding
    return replace(finding, replacement=None)


def draw_plan(ports: Ports, progress: Progress) -> PublicationPlan:
    """All that will be said."""
    diff, scope, agent = progress.diff, progress.scope, progress.agent
    spoken = ports.spoken()
    in_scope = scope.paths
    # Also outside the known rooms: what could not be read may hold anything.
    unread = diff.unread
    coverage = Coverage(
        files_changed=diff.files,
        rust_files=diff.rust_files,
        files_in_scope=len(in_scope),
        lines_added=diff.added,
        model=agent.model,
        model_absence=agent.absence,
        cost_usd=agent.cost_usd,
        not_judged=agent.not_judged,
        questions=() if QUESTIONS_ASKED in spoken else agent.questions,
        remarks=agent.remarks,
        cached_share=agent.cached_share,
        not_reviewed=(*unread, *(row for row in agent.not_reviewed if row not in unread)),
    )
    policy = progress.policy.policy
    return make_plan(
        progress.placement,
        coverage,
        already_said=spoken,
        gate=policy.gate_severity,
        floor=policy.severity_floor,
        caps=policy.caps_by_severity,
        trusted=progress.policy.usable,
        facts=progress.evidence.facts,
        notes=(*progress.policy.notes, *progress.evidence.notes),
        claims=agent.claims,
    )


def publish(ports: Ports, progress: Progress) -> Published:
    """Say it."""
    return ports.publish(progress.snapshot, progress.scope, progress.plan)


@dataclass(frozen=True, slots=True)
class Step:
    """One named step. Its result is kept under its name in `Progress`."""

    name: str
    output: TypeAdapter[Any]
    run: Callable[[Ports, Progress], Any]


STEPS: tuple[Step, ...] = (
    Step("snapshot", TypeAdapter(Snapshot), take_snapshot),
    Step("policy", TypeAdapter(HeldPolicy), read_policy),
    Step("diff", TypeAdapter(DiffSize), read_diff),
    Step("scope", TypeAdapter(Scope), find_scope),
    Step("evidence", TypeAdapter(EvidenceReport), gather_evidence),
    Step("agent", TypeAdapter(AgentReport), ask_agent),
    Step("placement", TypeAdapter(tuple[Placed, ...]), find_places),
    Step("plan", TypeAdapter(PublicationPlan), draw_plan),
    Step("publication", TypeAdapter(Published), publish),
)


def review(job: ReviewJob, ports: Ports, checkpoint: Checkpoint) -> Ending:
    """Run the steps in order; before each, look whether the head has moved on.

    The head is the one that stands when the snapshot is taken, so that a lost or late delivery
    costs nothing: whichever job comes last reviews the newest head.
    """
    progress = Progress()
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
            ending = _over(ports, progress.snapshot, job.wish)
        elif step.name == "policy":
            ending = _unwanted(progress.snapshot, progress.policy.policy)
        else:
            continue
        if ending is not None:
            return ending
    return Ending.SUPERSEDED if progress.publication.superseded else Ending.PUBLISHED


def _run(step: Step, ports: Ports, progress: Progress) -> Any:
    return step.output.dump_python(step.run(ports, progress), mode="json")


def _unwanted(snapshot: Snapshot, policy: Policy) -> Ending | None:
    """Why the maintainers do not want this one reviewed, or not yet."""
    label = policy.label_says(snapshot.labels)
    if not policy.enabled or (label == "skip") or not policy.reviews_branch(snapshot.base_ref):
        return Ending.SWITCHED_OFF
    return Ending.DRAFT if snapshot.is_draft and not policy.drafts and label != "force" else None


def _over(ports: Ports, snapshot: Snapshot, wish: Wish) -> Ending | None:
    if not snapshot.is_open:
        return Ending.CLOSED
    if wish is not Wish.PUSH:
        return None
    return Ending.ALREADY_REVIEWED if ports.is_published(snapshot.head_sha) else None
