"""The levers that play the part of people: branches, pull requests, pushes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reviewer.refs import commit_sha
from reviewer.sandbox import github_git
from reviewer.sandbox.github_control import REPO, lever, levers, repo_of
from reviewer.sandbox.github_events import announce, announce_review
from reviewer.sandbox.github_http import world
from reviewer.sandbox.github_json import pull_page
from reviewer.sandbox.github_pulls import open_pull, pull_of, push_head
from reviewer.sandbox.github_reviews import review_of
from reviewer.sandbox.github_state import Repository

routes = levers("control_pulls")


@routes.post(f"{REPO}/branches")
@lever
def set_branch(body: dict[str, Any], owner: str, name: str) -> Any:
    """Let a branch point at a commit, brought in from `source` when it is not there yet."""
    repo, sha = repo_of(owner, name), commit_sha(body["sha"])
    _bring(repo, body.get("source"), sha)
    github_git.update_ref(repo.git_dir, f"refs/heads/{body['name']}", sha)
    return {"ref": body["name"], "sha": sha}


def _bring(repo: Repository, source: str | None, sha: str) -> None:
    if source is not None and github_git.resolve(repo.git_dir, sha) is None:
        github_git.bring_objects(repo.git_dir, Path(source), sha)


@routes.post(f"{REPO}/pulls")
@lever
def open_from_commits(body: dict[str, Any], owner: str, name: str) -> Any:
    """Open a pull request from two commits, giving them the branches that it needs."""
    repo = repo_of(owner, name)
    head_repo = repo_of(body["head_owner"], name) if body.get("head_owner") else repo
    base, head = commit_sha(body["base_sha"]), commit_sha(body["head_sha"])
    _bring(repo, body.get("source"), base)
    _bring(head_repo, body.get("source"), head)
    branch = f"change-{len(repo.pulls) + 1}"
    base_ref = body.get("base_ref") or _base_branch(repo, base)
    head_ref = body.get("head_ref") or branch
    github_git.update_ref(repo.git_dir, f"refs/heads/{base_ref}", base)
    github_git.update_ref(head_repo.git_dir, f"refs/heads/{head_ref}", head)
    pull = open_pull(
        repo,
        head_repo,
        world().user(body.get("user", "octocat")),
        (base_ref, head_ref),
        (body["title"], body.get("body")),
        draft=body.get("draft") is True,
    )
    return {"number": pull.number, "url": pull_page(world(), pull), "head_sha": pull.head_sha}


def _base_branch(repo: Repository, base: str) -> str:
    """The main branch where it stands on the base commit, else a branch of its own."""
    if github_git.resolve(repo.git_dir, f"heads/{repo.default_branch}") == base:
        return repo.default_branch
    return f"base-{base[:12]}"


@routes.post(f"{REPO}/pulls/<int:number>/push")
@lever
def push(body: dict[str, Any], owner: str, name: str, number: int) -> Any:
    """Push a new head to a pull request's branch, forced or not."""
    pull, sha = pull_of(repo_of(owner, name), number), commit_sha(body["sha"])
    _bring(pull.head_repo, body.get("source"), sha)
    if pull.head_repo is not pull.repo:
        github_git.bring_objects(pull.repo.git_dir, pull.head_repo.git_dir, sha)
    if github_git.resolve(pull.repo.git_dir, sha) is None:
        raise ValueError(f"there is no commit {sha}")
    push_head(pull, sha, world().user(body.get("user", pull.user.login)))
    return {"head_sha": pull.head_sha}


@routes.post(f"{REPO}/pulls/<int:number>/draft")
@lever
def set_draft(body: dict[str, Any], owner: str, name: str, number: int) -> Any:
    """Mark a pull request as a draft, or as ready for review."""
    pull = pull_of(repo_of(owner, name), number)
    pull.draft = bool(body["draft"])
    pull.touch()
    action = "converted_to_draft" if pull.draft else "ready_for_review"
    announce(world(), "pull_request", action, pull, pull.user)
    return {}


@routes.post(f"{REPO}/pulls/<int:number>/reviews/<int:review_id>/body")
@lever
def reword_review(body: dict[str, Any], owner: str, name: str, number: int, review_id: int) -> Any:
    """Write another's review anew, as the page lets whoever may write here."""
    review = review_of(repo_of(owner, name), number, review_id)
    review.body = str(body["body"])
    announce_review(world(), "edited", review, world().user(body["user"]))
    return {}
