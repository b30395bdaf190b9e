"""The levers that play the part of CI: code-scanning alerts, and artifacts of runs."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote

from flask import Response, request

from reviewer.refs import commit_sha
from reviewer.sandbox.github_control import REPO, lever, levers, repo_of
from reviewer.sandbox.github_errors import ApiError, not_found
from reviewer.sandbox.github_http import world
from reviewer.sandbox.github_json_repo import moment
from reviewer.sandbox.github_pulls import pull_of
from reviewer.sandbox.github_state import Artifact, Repository, now

routes = levers("ci")


@routes.post(f"{REPO}/alerts")
@lever
def add_alert(body: dict[str, Any], owner: str, name: str) -> Any:
    """Leave an alert as an upload of SARIF would."""
    repo = repo_of(owner, name)
    alert = {
        "number": len(repo.alerts) + 1,
        "created_at": moment(now()),
        "state": "open",
        "rule": {"id": body["rule"], "severity": "warning", "description": body["message"]},
        "tool": {"name": body["tool"], "guid": None, "version": None},
        "most_recent_instance": {
            "ref": body["ref"],
            "commit_sha": body["commit_sha"],
            "state": "open",
            "message": {"text": body["message"]},
            "location": {
                "path": body["path"],
                "start_line": body["line"],
                "end_line": body["line"],
                "start_column": 1,
                "end_column": 2,
            },
        },
    }
    repo.alerts.append(alert)
    return alert


@routes.post(f"{REPO}/pulls/<int:number>/merge-commit")
@lever
def set_merge_commit(body: dict[str, Any], owner: str, name: str, number: int) -> Any:
    """Say which commit a pull request's workflows ran on: its merge with the base."""
    pull_of(repo_of(owner, name), number).merge_commit_sha = commit_sha(body["sha"])
    return {}


@routes.post(f"{REPO}/artifacts")
@lever
def add_artifact(body: dict[str, Any], owner: str, name: str) -> Any:
    """Leave an artifact as a workflow run would; `content` is the zip file in base64."""
    repo = repo_of(owner, name)
    content = base64.b64decode(body["content"], validate=True)
    artifact = Artifact(
        world().next_id(), body["name"], body["head_sha"], content, bool(body.get("expired"))
    )
    repo.artifacts[artifact.id] = artifact
    return artifact_json(repo, artifact)


@routes.get("/blobs/<int:number>")
def blob(number: int) -> Response:
    """The store that a download is led to; it takes no credentials."""
    if "Authorization" in request.headers:
        raise ApiError(400, "the store was sent credentials that are none of its business")
    for repo in world().repos():
        if number in repo.artifacts:
            return Response(repo.artifacts[number].content, content_type="application/zip")
    raise not_found()


def artifact_json(repo: Repository, artifact: Artifact) -> dict[str, Any]:
    """An artifact as the REST API tells of it."""
    url = f"{world().base_url}/repos/{quote(repo.full_name)}/actions/artifacts/{artifact.id}"
    return {
        "id": artifact.id,
        "name": artifact.name,
        "size_in_bytes": len(artifact.content),
        "url": url,
        "archive_download_url": f"{url}/zip",
        "expired": artifact.expired,
        "created_at": moment(artifact.created_at),
        "workflow_run": {"id": artifact.id, "head_sha": artifact.head_sha},
    }
