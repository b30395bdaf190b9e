"""The ports of one review, plugged into GitHub, git, the store and the model."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from reviewer.agent.report import AgentReport
from reviewer.config import Config
from reviewer.detect.ci_report import CiResult
from reviewer.edges.ci_evidence import read_ci_evidence
from reviewer.edges.code_reader import CodeReader
from reviewer.edges.github_app import GitHubApp
from reviewer.edges.github_http import GitHubHttp
from reviewer.edges.github_read import read_snapshot
from reviewer.edges.github_write import Check, GitHubWriter
from reviewer.edges.lease import Lease
from reviewer.edges.ledger import Ledger
from reviewer.edges.policy_reader import PolicyReader
from reviewer.edges.reading import AgentReader
from reviewer.errors import Refused, Transient
from reviewer.evidence import EvidenceReport
from reviewer.finding import Severity
from reviewer.intake.job import ReviewJob
from reviewer.policy.held import HeldPolicy
from reviewer.policy.policy import Policy
from reviewer.ports import Published
from reviewer.publish import markdown
from reviewer.publish.fingerprint import QUESTIONS_ASKED
from reviewer.publish.plan import Conclusion, PublicationPlan
from reviewer.pull.snapshot import Snapshot
from reviewer.pull.texts import Code
from reviewer.refs import CommitSha
from reviewer.rust.file import RustFile
from reviewer.rust.repository import Repository
from reviewer.scope.rooms import Scope

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Shared:
    """What all reviews of a process use."""

    config: Config
    app: GitHubApp
    ledger: Ledger
    code_reader: CodeReader
    policy_reader: PolicyReader
    agent_reader: AgentReader
    lease: Lease


class ReviewPorts:
    """One review's doors to the world. Used by one thread."""

    def __init__(self, shared: Shared, job: ReviewJob) -> None:
        self._shared = shared
        self._job = job
        self._connection: GitHubHttp | None = None
        self._code: Code | None = None
        self._trees: dict[str, RustFile] | None = None
        self._repository: Repository | None = None

    def close(self) -> None:
        """Close the connection to GitHub."""
        if self._connection is not None:
            self._connection.close()

    def snapshot(self) -> Snapshot:
        """The pull request as it stands now."""
        return read_snapshot(self._http, self._job.pull)

    def policy(self, snapshot: Snapshot) -> HeldPolicy:
        """The configuration of the base branch, within the host's limits."""
        return self._shared.policy_reader.read(self._http, self._job, snapshot)

    def has_newer_head(self, head: str) -> bool:
        """Whether a later delivery told of another head."""
        try:
            return self._shared.ledger.has_newer_head(
                self._job.guid, self._job.pull, CommitSha(head)
            )
        except Transient:
            # The steps wait for the store; publication asks GitHub for the head once more.
            log.warning("the store does not say whether %s has a newer head", self._job.pull)
            return False

    def is_published(self, head: str) -> bool:
        """Whether this head's review stands already."""
        known = self._shared.ledger.publication_state(self._job.pull, CommitSha(head))
        return known is not None and known[0] == "done"

    def code(self, snapshot: Snapshot) -> Code:
        """The diff and the head texts, read once by this process and never stored."""
        if self._code is None:
            token = self._shared.app.token(self._job.installation, self._job.pull.repo)
            self._code = self._shared.code_reader.read(self._http, token, snapshot)
        return self._code

    def rust_files(self, snapshot: Snapshot) -> dict[str, RustFile]:
        """The syntax trees of the head texts."""
        if self._trees is None:
            heads = self.code(snapshot).heads
            self._trees = {path: RustFile.parse(path, text) for path, text in heads.items()}
        return self._trees

    def repository(self, snapshot: Snapshot) -> Repository:
        """All Rust files of the head."""
        if self._repository is None:
            diff = self.code(snapshot).diff  # fetches
            self._repository = self._shared.code_reader.repository(snapshot, diff)
        return self._repository

    def ci_results(self, snapshot: Snapshot) -> tuple[CiResult, ...]:
        """What the team's CI found on the head."""
        return read_ci_evidence(
            self._shared.app,
            self._shared.config.ci_evidence,
            self._job.installation,
            snapshot,
        )

    def read_code(
        self, snapshot: Snapshot, policy: Policy, scope: Scope, evidence: EvidenceReport
    ) -> AgentReport:
        """What the agent says."""
        return self._shared.agent_reader.read(
            self._job,
            snapshot,
            self._shared.policy_reader.agent(self._http, snapshot, policy),
            self.code(snapshot),
            self.rust_files(snapshot),
            self.repository(snapshot),
            policy,
            scope,
            evidence,
        )

    def spoken(self) -> frozenset[str]:
        """Fingerprints of the findings that stand on the pull request."""
        return self._shared.ledger.spoken_on(self._job.pull)

    def publish(self, snapshot: Snapshot, scope: Scope, plan: PublicationPlan) -> Published:
        """Post the review and the check run, unless the head has moved on."""
        pull, head = self._job.pull, snapshot.head_sha
        if read_snapshot(self._http, pull).head_sha != head:
            log.info("%s moved on from %s before anything was posted", pull, head[:12])
            return Published(None, None, superseded=True)
        second_try = self._let_the_last_try_settle(head)
        self._shared.ledger.begin_publication(pull, head, self._job.guid)
        try:
            return self._say(head, scope, plan, second_try=second_try)
        except (Transient, Refused) as error:
            if isinstance(error, Refused) or error.answered:
                self._shared.ledger.note_publication(pull, head, state="answered")
            raise

    def _say(
        self, head: CommitSha, scope: Scope, plan: PublicationPlan, *, second_try: bool
    ) -> Published:
        ledger, pull, writer = self._shared.ledger, self._job.pull, self._writer(head)
        review_id = None
        if plan.entries:
            review_id = writer.post_review(plan)
            # At once: whatever fails after this, these comments stand.
            ledger.note_said(
                pull,
                head,
                [(one, entry.severity) for entry in plan.entries for one in entry.fingerprints],
            )
            ledger.note_publication(pull, head, review_id=review_id)
            writer.link_comments(plan, review_id)
        reasons = {f.path: f.reason for f in scope.files if f.in_scope}
        check = Check(
            plan.conclusion, markdown.check_title(plan), markdown.check_summary(plan, reasons)
        )
        check_run_id = writer.post_check(check, look_first=second_try)
        if plan.coverage.questions:
            ledger.note_said(pull, head, [(QUESTIONS_ASKED, Severity.SUGGESTION)])
        ledger.note_publication(pull, head, state="done", check_run_id=check_run_id)
        return Published(review_id, check_run_id)

    def _let_the_last_try_settle(self, head: CommitSha) -> bool:
        """Whether this is a second try. After a crash, GitHub may still apply the first one's
        write, so that it is looked for only when GitHub must be done with it."""
        known = self._shared.ledger.publication_state(self._job.pull, head)
        if known is None:
            return False
        state, changed_at = known
        left = changed_at + self._shared.config.settle_seconds - time.time()
        if state == "begun" and left > 0:
            time.sleep(min(left, self._shared.config.settle_seconds))
        return True

    def report_failure(self) -> int:
        """Say on the newest head, by a neutral check run, that it could not be reviewed."""
        head = self.snapshot().head_sha
        check = Check(
            Conclusion.NEUTRAL,
            markdown.failed_title(),
            markdown.failed_summary(self._job.guid),
            failed=True,
        )
        return self._writer(head).post_check(check, look_first=True)

    @property
    def _http(self) -> GitHubHttp:
        if self._connection is None:
            self._connection = self._shared.app.connect(self._job.installation, self._job.pull.repo)
        return self._connection

    def _writer(self, head: CommitSha) -> GitHubWriter:
        return GitHubWriter(
            self._http,
            self._job.pull,
            head,
            self._shared.app.bot_login(),
            self._shared.lease.taken(),
        )
