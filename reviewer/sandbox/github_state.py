"""What the stand-in for GitHub knows, as plain records; git holds the code itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any


def now() -> datetime:
    """The present moment in UTC, in whole seconds as GitHub keeps it."""
    return datetime.now(UTC).replace(microsecond=0)


@dataclass(slots=True, eq=False)
class User:
    """A person, an organization or the bot of an App."""

    id: int
    login: str
    kind: str = "User"


@dataclass(slots=True, eq=False)
class App:
    """A registered GitHub App."""

    id: int
    slug: str
    client_id: str
    public_key: str
    bot: User
    owner: User
    permissions: dict[str, str]
    events: tuple[str, ...]
    webhook_url: str
    webhook_secret: str = field(repr=False)
    hook_id: int
    created_at: datetime = field(default_factory=now)


@dataclass(slots=True, eq=False)
class Installation:
    """An App installed on an account. `selected` is None when it covers every repository."""

    id: int
    app: App
    account: User
    permissions: dict[str, str]
    selected: set[int] | None
    created_at: datetime = field(default_factory=now)
    suspended_at: datetime | None = None
    suspended_by: User | None = None

    def covers(self, repo: Repository) -> bool:
        """Whether the installation may see the repository."""
        return repo.owner is self.account and (self.selected is None or repo.id in self.selected)


@dataclass(slots=True, eq=False)
class Token:
    """An installation access token. `repos` is None when it reaches all the installation does."""

    text: str = field(repr=False)
    installation: Installation
    permissions: dict[str, str]
    repos: frozenset[int] | None
    expires_at: datetime

    def reaches(self, repo: Repository) -> bool:
        """Whether the token may see the repository."""
        return self.installation.covers(repo) and (self.repos is None or repo.id in self.repos)


@dataclass(slots=True, eq=False)
class Reaction:
    """An emoji that somebody left on a comment."""

    id: int
    user: User
    content: str
    created_at: datetime = field(default_factory=now)


@dataclass(slots=True, eq=False)
class IssueComment:
    """A comment in the conversation of a pull request."""

    id: int
    pull: Pull
    user: User
    body: str
    app: App | None = None
    created_at: datetime = field(default_factory=now)
    updated_at: datetime = field(default_factory=now)
    edited_at: datetime | None = None
    hidden_as: str | None = None
    reactions: list[Reaction] = field(default_factory=list)

    def reword(self, body: str) -> None:
        """Say something else instead."""
        self.body, self.updated_at, self.edited_at = body, now(), now()


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a review comment stands. `line` is None for a comment on the whole file."""

    path: str
    side: str = "RIGHT"
    line: int | None = None
    start_side: str | None = None
    start_line: int | None = None
    position: int | None = None


@dataclass(slots=True, eq=False)
class Thread:
    """A comment on the diff with its replies; whoever resolved it, while it is resolved."""

    id: int
    pull: Pull
    resolved_by: User | None = None


@dataclass(slots=True, eq=False)
class ReviewComment:
    """A comment on the diff. `anchor` is None once the line is gone from the diff."""

    id: int
    pull: Pull
    user: User
    body: str
    original: Anchor
    anchor: Anchor | None
    original_commit: str
    commit: str
    diff_hunk: str
    review: Review | None
    thread: Thread
    in_reply_to: int | None = None
    created_at: datetime = field(default_factory=now)
    updated_at: datetime = field(default_factory=now)
    edited_at: datetime | None = None
    hidden_as: str | None = None
    reactions: list[Reaction] = field(default_factory=list)

    def reword(self, body: str) -> None:
        """Say something else instead."""
        self.body, self.updated_at, self.edited_at = body, now(), now()

    @property
    def on_file(self) -> bool:
        """Whether the comment stands on the file as a whole."""
        return self.original.line is None


@dataclass(slots=True, eq=False)
class Review:
    """A review: a body and the comments that were sent with it."""

    id: int
    pull: Pull
    user: User
    body: str
    state: str
    commit: str
    submitted_at: datetime | None = None


@dataclass(slots=True, eq=False)
class CheckRun:
    """A check run on a commit; `output` holds title, summary and text."""

    id: int
    repo: Repository
    app: App
    name: str
    head_sha: str
    status: str
    conclusion: str | None = None
    external_id: str = ""
    details_url: str | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    output: dict[str, str | None] = field(default_factory=dict)
    annotations: list[dict[str, Any]] = field(default_factory=list)
    actions: list[dict[str, str]] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Pull:
    """A pull request. `base_sha` is the base branch's tip when the head was last pushed."""

    id: int
    number: int
    repo: Repository
    head_repo: Repository
    user: User
    title: str
    body: str | None
    base_ref: str
    base_sha: str
    head_ref: str
    head_sha: str
    draft: bool = False
    state: str = "open"
    merge_commit_sha: str | None = None
    labels: list[str] = field(default_factory=list)
    created_at: datetime = field(default_factory=now)
    updated_at: datetime = field(default_factory=now)
    closed_at: datetime | None = None
    merged_at: datetime | None = None
    merged_by: User | None = None
    reactions: list[Reaction] = field(default_factory=list)

    def touch(self) -> None:
        """Note that something about the pull request changed just now."""
        self.updated_at = now()


@dataclass(frozen=True, slots=True)
class Artifact:
    """A zip file that a workflow run left behind."""

    id: int
    name: str
    head_sha: str
    content: bytes = field(repr=False)
    expired: bool = False
    created_at: datetime = field(default_factory=now)


@dataclass(frozen=True, slots=True)
class Role:
    """What a person may do: one of GitHub's roles, under a name of the organization's own or not.

    `association` overrules what is told of the person's comments.
    """

    level: str
    name: str = ""
    association: str = ""


@dataclass(frozen=True, slots=True)
class MergeGroup:
    """Commits that a merge queue wants checked before they become the base branch's tip."""

    id: int
    pull: Pull
    base_ref: str
    base_sha: str
    head_ref: str
    head_sha: str
    required: tuple[str, ...]


@dataclass(slots=True, eq=False)
class Repository:
    """A repository; `git_dir` is its bare git repository."""

    id: int
    owner: User
    name: str
    git_dir: Path
    default_branch: str
    fork_of: Repository | None = None
    created_at: datetime = field(default_factory=now)
    private: bool = True
    roles: dict[str, Role] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    pulls: dict[int, Pull] = field(default_factory=dict)
    reviews: dict[int, Review] = field(default_factory=dict)
    review_comments: dict[int, ReviewComment] = field(default_factory=dict)
    issue_comments: dict[int, IssueComment] = field(default_factory=dict)
    check_runs: dict[int, CheckRun] = field(default_factory=dict)
    merge_groups: dict[int, MergeGroup] = field(default_factory=dict)
    alerts: list[dict[str, Any]] = field(default_factory=list)
    artifacts: dict[int, Artifact] = field(default_factory=dict)

    @property
    def full_name(self) -> str:
        """`owner/name`."""
        return f"{self.owner.login}/{self.name}"

    def comments_of(self, pull: Pull) -> list[ReviewComment]:
        """The review comments of one pull request, oldest first."""
        return [c for c in list(self.review_comments.values()) if c.pull is pull]
