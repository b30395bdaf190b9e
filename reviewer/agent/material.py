"""What one review reads, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reviewer.agent.agent_file import AgentFile
from reviewer.agent.focus import Focus
from reviewer.agent.items import ItemLookup
from reviewer.evidence import EvidenceReport
from reviewer.pull.diff import Diff
from reviewer.rust.repository import Repository
from reviewer.scope.rooms import Scope


@dataclass(frozen=True, slots=True)
class PullText:
    """What the author says about the change. Hostile."""

    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Material:
    """The change with everything known of it. All but the agent, profile and nonce is hostile."""

    agent: AgentFile
    pull: PullText
    diff: Diff
    heads: Mapping[str, str]
    scope: Scope
    evidence: EvidenceReport
    item_at: ItemLookup
    head: Repository
    base: Repository
    nonce: str
    """One that the author cannot know: random, or keyed with a secret."""
    unread: Mapping[str, str] = field(default_factory=dict)
    focus: Focus | None = None
    """What of the change is read; None for all of it."""
    profile: str = ""
    """What the repository says of itself, read from the base branch."""

    @property
    def changed_lines(self) -> int:
        """Lines added and removed in all files."""
        return self.diff.added_count + self.diff.removed_count
