"""The smaller parts of a configuration."""

from __future__ import annotations

from typing import Self

from pydantic import ConfigDict, Field, model_validator

from reviewer.finding import Severity
from reviewer.policy.part import Part
from reviewer.policy.texts import (
    Cap,
    LabelNames,
    PathGlob,
    PathGlobs,
    Permission,
    Prefix,
    Prose,
    Rooms,
    RuleId,
    Usd,
    mistake,
)


class Labels(Part):
    """Labels of a pull request that decide whether it is reviewed."""

    skip: LabelNames = Field(default=(), examples=[["no-review"]])
    """A pull request with one of these labels is not reviewed."""
    force: LabelNames = Field(default=(), examples=[["review-me"]])
    """One with any of these is, also as a draft; they win over `skip`."""


class PathRule(Part):
    """What holds for the files that a glob matches."""

    model_config = ConfigDict(
        json_schema_extra={"anyOf": [{"required": ["rooms"]}, {"required": ["guidance"]}]}
    )

    glob: PathGlob = Field(examples=["src/matching/**"])
    """Files, as in a `.gitignore`."""
    rooms: Rooms | None = Field(default=None, examples=[["order_book", "risk"], "none", "ignore"])
    """The trading rooms they belong to; `none`: no trading code; `ignore`: not reviewed at all."""
    guidance: Prose | None = Field(
        default=None, examples=["Prices here are in ticks of the instrument."]
    )
    """What the maintainers want looked at in them."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.rooms is None and self.guidance is None:
            raise mistake("this entry says nothing of its files; add `rooms` or `guidance`")
        return self


class Caps(Part):
    """Most findings of a severity that one review shows; critical ones are all shown."""

    important: Cap = 8
    """Most important findings that one review shows."""
    suggestion: Cap = 4
    """Most suggestions that one review shows."""

    def of(self, severity: Severity) -> int | None:
        """The cap of a severity; None for no cap."""
        return {Severity.IMPORTANT: self.important, Severity.SUGGESTION: self.suggestion}.get(
            severity
        )


class Budgets(Part):
    """What the model may cost; the host's own limit holds where it is lower."""

    pull_usd: Usd | None = Field(default=None, examples=[3])
    """Model cost that one pull request may reach, in US dollars."""
    repo_day_usd: Usd | None = Field(default=None, examples=[20])
    """Model cost of the repository in one UTC day, in US dollars."""


class RuleOff(Part):
    """A rule that the maintainers do without."""

    id: RuleId = Field(examples=["A16"])
    """Id of the rule; those on hidden text (H1 to H3) cannot be turned off."""
    reason: Prose = Field(examples=["Parsing is checked by our own macro."])
    """Why; `config show` and the review repeat it."""


class RuleOn(Part):
    """A rule that the owner's configuration does without and this repository wants."""

    id: RuleId = Field(examples=["A16"])
    """Id of a rule that is applied although the owner's configuration turns it off."""
    reason: Prose = Field(examples=["Our feed has no macro for it."])
    """Why; `config show` repeats it."""


class Rules(Part):
    """The static rules."""

    off: tuple[RuleOff, ...] = Field(default=(), max_length=200)
    """Rules that are not applied, each with the reason."""
    on: tuple[RuleOn, ...] = Field(default=(), max_length=200)
    """Rules that are applied all the same; what is on and off in one configuration is on."""


class CommandPermissions(Part):
    """Who may give a command, by the least role in the repository."""

    review: Permission = "triage"
    """Review this head again."""
    ask: Permission = "triage"
    """Ask a question on the change."""
    explain: Permission = "triage"
    """Explain a finding."""
    fix: Permission = "write"
    """Propose a fix."""
    test: Permission = "write"
    """Propose a test."""
    optimize: Permission = "write"
    """Look for lost time."""
    design: Permission = "write"
    """Look at the design."""
    dismiss: Permission = "write"
    """Dismiss a finding."""
    reopen: Permission = "write"
    """Take a dismissal back."""
    pause: Permission = "write"
    """Stop reviewing this pull request."""
    resume: Permission = "write"
    """Go on reviewing it."""
    status: Permission = "read"
    """Say what is under way."""
    config: Permission = "read"
    """Show the effective configuration."""
    help: Permission = "read"
    """List the commands."""


class Commands(Part):
    """Commands in comments."""

    prefix: Prefix = Field(default="/", examples=["/", "/trading-"])
    """What a command starts with."""
    who: CommandPermissions = CommandPermissions()
    """Who may give a command, by the least role in the repository."""


class Dismissal(Part):
    """Dismissing findings."""

    second_person_paths: PathGlobs = Field(default=(), examples=[["src/risk/**"]])
    """Files in which a second person has to agree before a critical finding is dismissed."""
