"""Names of things on GitHub, as small values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NewType

CommitSha = NewType("CommitSha", str)
"""A full commit id: 40 (SHA-1) or 64 (SHA-256) lower-case hex digits."""

InstallationId = NewType("InstallationId", int)
PullNumber = NewType("PullNumber", int)

_SHA = re.compile(r"(?:[0-9a-f]{40}|[0-9a-f]{64})\Z")
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*)\Z")


def commit_sha(text: str) -> CommitSha:
    """The text as a commit id; raises ValueError for anything else (so no option, no ref name)."""
    if not _SHA.match(text):
        raise ValueError(f"not a commit id: {text[:64]!r}")
    return CommitSha(text)


@dataclass(frozen=True, slots=True, order=True)
class RepoName:
    """`owner/name` of a repository."""

    owner: str
    name: str

    @classmethod
    def parse(cls, full_name: str) -> RepoName:
        """Split `owner/name`; raises ValueError when it is not one."""
        owner, slash, name = full_name.partition("/")
        if not slash or not _NAME.match(owner) or not re.match(r"[A-Za-z0-9._-]+\Z", name):
            raise ValueError(f"not a repository name: {full_name[:128]!r}")
        if name in (".", ".."):
            raise ValueError(f"not a repository name: {full_name!r}")
        return cls(owner, name)

    def __str__(self) -> str:
        return f"{self.owner}/{self.name}"


@dataclass(frozen=True, slots=True, order=True)
class PullRef:
    """One pull request."""

    repo: RepoName
    number: PullNumber

    def __str__(self) -> str:
        return f"{self.repo}#{self.number}"
