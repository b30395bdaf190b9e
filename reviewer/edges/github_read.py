"""Reading a pull request from GitHub."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from reviewer.edges.github_http import GitHubHttp
from reviewer.errors import Moved, Refused
from reviewer.pull.snapshot import Snapshot
from reviewer.refs import CommitSha, PullRef, commit_sha

DIFF = "application/vnd.github.diff"
TOO_LARGE = 406
MOST_PAGES = 100
"""Of 100 entries each."""
MOST_CHARACTERS = 100_000_000
"""Of all pages of a list."""


def read_snapshot(http: GitHubHttp, pull: PullRef) -> Snapshot:
    """The pull request as it stands now. Raises Moved when its repository has another name."""
    data: dict[str, Any] = http.get(_path(pull)).json()
    name = str(data["base"]["repo"]["full_name"])
    if name.lower() != str(pull.repo).lower():
        raise Moved(f"{pull.repo} is called {name} now", name=name)
    head_repo = (data["head"].get("repo") or {}).get("full_name")
    return Snapshot(
        pull=pull,
        head_sha=commit_sha(data["head"]["sha"]),
        base_sha=commit_sha(data["base"]["sha"]),
        base_ref=str(data["base"]["ref"]),
        title=str(data["title"] or ""),
        body=str(data["body"] or ""),
        author=str((data["user"] or {}).get("login", "ghost")),
        url=str(data["html_url"]),
        is_open=data["state"] == "open",
        is_draft=bool(data["draft"]),
        from_fork=head_repo is None or head_repo.lower() != str(pull.repo).lower(),
        labels=tuple(str(label["name"]) for label in data["labels"]),
    )


def read_diff(http: GitHubHttp, pull: PullRef) -> str | None:
    """The diff as GitHub shows it; None when it is too large for GitHub to show."""
    answer = http.get(_path(pull), accept=DIFF, passing=(TOO_LARGE,))
    return None if answer.status == TOO_LARGE else answer.text


def read_merge_base(http: GitHubHttp, pull: PullRef, base: CommitSha, head: CommitSha) -> CommitSha:
    """Where the change left its base branch."""
    data = http.get(f"/repos/{pull.repo}/compare/{base}...{head}?per_page=1").json()
    return commit_sha(data["merge_base_commit"]["sha"])


def read_reviews(http: GitHubHttp, pull: PullRef) -> list[dict[str, Any]]:
    """All reviews of a pull request, oldest first."""
    return pages(http, f"{_path(pull)}/reviews")


def read_review_comments(http: GitHubHttp, pull: PullRef, review_id: int) -> list[dict[str, Any]]:
    """All inline comments of one review."""
    return pages(http, f"{_path(pull)}/reviews/{review_id}/comments")


def read_comments(http: GitHubHttp, pull: PullRef) -> list[dict[str, Any]]:
    """All inline and file comments on a pull request."""
    return pages(http, f"{_path(pull)}/comments")


def find_check_run(
    http: GitHubHttp,
    pull: PullRef,
    head: CommitSha,
    name: str,
    marks: Collection[str],
    *,
    running: bool = False,
) -> int | None:
    """The id of the check run that carries one of these marks, or None; `running`: one that is
    not over."""
    found = http.get(
        f"/repos/{pull.repo}/commits/{head}/check-runs?check_name={name.replace(' ', '%20')}"
    ).json()
    for run in found["check_runs"]:
        over = run["status"] == "completed"
        if run["external_id"] in marks and over is not running:
            return int(run["id"])
    return None


def _path(pull: PullRef) -> str:
    return f"/repos/{pull.repo}/pulls/{pull.number}"


def pages(http: GitHubHttp, path: str) -> list[dict[str, Any]]:
    """All entries of a list. Raises Refused for one that is too long.

    A part would be taken for all of it, and what stands behind that would be said again.
    """
    found: list[dict[str, Any]] = []
    room = MOST_CHARACTERS
    start = f"{path}{'&' if '?' in path else '?'}per_page=100&page="
    for page in range(1, MOST_PAGES + 1):
        answer = http.get(f"{start}{page}")
        room -= len(answer.text)
        if room < 0:
            raise Refused(f"GET {path}: more than {MOST_CHARACTERS} characters")
        found.extend(answer.json())
        if 'rel="next"' not in answer.headers.get("link", ""):
            return found
    # PyGithub follows the redirect of a renamed repository, but without the page's number.
    raise Refused(f"GET {path}: more than {MOST_PAGES} pages of 100")
