"""The steps that read the change: what it is, what it touches, what can be proved of it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from reviewer.evidence import EvidenceReport
from reviewer.finding import Finding
from reviewer.gathering import gather
from reviewer.intake.job import Wish
from reviewer.looks import Looks
from reviewer.policy.held import HeldPolicy
from reviewer.ports import Ports
from reviewer.progress import Announced, DiffSize, Progress
from reviewer.publish.placement import Placed, place, without_place
from reviewer.publish.tellable import tellable
from reviewer.pull.diff import is_rust
from reviewer.pull.patch_id import patch_id
from reviewer.pull.snapshot import Snapshot
from reviewer.rust.file import RustFile
from reviewer.rust.patch import is_sound
from reviewer.scope.classify import classify
from reviewer.scope.rooms import Scope


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
        patch_id=patch_id(code.diff),
    )


def find_scope(ports: Ports, progress: Progress) -> Scope:
    """Which trading rooms each Rust file touches."""
    code = ports.code(progress.snapshot)
    trees = ports.rust_files(progress.snapshot)
    repository = ports.repository(progress.snapshot)
    return classify(
        (
            (f, code.heads.get(f.path), trees.get(f.path))
            for f in code.diff.files
            if is_rust(f.path) or is_rust(f.old_path)
        ),
        progress.policy.policy.rooms_said,
        paths=repository.paths,
        text=repository.text,
    )


def announce(ports: Ports, progress: Progress) -> Announced:
    """Say that trading code is being reviewed; of other changes only the end is told."""
    if progress.job.wish is Wish.REFRESH:
        return Announced(ports.check_so_far(progress.snapshot))
    if not progress.scope.paths:
        return Announced(None)
    return Announced(ports.announce(progress.snapshot))


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


def find_places(ports: Ports, progress: Progress) -> tuple[Placed, ...]:
    """Where each finding may stand."""
    diff = ports.code(progress.snapshot).diff
    trees = ports.rust_files(progress.snapshot)

    def item_range(path: str, line: int) -> tuple[int, int] | None:
        item = trees[path].item_at(line) if path in trees else None
        return (item.start, item.end) if item else None

    looks = Looks()  # one finding that cannot be placed or told as it is stops no other

    def placed(finding: Finding) -> Placed:
        name, path = f"the fix of {finding.source}", finding.path
        sound = looks.at(name, path, partial(_with_sound_fix, finding, trees), _plain(finding))
        here = partial(place, sound, diff, item_range)
        return tellable(looks.at("placement", path, here, without_place(sound)), looks)

    return tuple(map(placed, (*progress.evidence.findings, *progress.agent.findings)))


def _plain(finding: Finding) -> Finding:
    return replace(finding, replacement=None)


def _with_sound_fix(finding: Finding, trees: dict[str, RustFile]) -> Finding:
    """The finding without its replacement, should that break the file."""
    if finding.replacement is None:
        return finding
    start, file = finding.start_line or finding.line, trees.get(finding.path)
    if file is not None and is_sound(file, start, finding.line, finding.replacement):
        return finding
    return _plain(finding)
