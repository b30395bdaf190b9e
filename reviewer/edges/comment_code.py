"""The code that a comment is about: what the model is given of it, and the finding in it."""

from __future__ import annotations

from reviewer.agent.earlier import Earlier
from reviewer.agent.material import Material
from reviewer.edges.ports import ReviewPorts
from reviewer.finding import Finding
from reviewer.intake.job import ReviewJob
from reviewer.policy.held import HeldPolicy
from reviewer.progress import Progress
from reviewer.publish.fingerprint import quote_key
from reviewer.publish.thread_words import OurComment
from reviewer.pull.diff import Side
from reviewer.pull.snapshot import Snapshot
from reviewer.steps_code import find_scope, gather_evidence


def material_for(
    ports: ReviewPorts, job: ReviewJob, snapshot: Snapshot, held: HeldPolicy
) -> Material:
    """What a review of this head would be given to read."""
    progress = Progress(job)
    progress.snapshot, progress.policy = snapshot, held
    progress.scope = find_scope(ports, progress)
    progress.evidence = gather_evidence(ports, progress)
    return ports.material(snapshot, held.policy, progress.scope, progress.evidence)


def finding_of(about: OurComment, ports: ReviewPorts, snapshot: Snapshot) -> Finding | None:
    """The finding at the head; None where its line is gone."""
    file = ports.rust_files(snapshot).get(about.path)
    if file is None:
        file = ports.repository(snapshot).file(about.path)
    lines = file.lines if file is not None else ()
    return about.finding_at(lines, file.scope_path if file is not None else lambda _line: "")


def earlier_of(about: OurComment, ports: ReviewPorts, snapshot: Snapshot) -> Earlier:
    """The finding as it was said, and where it is at the head."""
    now = finding_of(about, ports, snapshot)
    on_head = now is not None and now.side is Side.RIGHT
    stood_on_it = quote_key(about.last_shown) == about.mark.quote_key
    return Earlier(
        fingerprint=about.mark.fingerprint,
        path=about.path,
        line=about.original_line or about.line or 1,
        head_sha=about.mark.head or snapshot.head_sha,
        title=about.title,
        scenario=about.scenario,
        severity=about.mark.severity,
        category=about.mark.category,
        scope_path=now.scope_path if now is not None else "",
        quote=about.last_shown if stood_on_it else "",
        line_now=now.line if now is not None and on_head else None,
    )
