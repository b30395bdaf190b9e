"""Pull requests: open, read in every form, change."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from reviewer.sandbox import github_git, github_json
from reviewer.sandbox.github_anchors import comparison_of, follow_push
from reviewer.sandbox.github_auth import caller, check_role, needs
from reviewer.sandbox.github_errors import ApiError, not_found, validation_failed
from reviewer.sandbox.github_events import announce
from reviewer.sandbox.github_git import GitError
from reviewer.sandbox.github_http import (
    accepts,
    answer,
    json_body,
    listing,
    optional,
    wanted,
    world,
)
from reviewer.sandbox.github_json_repo import commit_json, file_json
from reviewer.sandbox.github_state import Pull, Repository, User, now

routes = Blueprint("pulls", __name__)

DIFF_FILES = 300
DIFF_LINES = 20_000
_FILES_MOST = 3000


def pull_of(repo: Repository, number: int) -> Pull:
    """The pull request of this number. Raises ApiError 404."""
    pull = repo.pulls.get(number)
    if pull is None:
        raise not_found()
    return pull


def open_pull(
    repo: Repository,
    head_repo: Repository,
    user: User,
    refs: tuple[str, str],
    text: tuple[str, str | None],
    *,
    draft: bool = False,
) -> Pull:
    """Open a pull request between two existing branches (base, head). Raises ApiError 422."""
    state = world()
    base_ref, head_ref = refs
    base_sha = github_git.resolve(repo.git_dir, f"heads/{base_ref}")
    head_sha = github_git.resolve(head_repo.git_dir, f"heads/{head_ref}")
    if base_sha is None:
        raise validation_failed("PullRequest", "base", "invalid")
    if head_sha is None:
        raise validation_failed("PullRequest", "head", "invalid")
    if head_repo is not repo:
        github_git.bring_objects(repo.git_dir, head_repo.git_dir, head_sha)
    label = f"{head_repo.owner.login}:{head_ref}"
    try:
        change = github_git.compare(repo.git_dir, base_sha, head_sha)
    except GitError as error:
        raise _custom(f"The {head_ref} branch has no history in common with {base_ref}") from error
    if not change.commits:
        raise _custom(f"No commits between {base_ref} and {head_ref}")
    with state.lock:
        for other in repo.pulls.values():
            same = (other.head_repo, other.head_ref, other.base_ref) == (
                head_repo,
                head_ref,
                base_ref,
            )
            if same and other.state == "open":
                raise _custom(f"A pull request already exists for {label}.")
        pull = Pull(
            id=state.next_id(),
            number=next(repo.numbers),
            repo=repo,
            head_repo=head_repo,
            user=user,
            title=text[0],
            body=text[1],
            base_ref=base_ref,
            base_sha=base_sha,
            head_ref=head_ref,
            head_sha=head_sha,
            draft=draft,
        )
        github_git.update_ref(repo.git_dir, f"refs/pull/{pull.number}/head", head_sha)
        repo.pulls[pull.number] = pull
    announce(state, "pull_request", "opened", pull, user)
    return pull


def _custom(message: str) -> ApiError:
    error = {"resource": "PullRequest", "code": "custom", "message": message}
    return ApiError(422, "Validation Failed", errors=[error])


def push_head(pull: Pull, sha: str, user: User) -> None:
    """Move the head of a pull request to a commit that its repository has."""
    state = world()
    with state.lock:
        before, old_head = comparison_of(pull), pull.head_sha
        pull.head_sha = sha
        base = github_git.resolve(pull.repo.git_dir, f"heads/{pull.base_ref}")
        pull.base_sha = base or pull.base_sha
        github_git.update_ref(pull.repo.git_dir, f"refs/pull/{pull.number}/head", sha)
        github_git.update_ref(pull.head_repo.git_dir, f"refs/heads/{pull.head_ref}", sha)
        for comment in pull.repo.comments_of(pull):
            follow_push(comment, before, old_head)
        pull.touch()
    announce(state, "pull_request", "synchronize", pull, user, before=old_head, after=sha)


@routes.post("/repos/<owner>/<repo>/pulls")
@needs("pull_requests:write")
def create_pull(repo: Repository) -> Response:
    """Open a pull request."""
    state, body = world(), json_body()
    title = wanted(body, "title", str, "PullRequest")
    base = wanted(body, "base", str, "PullRequest")
    account, colon, head = wanted(body, "head", str, "PullRequest").rpartition(":")
    text = optional(body, "body", str, "PullRequest")
    head_repo = state.repo(account, repo.name) if colon else repo
    if head_repo is None:
        raise validation_failed("PullRequest", "head", "invalid")
    pull = open_pull(
        repo,
        head_repo,
        caller().user,
        (base, head),
        (title, text),
        draft=body.get("draft") is True,
    )
    return answer(github_json.pull_json(state, pull), 201)


@routes.get("/repos/<owner>/<repo>/pulls")
@needs("pull_requests:read")
def list_pulls(repo: Repository) -> Response:
    """List pull requests, newest first, filtered by state, head and base."""
    state = request.args.get("state", "open")
    head, base = request.args.get("head"), request.args.get("base")
    chosen = [
        pull
        for pull in reversed(list(repo.pulls.values()))
        if state in ("all", pull.state)
        and head in (None, f"{pull.head_repo.owner.login}:{pull.head_ref}")
        and base in (None, pull.base_ref)
    ]
    return listing(chosen, lambda pull: github_json.pull_summary_json(world(), pull))


@routes.get("/repos/<owner>/<repo>/pulls/<int:number>")
@needs("pull_requests:read")
def get_pull(repo: Repository, number: int) -> Response:
    """One pull request, as JSON or as a diff."""
    pull = pull_of(repo, number)
    if accepts("diff"):
        return _diff(pull)
    return answer(github_json.pull_json(world(), pull))


def _diff(pull: Pull) -> Response:
    change = comparison_of(pull)
    for what, amount, limit in (
        ("files", len(change.files), DIFF_FILES),
        ("lines", change.lines, DIFF_LINES),
    ):
        if amount > limit:
            error = {"resource": "PullRequest", "field": "diff", "code": "too_large"}
            raise ApiError(
                406,
                f"Sorry, the diff exceeded the maximum number of {what} ({limit}). Consider using "
                "'List pull requests files' API or locally cloning the repository instead.",
                errors=[error],
            )
    return Response(change.diff, content_type="application/vnd.github.diff; charset=utf-8")


@routes.get("/repos/<owner>/<repo>/pulls/<int:number>/files")
@needs("pull_requests:read")
def list_files(repo: Repository, number: int) -> Response:
    """The changed files, each with its patch; GitHub stops after 3,000."""
    pull = pull_of(repo, number)
    files = comparison_of(pull).files[:_FILES_MOST]
    return listing(files, lambda file: file_json(world(), repo, file, pull.head_sha))


@routes.get("/repos/<owner>/<repo>/pulls/<int:number>/commits")
@needs("pull_requests:read")
def list_commits(repo: Repository, number: int) -> Response:
    """The commits of a pull request, oldest first; GitHub stops after 250."""
    commits = comparison_of(pull_of(repo, number)).commits[:250]
    return listing(commits, lambda sha: commit_json(world(), repo, sha))


@routes.patch("/repos/<owner>/<repo>/pulls/<int:number>")
@needs("pull_requests:write")
def update_pull(repo: Repository, number: int) -> Response:
    """Change title, body, state or base."""
    state, body, user = world(), json_body(), caller().user
    pull = pull_of(repo, number)
    check_role(repo, "write", pull.user)
    changes: dict[str, Any] = {}
    with state.lock:
        for name in ("title", "body"):
            text = optional(body, name, str, "PullRequest")
            if text is not None and text != getattr(pull, name):
                changes[name] = {"from": getattr(pull, name)}
                setattr(pull, name, text)
        _change_base(pull, optional(body, "base", str, "PullRequest"), changes)
        pull.touch()
    if changes:
        announce(state, "pull_request", "edited", pull, user, changes=changes)
    _change_state(pull, optional(body, "state", str, "PullRequest"), user)
    return answer(github_json.pull_json(state, pull))


def _change_base(pull: Pull, ref: str | None, changes: dict[str, Any]) -> None:
    if ref is None or ref == pull.base_ref:
        return
    sha = github_git.resolve(pull.repo.git_dir, f"heads/{ref}")
    if sha is None:
        raise validation_failed("PullRequest", "base", "invalid")
    changes["base"] = {"ref": {"from": pull.base_ref}, "sha": {"from": pull.base_sha}}
    before = comparison_of(pull)
    pull.base_ref, pull.base_sha = ref, sha
    for comment in pull.repo.comments_of(pull):
        follow_push(comment, before, pull.head_sha)


def _change_state(pull: Pull, wish: str | None, user: User) -> None:
    if wish is None or wish == pull.state:
        return
    if wish not in ("open", "closed"):
        raise validation_failed("PullRequest", "state", "invalid")
    pull.state = wish
    pull.closed_at = now() if wish == "closed" else None
    action = "closed" if wish == "closed" else "reopened"
    announce(world(), "pull_request", action, pull, user)
