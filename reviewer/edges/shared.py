"""What all jobs of a process use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reviewer.config import Config
from reviewer.edges.code_reader import CodeReader
from reviewer.edges.dismissals import Dismissals
from reviewer.edges.github_app import GitHubApp
from reviewer.edges.holdings import Holdings
from reviewer.edges.lease import Lease
from reviewer.edges.ledger import Ledger
from reviewer.edges.policy_reader import PolicyReader
from reviewer.edges.reading import AgentReader
from reviewer.edges.rounds import Rounds
from reviewer.intake.job import Job


@dataclass(frozen=True, slots=True)
class Shared:
    """Used by many threads at once."""

    config: Config
    app: GitHubApp
    ledger: Ledger
    rounds: Rounds
    dismissals: Dismissals
    code_reader: CodeReader
    policy_reader: PolicyReader
    agent_reader: AgentReader
    lease: Lease
    holdings: Holdings
    hand_on: Callable[[Job], bool]
    """Stores a job that came of another one; False if its GUID was stored before."""
