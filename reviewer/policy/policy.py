"""What a repository decides of its own reviews: `.github/trading-reviewer.yml` as a value.

It is read from the base branch only, so that a change cannot choose how it is judged. A key
that is left out has its default; the defaults are the reviewer's behaviour without any file.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from pydantic import Field

from reviewer.finding import Severity
from reviewer.policy.globs import path_glob, whole_glob
from reviewer.policy.names import name_fits
from reviewer.policy.part import Part
from reviewer.policy.profile import Profile
from reviewer.policy.sections import (
    Budgets,
    Caps,
    Commands,
    Dismissal,
    Labels,
    PathRule,
    RuleOff,
    Rules,
)
from reviewer.policy.texts import MAX_ENTRIES, AgentPath, BranchGlobs, Floor, Gate, Switch, Tone
from reviewer.scope.rooms import Room

POLICY_PATH = ".github/trading-reviewer.yml"
NO_CAP = 10_000


class Policy(Part):
    """The configuration of one repository. Frozen; holds no secret and names no host."""

    enabled: Switch = True
    """Whether pull requests are reviewed at all."""
    drafts: Switch = False
    """Whether drafts are reviewed; off, they wait until they are ready."""
    base_branches: BranchGlobs = Field(default=(), examples=[["main", "release/*"]])
    """Only pull requests into these branches are reviewed; left out, all are."""
    labels: Labels = Labels()
    """Labels of a pull request that decide whether it is reviewed."""
    paths: tuple[PathRule, ...] = Field(default=(), max_length=MAX_ENTRIES)
    """What holds for which files. Of several entries with `rooms` that match, the last counts."""
    profile: Profile = Profile()
    """The system: what it has to hold, and which of its functions matter most."""
    gate: Gate = "off"
    """From which severity on the check run fails; never looser than the host's gate."""
    severity_floor: Floor = Severity.SUGGESTION
    """Findings below this severity are counted, not shown."""
    caps: Caps = Caps()
    """Most findings of a severity that one review shows; critical ones are all shown."""
    budgets: Budgets = Budgets()
    """What the model may cost; the host's own limit holds where it is lower."""
    rules: Rules = Rules()
    """The static rules."""
    commands: Commands = Commands()
    """Commands in comments."""
    dismissal: Dismissal = Dismissal()
    """Dismissing findings."""
    tone: Tone = "concise"
    """Whether comments are kept short, or explain what a newcomer may not know."""
    agent: AgentPath | None = Field(default=None, examples=[".github/agents/reviewer.md"])
    """An agent file of the base branch to run; only where the host allows it."""

    def rooms_for(self, path: str) -> tuple[Room, ...] | None:
        """The rooms that a file was given; none if it was said to be no trading code.

        None where nothing is said of it, so that its names decide.
        """
        rooms = self._rooms(path)
        if rooms is None or rooms == "ignore":
            return None
        return () if rooms == "none" else rooms

    def ignored(self, path: str) -> bool:
        """Whether a file is not to be reviewed, for it is generated or not the team's own."""
        return self._rooms(path) == "ignore"

    def rooms_said(self, path: str) -> tuple[Room, ...] | None:
        """What `classify` is told: no room for what is ignored or no trading code."""
        return () if self.ignored(path) else self.rooms_for(path)

    @property
    def caps_by_severity(self) -> dict[Severity, int]:
        """Most findings of each severity that one review shows."""
        caps = {severity: self.caps.of(severity) for severity in Severity}
        return {severity: NO_CAP if cap is None else cap for severity, cap in caps.items()}

    def guidance_for(self, path: str) -> tuple[str, ...]:
        """The maintainers' words on a file, from every entry that matches, in their order."""
        return tuple(
            rule.guidance
            for rule in self.paths
            if rule.guidance is not None and path_glob(rule.glob).matches(path)
        )

    def is_hot(self, name_path: str, file: str) -> bool:
        """Whether the profile puts a function on the hot path.

        `name_path` is an `Item.name_path`; `file`, where it stands, for globs with `crate::`.
        """
        return any(name_fits(glob, name_path, file) for glob in self.profile.hot_functions)

    def rule_off(self, identifier: str) -> RuleOff | None:
        """The entry that turns a rule off, with its reason; None where the rule applies."""
        if any(rule.id == identifier for rule in self.rules.on):
            return None
        return next((rule for rule in self.rules.off if rule.id == identifier), None)

    def reviews_branch(self, base: str) -> bool:
        """Whether pull requests into this branch are reviewed."""
        globs = self.base_branches
        return not globs or any(whole_glob(glob).matches(base) for glob in globs)

    def label_says(self, labels: Collection[str]) -> Literal["skip", "force"] | None:
        """What the labels of a pull request decide; `force` wins. Case does not count."""
        given = {label.casefold() for label in labels}
        if not given.isdisjoint(label.casefold() for label in self.labels.force):
            return "force"
        if not given.isdisjoint(label.casefold() for label in self.labels.skip):
            return "skip"
        return None

    def needs_second_person(self, path: str) -> bool:
        """Whether dismissing a critical finding in a file takes two people."""
        return any(path_glob(glob).matches(path) for glob in self.dismissal.second_person_paths)

    @property
    def gate_severity(self) -> Severity | None:
        """The gate as `make_plan` takes it."""
        return None if self.gate == "off" else Severity(self.gate)

    def _rooms(self, path: str) -> tuple[Room, ...] | Literal["none", "ignore"] | None:
        for rule in reversed(self.paths):
            if rule.rooms is not None and path_glob(rule.glob).matches(path):
                return rule.rooms
        return None
