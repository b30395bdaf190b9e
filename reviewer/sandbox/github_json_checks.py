"""Check runs in the shape of GitHub's REST API."""

from __future__ import annotations

from typing import Any

from reviewer.sandbox.github_json import pull_url
from reviewer.sandbox.github_json_repo import app_json, commit_json, moment, node_id
from reviewer.sandbox.github_state import App, CheckRun, MergeGroup, Pull, Repository
from reviewer.sandbox.github_world import World

Json = dict[str, Any]


def check_run_json(world: World, run: CheckRun) -> Json:
    """A check run."""
    here = f"{world.api_url}/repos/{run.repo.full_name}/check-runs/{run.id}"
    page = f"{world.base_url}/{run.repo.full_name}/runs/{run.id}"
    return {
        "id": run.id,
        "name": run.name,
        "node_id": node_id("CR", run.id),
        "head_sha": run.head_sha,
        "external_id": run.external_id,
        "url": here,
        "html_url": page,
        "details_url": run.details_url or page,
        "status": run.status,
        "conclusion": run.conclusion,
        "started_at": moment(run.started_at),
        "completed_at": moment(run.completed_at),
        "output": {
            "title": run.output.get("title"),
            "summary": run.output.get("summary"),
            "text": run.output.get("text"),
            "annotations_count": len(run.annotations),
            "annotations_url": f"{here}/annotations",
        },
        "check_suite": {"id": int(run.head_sha[:8], 16)},
        "app": app_json(world, run.app),
        "pull_requests": [
            _pull_minimal_json(world, pull)
            for pull in list(run.repo.pulls.values())
            if pull.head_sha == run.head_sha and pull.state == "open"
        ],
    }


def check_suite_json(world: World, app: App, repo: Repository, sha: str) -> Json:
    """All check runs of an App on a commit."""
    runs = [r for r in list(repo.check_runs.values()) if (r.app, r.head_sha) == (app, sha)]
    on = [p for p in list(repo.pulls.values()) if p.head_sha == sha and p.state == "open"]
    number = int(sha[:8], 16)
    here = f"{world.api_url}/repos/{repo.full_name}/check-suites/{number}"
    return {
        "id": number,
        "node_id": node_id("CS", number),
        "head_branch": on[0].head_ref if on else None,
        "head_sha": sha,
        "status": "completed" if all(r.status == "completed" for r in runs) else "in_progress",
        "conclusion": runs[-1].conclusion if runs else None,
        "url": here,
        "before": None,
        "after": sha,
        "pull_requests": [_pull_minimal_json(world, pull) for pull in on],
        "app": app_json(world, app),
        "created_at": moment(runs[0].started_at) if runs else None,
        "updated_at": moment(runs[-1].completed_at) if runs else None,
        "latest_check_runs_count": len({run.name for run in runs}),
        "check_runs_url": f"{here}/check-runs",
        "head_commit": _head_commit(world, repo, sha),
    }


def merge_group_json(world: World, group: MergeGroup) -> Json:
    """What a merge queue wants checked."""
    return {
        "head_sha": group.head_sha,
        "head_ref": f"refs/heads/{group.head_ref}",
        "base_sha": group.base_sha,
        "base_ref": f"refs/heads/{group.base_ref}",
        "head_commit": _head_commit(world, group.pull.repo, group.head_sha),
    }


def _head_commit(world: World, repo: Repository, sha: str) -> Json:
    commit = commit_json(world, repo, sha)["commit"]
    people = {
        role: {"name": commit[role]["name"], "email": commit[role]["email"]}
        for role in ("author", "committer")
    }
    return {
        "id": sha,
        "tree_id": commit["tree"]["sha"],
        "message": commit["message"],
        "timestamp": commit["committer"]["date"],
        **people,
    }


def _pull_minimal_json(world: World, pull: Pull) -> Json:
    def branch(repo: Repository, ref: str, sha: str) -> Json:
        url = f"{world.api_url}/repos/{repo.full_name}"
        return {"ref": ref, "sha": sha, "repo": {"id": repo.id, "url": url, "name": repo.name}}

    return {
        "id": pull.id,
        "number": pull.number,
        "url": pull_url(world, pull),
        "head": branch(pull.head_repo, pull.head_ref, pull.head_sha),
        "base": branch(pull.repo, pull.base_ref, pull.base_sha),
    }
