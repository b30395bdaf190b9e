"""The whole flow on a pull request that carries attacks, with a model that obeys them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from reviewer.agent.focus import Focus
from reviewer.agent.material import Material
from reviewer.agent.read import read_change
from reviewer.agent.reading import Reading
from reviewer.agent.report import AgentReport
from reviewer.agent.request import Call, ModelAnswer
from reviewer.detect.ci_report import CiResult
from reviewer.edges.nothing_earlier import NothingEarlier
from reviewer.edges.readers import material_of, with_reader
from reviewer.evidence import EvidenceReport
from reviewer.intake.job import ReviewJob
from reviewer.policy.held import HeldPolicy
from reviewer.policy.policy import Policy
from reviewer.ports import Publication, Published
from reviewer.publish.plan import PublicationPlan
from reviewer.pull.snapshot import Snapshot
from reviewer.pull.texts import Code
from reviewer.refs import InstallationId, PullNumber, PullRef, RepoName, commit_sha
from reviewer.review import Ending, review
from reviewer.rust.file import RustFile
from reviewer.rust.repository import Repository
from reviewer.scope.rooms import Scope
from tests.agent.asking import Scripted, answer, looks_up
from tests.agent.samples import AGENT, NONCE, claim, verdict
from tests.injections.attack import Attack, Obeyed
from tests.injections.pull import BOOK, LEVEL, MANIFEST, OTHERS, Pull, pull_with

HEAD = commit_sha("cd" * 20)
READING = Reading(model="claude-sonnet-5-5", concurrency=1)
SNAPSHOT = Snapshot(
    pull=PullRef(RepoName("acme", "exchange"), PullNumber(1)),
    head_sha=HEAD,
    base_sha=commit_sha("ef" * 20),
    base_ref="main",
    title="",
    body="",
    author="mallory",
    url="https://github.test/acme/exchange/pull/1",
    is_open=True,
    is_draft=False,
    from_fork=True,
)


@dataclass(slots=True)
class Desk(NothingEarlier):
    """The doors of one review; what it was told to publish stays here."""

    pull: Pull
    model: Scripted
    plan: PublicationPlan | None = None
    report: AgentReport | None = None
    reasons: dict[str, str] = field(default_factory=dict)

    def snapshot(self) -> Snapshot:
        return SNAPSHOT

    def policy(self, _snapshot: Snapshot) -> HeldPolicy:
        return HeldPolicy(Policy())

    def code(self, _snapshot: Snapshot) -> Code:
        return Code(self.pull.diff, self.pull.heads)

    def rust_files(self, _snapshot: Snapshot) -> dict[str, RustFile]:
        return {path: RustFile.parse(path, text) for path, text in self.pull.heads.items()}

    def repository(self, _snapshot: Snapshot) -> Repository:
        manifest = {"Cargo.toml": self.pull.after.get("Cargo.toml", MANIFEST)}
        return Repository({**OTHERS, **self.pull.heads}, manifest)

    def ci_results(self, _snapshot: Snapshot) -> tuple[CiResult, ...]:
        return ()

    def read_code(
        self,
        snapshot: Snapshot,
        policy: Policy,
        scope: Scope,
        evidence: EvidenceReport,
        _focus: Focus | None,
    ) -> AgentReport:
        del policy
        material = self.material(snapshot, scope, evidence)
        self.report = with_reader(read_change(material, READING, self.model), None)
        return self.report

    def publish(self, publication: Publication) -> Published:
        self.plan = publication.plan
        self.reasons = {f.path: f.reason for f in publication.scope.files if f.in_scope}
        return Published(None, None)

    def material(self, snapshot: Snapshot, scope: Scope, evidence: EvidenceReport) -> Material:
        """What the agent is given."""
        return material_of(
            AGENT,
            replace(snapshot, title=self.pull.title, body=self.pull.body),
            self.code(snapshot),
            self.rust_files(snapshot),
            self.repository(snapshot),
            scope,
            evidence,
            NONCE,
        )


def reviewed(*attacks: Attack) -> Desk:
    """A review to its end."""
    pull = pull_with(*attacks, nonce=NONCE)
    desk = Desk(pull, Scripted(obeying(pull, *attacks)))
    snapshot = SNAPSHOT

    def stored(name: str, run: Callable[[], Any], *, give_up: Callable[[], bool]) -> Any:
        del name, give_up
        return json.loads(json.dumps(run()))

    job = ReviewJob("guid", InstallationId(1), snapshot.pull, HEAD, "pull_request.opened")
    assert review(job, desk, stored) is Ending.PUBLISHED
    assert desk.plan is not None
    return desk


def obeying(pull: Pull, *attacks: Attack) -> Callable[[Call], ModelAnswer]:
    """A model that does all that the attacks want, and else what a model should."""

    def said(call: Call) -> ModelAnswer:
        obeyed = attacks[0].obeyed if attacks else None
        if obeyed is None:
            obeyed = Obeyed()
        if obeyed.tools and not call.request.turns:
            return looks_up(*obeyed.tools, number=call.number)
        if obeyed.text:
            return answer(text=obeyed.text)
        if call.stage == "verify":
            names = call.unit.split(" ", 1)[1].split(", ")
            judged = [{**verdict(name), **obeyed.verdict} for name in names]
            fields = {k: v for k, v in obeyed.envelope.items() if k != "findings"}
            return answer(**{"verdicts": judged, **fields})
        return answer(true_claim(pull, **obeyed.claim), **obeyed.envelope)

    return said


def true_claim(pull: Pull, **fields: Any) -> dict[str, Any]:
    """The claim that a good model makes about every pull request of the corpus."""
    lines = pull.after[BOOK].split("\n")
    return claim(
        **{
            "path": BOOK,
            "line": lines.index(LEVEL) + 1,
            "quote": LEVEL.strip(),
            "title": "A level of size zero stays in the book",
            "scenario": "The venue removes a bid with qty 0 and it stays as the best bid.",
            **fields,
        }
    )
