"""A review of two commits of a repository on this disk: no network, no key, no work tree.

The flow is the App's own; only its doors lead elsewhere, so that the findings are the same.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from math import inf
from pathlib import Path
from typing import Any

from reviewer.agent.focus import Focus
from reviewer.agent.forecast import Forecast, forecast
from reviewer.agent.material import Material
from reviewer.agent.read import read_change
from reviewer.agent.report import AgentReport
from reviewer.detect.ci_report import CiResult, ci_hints
from reviewer.detect.hint import Hint
from reviewer.edges.code_reader import with_texts
from reviewer.edges.git import Git
from reviewer.edges.local_model import LocalModel
from reviewer.edges.local_repository import LocalRepository, NotReviewed
from reviewer.edges.nothing_earlier import NothingEarlier
from reviewer.edges.readers import material_of, with_reader
from reviewer.edges.repository_reader import read_repository
from reviewer.errors import Misconfigured, ReviewerError
from reviewer.evidence import EvidenceReport
from reviewer.intake.job import ReviewJob
from reviewer.policy.effect import readable
from reviewer.policy.held import HeldPolicy, PolicyFile, hold
from reviewer.policy.merge import HostLimits
from reviewer.policy.own_agent import MOST_BYTES, own_agent, with_usable_agent
from reviewer.policy.policy import POLICY_PATH, Policy
from reviewer.policy.words import profile_words
from reviewer.ports import Publication, Published
from reviewer.publish.markdown import NO_MODEL
from reviewer.publish.plan import PublicationPlan
from reviewer.publish.report import Report
from reviewer.pull.parse import UnreadableDiff, parse_diff
from reviewer.pull.snapshot import Snapshot
from reviewer.pull.texts import Code
from reviewer.refs import InstallationId, PullNumber, PullRef, RepoName
from reviewer.review import review
from reviewer.rust.file import RustFile
from reviewer.rust.repository import Repository
from reviewer.scope.rooms import Scope

NO_LIMITS = HostLimits(gate="off", budget_pull_usd=inf, budget_repo_day_usd=inf, agent_allowed=True)
"""Nobody's host decides what is done on one's own machine."""
DOING = {
    "diff": "reading the change",
    "scope": "looking for trading code",
    "evidence": "applying the rules",
}


def review_local(
    path: Path,
    base: str,
    head: str,
    *,
    max_file_kb: int,
    say: Callable[[str], None],
    ci: tuple[CiResult, ...] = (),
    model: LocalModel | None = None,
    told: Callable[[str], None] = lambda _line: None,
) -> tuple[Report | Forecast, tuple[Hint, ...]]:
    """What the App would say of `head` against `base`, and what CI found on its added lines.

    Instead of a report it is what a model would be asked, when the model's options want that.
    Raises NotReviewed.

    As on GitHub, the change is what `head` added since it left `base`. `say` hears what
    is done, `told` of every call of the model.
    """
    repository = LocalRepository(path)
    snapshot = local_snapshot(repository, path, base, head)
    ports = LocalPorts(Git(repository.directory), snapshot, max_file_kb, say, ci)
    ports.model, ports.told = model, told

    def at_once(name: str, run: Callable[[], Any], *, give_up: Callable[[], bool]) -> Any:
        del give_up  # nothing overtakes a local review
        if name in DOING:
            say(DOING[name])
        return run()

    try:
        review(job_of(snapshot), ports, at_once)
    except UnreadableDiff as error:
        raise NotReviewed(f"the diff cannot be read: {error}") from error
    except ReviewerError as error:
        raise NotReviewed(str(error)) from error
    return ports.forecast or ports.report(), ci_hints(ci, ports.code(snapshot).diff.files)


def local_snapshot(
    repository: LocalRepository, path: Path, base: str | None, head: str
) -> Snapshot:
    """Two commits as if they were a pull request; without a base nothing is changed.

    Raises NotReviewed.
    """
    head_sha = start = repository.commit(head)
    if base is not None:
        base_sha = repository.commit(base)
        start = repository.merge_base(base_sha, head_sha, base, head)
        if start == head_sha:
            # The head lies behind the base: nothing was added since, so it is a step back.
            start = base_sha
    name = re.sub(r"[^A-Za-z0-9._-]", "-", path.resolve().name).strip(".-") or "repository"
    return Snapshot(
        pull=PullRef(RepoName("local", name), PullNumber(0)),
        head_sha=head_sha,
        base_sha=start,
        base_ref=base or head,
        title="",
        body="",
        author="",
        url="",
        is_open=True,
        is_draft=False,
        from_fork=False,
    )


def job_of(snapshot: Snapshot) -> ReviewJob:
    """The job that a local review would be."""
    return ReviewJob("local", InstallationId(0), snapshot.pull, snapshot.head_sha, "local")


class LocalPorts(NothingEarlier):
    """The doors of a review that ends in a report."""

    model: LocalModel | None = None
    told: Callable[[str], None]
    forecast: Forecast | None = None
    """Set instead of a reading, when only a plan is wanted."""

    def __init__(
        self,
        git: Git,
        snapshot: Snapshot,
        max_file_kb: int,
        say: Callable[[str], None],
        ci: tuple[CiResult, ...],
    ) -> None:
        self._git = git
        self._snapshot = snapshot
        self._max_file_kb = max_file_kb
        self._say = say
        self._ci = ci
        self._code: Code | None = None
        self._trees: dict[str, RustFile] | None = None
        self._repository: Repository | None = None
        self._published: tuple[Scope, PublicationPlan] | None = None

    def report(self) -> Report:
        """What was published."""
        assert self._published is not None, "the flow ends with a publication"  # noqa: S101
        scope, plan = self._published
        return Report(self._snapshot.base_sha, self._snapshot.head_sha, scope, plan)

    def snapshot(self) -> Snapshot:
        """The two commits, as if they were a pull request."""
        return self._snapshot

    def policy(self, snapshot: Snapshot) -> HeldPolicy:
        """The configuration of the commit that the change started from."""
        (file,) = self._git.read(snapshot.base_sha, [POLICY_PATH], self._max_file_kb).values()
        own = None if file.content is None else PolicyFile(file.content)
        return with_usable_agent(hold(NO_LIMITS, None, own), self._of_base)

    def _of_base(self, path: str) -> bytes:
        (file,) = self._git.read(self._snapshot.base_sha, [path], MOST_BYTES // 1024).values()
        if file.content is None:
            raise Misconfigured(f"it is {file.absence}")
        return file.content

    def code(self, snapshot: Snapshot) -> Code:
        """The diff and the head texts, out of git objects."""
        if self._code is None:
            diff = parse_diff(self._git.diff(snapshot.base_sha, snapshot.head_sha))
            self._code = with_texts(self._git, diff, snapshot.head_sha, self._max_file_kb)
        return self._code

    def rust_files(self, snapshot: Snapshot) -> dict[str, RustFile]:
        """The syntax trees of the head texts."""
        if self._trees is None:
            heads = self.code(snapshot).heads
            trees = {}
            for number, (path, text) in enumerate(heads.items(), 1):
                self._say(f"parsing Rust file {number} of {len(heads)}")
                trees[path] = RustFile.parse(path, text)
            self._trees = trees
        return self._trees

    def repository(self, snapshot: Snapshot) -> Repository:
        """All Rust files of the head, out of git objects."""
        if self._repository is None:
            changed = [file.path for file in self.code(snapshot).diff.files]
            self._repository = read_repository(
                self._git, snapshot.head_sha, self._max_file_kb, changed=changed
            )
        return self._repository

    def ci_results(self, snapshot: Snapshot) -> tuple[CiResult, ...]:
        """What stands in the reports that were given."""
        del snapshot
        return self._ci

    def read_code(
        self,
        snapshot: Snapshot,
        policy: Policy,
        scope: Scope,
        evidence: EvidenceReport,
        focus: Focus | None,
    ) -> AgentReport:
        """What the model says, when there is one to be asked."""
        del focus
        model = self.model
        if model is None:
            return AgentReport(None, NO_MODEL)
        material = self.material(model, snapshot, policy, scope, evidence)
        if model.options.plan:
            self.forecast = forecast(material, model.reading)
            return AgentReport(None, NO_MODEL)
        ask = model.ask(job_of(snapshot), self.told)
        return with_reader(read_change(material, model.reading, ask), _own_agent(model, policy))

    def material(
        self,
        model: LocalModel,
        snapshot: Snapshot,
        policy: Policy,
        scope: Scope,
        evidence: EvidenceReport,
    ) -> Material:
        """What a model is given to read, by the base's own agent unless one was named for it."""
        path = _own_agent(model, policy)
        agent = model.agent if path is None else own_agent(path, self._of_base)
        nonce = hashlib.sha256(f"local {snapshot.base_sha}".encode()).hexdigest()[:32]
        return material_of(
            agent,
            snapshot,
            readable(self.code(snapshot), policy),
            self.rust_files(snapshot),
            self.repository(snapshot),
            scope,
            evidence,
            nonce,
            profile_words(policy, (file.path for file in self.code(snapshot).diff.files)),
        )

    def publish(self, publication: Publication) -> Published:
        """Keep it for the report."""
        self._published = (publication.scope, publication.plan)
        return Published(None, None)


def _own_agent(model: LocalModel, policy: Policy) -> str | None:
    """The repository's agent, unless whoever runs this names another one."""
    return policy.agent if model.config.agent is None else None
