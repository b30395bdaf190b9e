"""The agent's reading of a change: packed, asked under budget, checked."""

from __future__ import annotations

from collections.abc import Mapping

from reviewer.agent.report import AgentReport
from reviewer.config import Config
from reviewer.edges.ledger import Ledger
from reviewer.finding import Finding
from reviewer.intake.job import ReviewJob
from reviewer.publish.markdown import NO_MODEL
from reviewer.pull.snapshot import Snapshot
from reviewer.pull.texts import Code
from reviewer.rust.file import RustFile
from reviewer.scope.rooms import Scope


class AgentReader:
    """Asks the model, when there is a key for it. Shared by all threads of a process."""

    def __init__(self, config: Config, ledger: Ledger) -> None:
        self._config = config
        self._ledger = ledger

    def read(
        self,
        job: ReviewJob,
        snapshot: Snapshot,
        code: Code,
        trees: Mapping[str, RustFile],
        scope: Scope,
        evidence: tuple[Finding, ...],
    ) -> AgentReport:
        return AgentReport(None, NO_MODEL)
