"""The pull request at one head, as a value."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer.refs import CommitSha, PullRef


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a review is bound to. Everything here but the ids is hostile text."""

    pull: PullRef
    head_sha: CommitSha
    base_sha: CommitSha
    base_ref: str
    title: str
    body: str
    author: str
    url: str
    """The page of the pull request."""
    is_open: bool
    is_draft: bool
    from_fork: bool
    labels: tuple[str, ...] = ()
