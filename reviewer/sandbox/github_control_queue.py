"""The levers that play the part of a merge queue: it wants its commits checked before it merges."""

from __future__ import annotations

from typing import Any

from reviewer.sandbox import github_git
from reviewer.sandbox.github_control import REPO, lever, levers, repo_of
from reviewer.sandbox.github_errors import not_found
from reviewer.sandbox.github_events import announce_merge_group
from reviewer.sandbox.github_http import world
from reviewer.sandbox.github_merging import finish, merge_commit
from reviewer.sandbox.github_pulls import pull_of
from reviewer.sandbox.github_state import CheckRun, MergeGroup, Repository

routes = levers("control_queue")

_ONE = f"{REPO}/merge-queue/<int:group_id>"
_REASONS = ("merged", "invalidated", "dequeued")
_GOOD = ("success", "neutral", "skipped")


@routes.post(f"{REPO}/merge-queue")
@lever
def enqueue(body: dict[str, Any], owner: str, name: str) -> Any:
    """Put a pull request into the queue, which makes the commit that it would become."""
    state, repo = world(), repo_of(owner, name)
    pull = pull_of(repo, int(body["number"]))
    sha, base = merge_commit(pull)
    ref = f"gh-readonly-queue/{pull.base_ref}/pr-{pull.number}-{base}"
    github_git.update_ref(repo.git_dir, f"refs/heads/{ref}", sha)
    required = tuple(str(check) for check in body["required"])
    group = MergeGroup(state.next_id(), pull, pull.base_ref, base, ref, sha, required)
    repo.merge_groups[group.id] = group
    announce_merge_group(state, "checks_requested", group, state.user(body["user"]))
    return _told(repo, group)


@routes.get(_ONE)
@lever
def show(_: dict[str, Any], owner: str, name: str, group_id: int) -> Any:
    """What the queue waits for."""
    repo = repo_of(owner, name)
    return _told(repo, _group(repo, group_id))


@routes.post(f"{_ONE}/leave")
@lever
def leave(body: dict[str, Any], owner: str, name: str, group_id: int) -> Any:
    """Let the group leave the queue: merged, once its checks have passed, or given up."""
    state, repo = world(), repo_of(owner, name)
    group, reason, user = _group(repo, group_id), body["reason"], state.user(body["user"])
    if reason not in _REASONS:
        raise ValueError(f"unknown reason: {reason!r}")
    if reason == "merged" and _state(repo, group) != "MERGEABLE":
        raise ValueError(f"the queue does not merge what is {_state(repo, group)}")
    del repo.merge_groups[group.id]
    if reason == "merged":
        finish(group.pull, group.head_sha, user)
    announce_merge_group(state, "destroyed", group, user, reason=reason)
    github_git.git(repo.git_dir, "update-ref", "-d", f"refs/heads/{group.head_ref}")
    return {}


def _group(repo: Repository, group_id: int) -> MergeGroup:
    group = repo.merge_groups.get(group_id)
    if group is None:
        raise not_found()
    return group


def _state(repo: Repository, group: MergeGroup) -> str:
    """As GitHub names the states of an entry: it waits, may be merged, or may not."""
    newest: dict[str, CheckRun] = {}
    for run in list(repo.check_runs.values()):
        if run.head_sha == group.head_sha:
            newest[run.name] = run
    runs = [newest.get(name) for name in group.required]
    if any(run and run.conclusion and run.conclusion not in _GOOD for run in runs):
        return "UNMERGEABLE"
    return "MERGEABLE" if all(run and run.conclusion for run in runs) else "AWAITING_CHECKS"


def _told(repo: Repository, group: MergeGroup) -> dict[str, Any]:
    return {
        "id": group.id,
        "state": _state(repo, group),
        "head_sha": group.head_sha,
        "head_ref": group.head_ref,
        "base_sha": group.base_sha,
        "base_ref": group.base_ref,
    }
