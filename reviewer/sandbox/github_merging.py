"""Merging: the commit that joins a head to its base, and what becomes of the pull request."""

from __future__ import annotations

from flask import Blueprint, Response

from reviewer.sandbox import github_git
from reviewer.sandbox.github_auth import caller, check_role, needs
from reviewer.sandbox.github_errors import ApiError
from reviewer.sandbox.github_events import announce
from reviewer.sandbox.github_git import GitError
from reviewer.sandbox.github_http import answer, world
from reviewer.sandbox.github_pulls import pull_of
from reviewer.sandbox.github_state import Pull, Repository, User, now

routes = Blueprint("merging", __name__)


def merge_commit(pull: Pull) -> tuple[str, str]:
    """A commit that joins the head to the base branch as it is now, and that branch's tip.

    Raises ApiError 405 when the two are in conflict.
    """
    git_dir = pull.repo.git_dir
    base = github_git.resolve(git_dir, f"heads/{pull.base_ref}") or pull.base_sha
    try:
        tree = github_git.text(git_dir, "merge-tree", "--write-tree", base, pull.head_sha)
    except GitError:
        raise ApiError(405, "Pull Request is not mergeable") from None
    message = f"Merge pull request #{pull.number} from {pull.head_ref}"
    parents = ("-p", base, "-p", pull.head_sha)
    return github_git.text(git_dir, *_WHO, "commit-tree", *parents, "-m", message, tree), base


_WHO = ("-c", "user.name=GitHub", "-c", "user.email=noreply@github.example")


@routes.put("/repos/<owner>/<repo>/pulls/<int:number>/merge")
@needs("contents:write")
def merge(repo: Repository, number: int) -> Response:
    """Merge a pull request."""
    check_role(repo, "write")
    pull = pull_of(repo, number)
    if pull.state != "open" or pull.draft:
        raise ApiError(405, "Pull Request is not mergeable")
    sha, _ = merge_commit(pull)
    finish(pull, sha, caller().user)
    return answer({"sha": sha, "merged": True, "message": "Pull Request successfully merged"})


def finish(pull: Pull, sha: str, user: User) -> None:
    """Let the base branch end at this commit, and the pull request be merged by it."""
    with world().lock:
        github_git.update_ref(pull.repo.git_dir, f"refs/heads/{pull.base_ref}", sha)
        pull.state, pull.merge_commit_sha, pull.merged_by = "closed", sha, user
        pull.closed_at = pull.merged_at = now()
        pull.touch()
    announce(world(), "pull_request", "closed", pull, user)
