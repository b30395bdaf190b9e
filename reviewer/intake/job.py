"""The job that a delivery asks for: primitives, for it is stored and read by later versions."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from reviewer.refs import CommitSha, InstallationId, PullNumber, PullRef, RepoName, commit_sha


class Wish(StrEnum):
    """How much of a pull request is to be reviewed."""

    PUSH = "push"
    """What changed since the last review; nothing when this head is reviewed already."""
    AGAIN = "again"
    """The same, also when this head is reviewed already."""
    FULL = "full"
    """All of it."""
    PATHS = "paths"
    """All of the files that a path or a glob names."""
    REFRESH = "refresh"
    """Nothing: the summary and the verdict follow what people decided."""


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
    wish: Wish = Wish.PUSH
    only: str = ""
    """With `Wish.PATHS` the path or the glob."""

    @property
    def repo(self) -> str:
        """`owner/name`."""
        return str(self.pull.repo)

    @property
    def number(self) -> int:
        """The pull request's number."""
        return self.pull.number

    def to_json(self) -> dict[str, Any]:
        """The stored form."""
        return {
            "kind": "review",
            "guid": self.guid,
            "installation": self.installation,
            "repo": str(self.pull.repo),
            "number": self.pull.number,
            "head_sha": self.head_sha,
            "reason": self.reason,
            "wish": self.wish.value,
            "only": self.only,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> ReviewJob:
        """Read the stored form; raises KeyError or ValueError when it is not one."""
        return cls(
            guid=str(stored["guid"]),
            installation=InstallationId(int(stored["installation"])),
            pull=_pull(stored),
            head_sha=commit_sha(stored["head_sha"]),
            reason=str(stored["reason"]),
            wish=Wish(stored.get("wish", Wish.PUSH)),
            only=str(stored.get("only", "")),
        )


@dataclass(frozen=True, slots=True)
class CommentJob:
    """Somebody wrote a comment on a pull request that may be meant for us."""

    guid: str
    installation: InstallationId
    pull: PullRef
    comment_id: int
    in_thread: bool
    """On the diff, rather than in the conversation."""
    reply_to: int | None
    """In a thread: the id of its first comment; None for a comment that begins one."""
    author: str
    author_id: int
    author_is_bot: bool
    body: str
    """Hostile text."""
    reason: str

    @property
    def repo(self) -> str:
        """`owner/name`."""
        return str(self.pull.repo)

    @property
    def number(self) -> int:
        """The pull request's number."""
        return self.pull.number

    @property
    def head_sha(self) -> str:
        """None is told."""
        return ""

    def to_json(self) -> dict[str, Any]:
        """The stored form."""
        return {
            "kind": "comment",
            "guid": self.guid,
            "installation": self.installation,
            "repo": str(self.pull.repo),
            "number": self.pull.number,
            "comment_id": self.comment_id,
            "in_thread": self.in_thread,
            "reply_to": self.reply_to,
            "author": self.author,
            "author_id": self.author_id,
            "author_is_bot": self.author_is_bot,
            "body": self.body,
            "reason": self.reason,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> CommentJob:
        """Read the stored form; raises KeyError or ValueError when it is not one."""
        return cls(
            guid=str(stored["guid"]),
            installation=InstallationId(int(stored["installation"])),
            pull=_pull(stored),
            comment_id=int(stored["comment_id"]),
            in_thread=bool(stored["in_thread"]),
            reply_to=None if stored["reply_to"] is None else int(stored["reply_to"]),
            author=str(stored["author"]),
            author_id=int(stored["author_id"]),
            author_is_bot=bool(stored["author_is_bot"]),
            body=str(stored["body"]),
            reason=str(stored["reason"]),
        )


@dataclass(frozen=True, slots=True)
class EventJob:
    """Something happened that is no wish for a review: to be answered, or to be taken note of."""

    guid: str
    installation: InstallationId
    reason: str
    """Event and action, as `merge_group.checks_requested`."""
    repo: str = ""
    """`owner/name`; empty for an event of a whole installation."""
    number: int = 0
    """0 where it is about no pull request, or about one that has to be looked up."""
    head_sha: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    """What else the handler needs of the payload: primitives, checked by the route."""

    def to_json(self) -> dict[str, Any]:
        """The stored form."""
        return {
            "kind": "event",
            "guid": self.guid,
            "installation": self.installation,
            "reason": self.reason,
            "repo": self.repo,
            "number": self.number,
            "head_sha": self.head_sha,
            "facts": self.facts,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> EventJob:
        """Read the stored form; raises KeyError or ValueError when it is not one."""
        return cls(
            guid=str(stored["guid"]),
            installation=InstallationId(int(stored["installation"])),
            reason=str(stored["reason"]),
            repo=str(stored["repo"]),
            number=int(stored["number"]),
            head_sha=str(stored["head_sha"]),
            facts=dict(stored["facts"]),
        )


class OnPull(Protocol):
    """A job on one pull request."""

    @property
    def guid(self) -> str:
        """The job's identity."""

    @property
    def installation(self) -> InstallationId:
        """The installation that it is done for."""

    @property
    def pull(self) -> PullRef:
        """The pull request."""


Job = ReviewJob | CommentJob | EventJob
_KINDS: dict[str, type[ReviewJob] | type[CommentJob] | type[EventJob]] = {
    "review": ReviewJob,
    "comment": CommentJob,
    "event": EventJob,
}


def job_from_json(stored: dict[str, Any]) -> Job:
    """Read the stored form of any job; raises KeyError or ValueError when it is none."""
    return _KINDS[stored.get("kind", "review")].from_json(stored)


def kind_of(job: Job) -> str:
    """`review`, `comment` or `event`."""
    return next(name for name, kind in _KINDS.items() if isinstance(job, kind))


def partition_of(job: Job) -> str:
    """Jobs of one partition run one after the other."""
    if not job.repo:
        return f"installation {job.installation}"
    # What is about no one pull request waits for none: a merge queue stands still meanwhile.
    return f"{job.repo}#{job.number}" if job.number else f"{job.repo}@{job.head_sha}"


def repo_of_partition(partition: str) -> str:
    """`owner/name` of a partition's jobs; empty for an installation's."""
    return partition.replace("@", "#").partition("#")[0] if "/" in partition else ""


def _pull(stored: dict[str, Any]) -> PullRef:
    return PullRef(RepoName.parse(stored["repo"]), PullNumber(int(stored["number"])))
