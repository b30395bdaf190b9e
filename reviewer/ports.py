"""What a review needs of the world, and what it gives back: the flow knows no more of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from reviewer.agent.focus import Focus
from reviewer.agent.recheck import RecheckReport
from reviewer.agent.report import AgentReport
from reviewer.detect.ci_report import CiResult
from reviewer.earlier import Earlier, LastRound
from reviewer.evidence import EvidenceReport
from reviewer.policy.held import HeldPolicy
from reviewer.policy.policy import Policy
from reviewer.publish.let_go import PastDismissal
from reviewer.publish.plan import PublicationPlan
from reviewer.publish.standing import Standing
from reviewer.pull.snapshot import Snapshot
from reviewer.pull.texts import Code
from reviewer.refs import CommitSha
from reviewer.rust.file import RustFile
from reviewer.rust.repository import Repository
from reviewer.scope.rooms import Scope


@dataclass(frozen=True, slots=True)
class Published:
    """What stands on GitHub now."""

    review_id: int | None
    check_run_id: int | None
    superseded: bool = False
    """The head moved on before a word was posted."""


@dataclass(frozen=True, slots=True)
class Publication:
    """All that is posted of one round."""

    snapshot: Snapshot
    scope: Scope
    plan: PublicationPlan
    kept: LastRound
    """What the next round starts from."""
    summary_id: int | None
    """The review whose body is the summary; None where there is none yet."""
    check_run_id: int | None
    """The check run that tells that the work goes on."""
    prefix: str = "/"
    """Of commands."""


class Ports(Protocol):
    """All that a review does outside itself; `edges/` provides it."""

    def snapshot(self) -> Snapshot:
        """The pull request as it stands now."""

    def policy(self, snapshot: Snapshot) -> HeldPolicy:
        """The configuration of the base branch, within the host's limits."""

    def is_overtaken(self, head: str) -> bool:
        """Whether a later delivery told of another head."""

    def is_published(self, head: str) -> bool:
        """Whether this head's review stands already, and nothing was said of another since."""

    def code(self, snapshot: Snapshot) -> Code:
        """The diff and the head texts of its Rust files; read once a process."""

    def rust_files(self, snapshot: Snapshot) -> dict[str, RustFile]:
        """The syntax trees of the head texts, by path; parsed once a process."""

    def repository(self, snapshot: Snapshot) -> Repository:
        """All Rust files of the head; read once a process."""

    def ci_results(self, snapshot: Snapshot) -> tuple[CiResult, ...]:
        """What the team's own CI found on the head; none where there is none to be had."""

    def earlier(self, snapshot: Snapshot, policy: Policy) -> Earlier:
        """What earlier rounds left, and what people decided since."""

    def let_go(self, scope_keys: Collection[str], policy: Policy) -> tuple[PastDismissal, ...]:
        """What people let go in items of these scope keys on other pull requests."""

    def texts_at(self, wanted: Iterable[tuple[CommitSha, str]]) -> dict[tuple[CommitSha, str], str]:
        """Files by head and path, those of earlier heads that can still be had without asking."""

    def announce(self, snapshot: Snapshot) -> int | None:
        """Begin the check run of this head; its id."""

    def say_not_reviewed(self, snapshot: Snapshot, title: str, summary: str) -> None:
        """Say by a check run why this head is not reviewed, where nothing was said of it."""

    def check_so_far(self, snapshot: Snapshot) -> int | None:
        """The check run of this head as it stands."""

    def read_code(
        self,
        snapshot: Snapshot,
        policy: Policy,
        scope: Scope,
        evidence: EvidenceReport,
        focus: Focus | None,
    ) -> AgentReport:
        """What the agent says of what is in focus, when there is an agent."""

    def look_again(
        self,
        snapshot: Snapshot,
        policy: Policy,
        scope: Scope,
        evidence: EvidenceReport,
        gone: Sequence[tuple[Standing, str]],
    ) -> RecheckReport:
        """What a second look says of findings whose lines are gone; each with its path now."""

    def publish(self, publication: Publication) -> Published:
        """Post the plan, once, if the head is still the one it was made for."""


class Checkpoint(Protocol):
    """Runs a step once and remembers its JSON result; a step that was finished is not run again."""

    def __call__(self, name: str, run: Callable[[], Any], *, give_up: Callable[[], bool]) -> Any:
        """The step's result. `give_up` is asked before a failed step is tried again."""
