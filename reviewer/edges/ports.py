"""The ports of one review, plugged into GitHub, git, the store and the model."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Sequence
from functools import partial

from reviewer.agent.focus import Focus
from reviewer.agent.material import Material
from reviewer.agent.recheck import RecheckReport
from reviewer.agent.report import AgentReport
from reviewer.detect.ci_report import CiResult
from reviewer.earlier import Earlier
from reviewer.edges.check_runs import Check, CheckRuns
from reviewer.edges.ci_evidence import read_ci_evidence
from reviewer.edges.github_http import GitHubHttp
from reviewer.edges.github_read import read_snapshot
from reviewer.edges.publishing import publish_round
from reviewer.edges.second_look import read_earlier
from reviewer.edges.shared import Shared
from reviewer.edges.standing_reader import read_standing
from reviewer.edges.threads import OwnThreads
from reviewer.edges.thumbs import take_thumbs
from reviewer.errors import Refused, Transient
from reviewer.evidence import EvidenceReport
from reviewer.intake.job import ReviewJob
from reviewer.policy.held import HeldPolicy
from reviewer.policy.policy import Policy
from reviewer.ports import Publication, Published
from reviewer.publish import markdown
from reviewer.publish.item_digest import digest_about
from reviewer.publish.let_go import PastDismissal
from reviewer.publish.markdown import NO_MODEL
from reviewer.publish.path_now import at_head
from reviewer.publish.plan import Conclusion
from reviewer.publish.standing import Standing
from reviewer.publish.thread_words import OurComment
from reviewer.pull.snapshot import Snapshot
from reviewer.pull.texts import Code
from reviewer.refs import CommitSha
from reviewer.rust.file import RustFile
from reviewer.rust.repository import Repository
from reviewer.scope.rooms import Scope

log = logging.getLogger(__name__)


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

    def is_overtaken(self, head: str) -> bool:
        """Whether a later delivery told of another head."""
        try:
            return self._shared.ledger.is_overtaken(self._job.guid, self._job.pull, CommitSha(head))
        except Transient:
            # The steps wait for the store; publication asks GitHub for the head once more.
            log.warning("the store does not say whether %s has a newer head", self._job.pull)
            return False

    def is_published(self, head: str) -> bool:
        """Whether this head's review stands already, and nothing was said of another since."""
        return self._shared.ledger.is_last_word(self._job.pull, CommitSha(head))

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

    def earlier(self, snapshot: Snapshot, policy: Policy) -> Earlier:
        """What the ledger knows of earlier rounds, and what GitHub shows of them."""

        digest_of = partial(self.digest_of, snapshot)
        return read_standing(self._shared, self._http, self._job, policy, digest_of)

    def take_thumbs(self, snapshot: Snapshot, policy: Policy, mine: OwnThreads) -> int:
        """Write down the new thumbs under our comments; how many there are."""
        bot, dismissals = self._shared.app.bot_login(), self._shared.dismissals
        digest_of = partial(self.digest_of, snapshot)
        return take_thumbs(self._http, self._job.pull, bot, policy, dismissals, mine, digest_of)

    def digest_of(self, snapshot: Snapshot, about: OurComment) -> str:
        """Of the text of the item at the head that a comment of ours is about."""
        now = self.at_head(about, snapshot)
        return digest_about(now, self.rust_files(snapshot).get(now.path))

    def at_head(self, about: OurComment, snapshot: Snapshot) -> OurComment:
        """A comment of ours under the path that its file has at the head."""
        last, _, _ = self._shared.rounds.last(self._job.pull)
        diff, trees = self.code(snapshot).diff, self.rust_files(snapshot)
        return at_head(about, diff, trees, last.trace if last is not None else "")

    def let_go(self, scope_keys: Collection[str], policy: Policy) -> tuple[PastDismissal, ...]:
        """What people let go in items of these scope keys on other pull requests."""
        repo = self._job.pull.repo
        found = self._shared.dismissals.of_items(repo, scope_keys)
        return tuple(
            PastDismissal(
                d.said.scope_key,
                d.said.category,
                d.said.item_digest,
                d.said.title,
                d.said.person,
                d.said.pull.number,
            )
            for d in found
            if d.holds_under(policy) and d.said.pull != self._job.pull
        )

    def texts_at(self, wanted: Iterable[tuple[CommitSha, str]]) -> dict[tuple[CommitSha, str], str]:
        """Files at heads that are still in the git cache."""
        return self._shared.code_reader.texts_at(self._job.pull.repo, wanted)

    def announce(self, snapshot: Snapshot) -> int | None:
        """Begin the check run of this head."""
        ledger, pull, head = self._shared.ledger, self._job.pull, snapshot.head_sha
        known = ledger.publication_state(pull, head)
        ledger.begin_publication(pull, head, self._job.guid, state="announced")
        check_run_id = self._checks(head).begin(look_first=known is not None)
        ledger.note_publication(pull, head, check_run_id=check_run_id)
        return check_run_id

    def say_not_reviewed(self, snapshot: Snapshot, title: str, summary: str) -> None:
        """Say by a neutral check run why this head is not reviewed; a verdict is left alone."""
        ledger, pull, head = self._shared.ledger, self._job.pull, snapshot.head_sha
        known = ledger.publication_state(pull, head)
        if known is not None and known[0] not in ("let go", "held"):
            return
        before = ledger.check_of(pull, head) if known is not None else None
        check = Check(Conclusion.NEUTRAL, title, summary)
        check_run_id = self._checks(head).hold(check, self._shared.app.bot_login(), before)
        if check_run_id is not None:
            ledger.begin_publication(pull, head, self._job.guid, state="held")
            ledger.note_publication(pull, head, check_run_id=check_run_id)

    def check_so_far(self, snapshot: Snapshot) -> int | None:
        """The check run of this head as it stands."""
        return self._shared.ledger.check_of(self._job.pull, snapshot.head_sha)

    def give_up(self, ending: str) -> None:
        """End the check run that was begun for a head that is not reviewed after all."""
        for head, check_run_id in self._shared.ledger.announced(self._job.pull, self._job.guid):
            check = Check(Conclusion.NEUTRAL, *markdown.let_go_words(ending))
            self._checks(head).end(check_run_id, check)
            self._shared.ledger.note_publication(self._job.pull, head, state="let go")

    def say_waiting(self, until: float) -> None:
        """Say on the check run that was begun that the review goes on at this time (Unix)."""
        for head, check_run_id in self._shared.ledger.announced(self._job.pull, self._job.guid):
            try:
                self._checks(head).keep_open(check_run_id, *markdown.waiting_words(until))
            except (Refused, Transient) as error:
                log.warning("the check run of %s does not say why it waits: %s", head[:12], error)

    def read_code(
        self,
        snapshot: Snapshot,
        policy: Policy,
        scope: Scope,
        evidence: EvidenceReport,
        focus: Focus | None,
    ) -> AgentReport:
        """What the agent says."""
        reader = self._shared.agent_reader
        if not reader.has_model:
            return AgentReport(None, NO_MODEL)
        material = self.material(snapshot, policy, scope, evidence, focus)
        return reader.read(self._job, material, policy)

    def material(
        self,
        snapshot: Snapshot,
        policy: Policy,
        scope: Scope,
        evidence: EvidenceReport,
        focus: Focus | None = None,
    ) -> Material:
        """What the model is given to read, by the host's agent or the repository's own."""
        return self._shared.agent_reader.material(
            snapshot,
            self._shared.policy_reader.agent(self._http, snapshot, policy),
            self.code(snapshot),
            self.rust_files(snapshot),
            self.repository(snapshot),
            policy,
            scope,
            evidence,
            focus,
        )

    def look_again(
        self,
        snapshot: Snapshot,
        policy: Policy,
        scope: Scope,
        evidence: EvidenceReport,
        gone: Sequence[tuple[Standing, str]],
    ) -> RecheckReport:
        """What the model says of findings whose lines are gone."""
        reader = self._shared.agent_reader
        if not reader.has_model:
            return RecheckReport(())
        bot, head = self._shared.app.bot_login(), snapshot.head_sha
        earlier = read_earlier(self._http, self._job.pull, bot, gone, head)
        material = self.material(snapshot, policy, scope, evidence)
        return reader.look_again(self._job, earlier, material, policy)

    def publish(self, publication: Publication) -> Published:
        """Post what the round says, unless the head has moved on."""
        head = publication.snapshot.head_sha
        now = self.snapshot()
        if now.head_sha != head or not now.is_open:
            log.info("%s moved on from %s before anything was posted", now.pull, head[:12])
            return Published(None, None, superseded=True)
        return publish_round(self._shared, self._job, publication, self._http)

    def report_failure(self) -> int:
        """Say on the newest head, by a neutral check run, that it could not be reviewed."""
        head = self.snapshot().head_sha
        check = Check(
            Conclusion.NEUTRAL,
            markdown.failed_title(),
            markdown.failed_summary(self._job.guid),
            failed=True,
        )
        checks = self._checks(head)
        begun = self._shared.ledger.check_begun(self._job.pull, head)
        if begun is None:
            return checks.post(check, look_first=True)
        checks.end(begun, check)
        return begun

    @property
    def _http(self) -> GitHubHttp:
        if self._connection is None:
            self._connection = self._shared.app.connect(self._job.installation, self._job.pull.repo)
        return self._connection

    def _checks(self, head: CommitSha) -> CheckRuns:
        return CheckRuns(self._http, self._job.pull, head, self._shared.lease.taken())
