"""Check runs in the shape of GitHub's REST API."""

from __future__ import annotations

from typing import Any

from reviewer.sandbox.github_json import pull_url
from reviewer.sandbox.github_json_repo import app_json, moment, node_id
from reviewer.sandbox.github_state import CheckRun, Pull, Repository, World

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
