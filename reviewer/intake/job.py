"""The job that a delivery asks for: primitives, for it is stored and read by later versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reviewer.refs import CommitSha, InstallationId, PullNumber, PullRef, RepoName, commit_sha


@dataclass(frozen=True, slots=True)
class ReviewJob:
    """Review one pull request. Which head is reviewed is decided when the job runs."""

    guid: str
    """The delivery's GUID, which is the job's identity."""
    installation: InstallationId
    pull: PullRef
    head_sha: CommitSha
    """The head that the delivery told of."""
    reason: str
    """`pull_request.opened` and the like, for the log."""

    def to_json(self) -> dict[str, str | int]:
        """The stored form."""
        return {
            "guid": self.guid,
            "installation": self.installation,
            "repo": str(self.pull.repo),
            "number": self.pull.number,
            "head_sha": self.head_sha,
            "reason": self.reason,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> ReviewJob:
        """Read the stored form; raises KeyError or ValueError when it is not one."""
        return cls(
            guid=str(stored["guid"]),
            installation=InstallationId(int(stored["installation"])),
            pull=PullRef(RepoName.parse(stored["repo"]), PullNumber(int(stored["number"]))),
            head_sha=commit_sha(stored["head_sha"]),
            reason=str(stored["reason"]),
        )
