"""The REST API of code-scanning alerts and artifacts, as far as the reviewer reads them."""

from __future__ import annotations

from flask import Blueprint, Response, request

from reviewer.sandbox.github_auth import needs
from reviewer.sandbox.github_ci import artifact_json
from reviewer.sandbox.github_errors import not_found
from reviewer.sandbox.github_http import answer, listing, page_of, world
from reviewer.sandbox.github_state import Repository

routes = Blueprint("ci_api", __name__)
_HERE = "/repos/<owner>/<repo>"


@routes.get(f"{_HERE}/code-scanning/alerts")
@needs("security_events:read")
def list_alerts(repo: Repository) -> Response:
    """The alerts of a ref."""
    ref, state = request.args.get("ref"), request.args.get("state")
    found = [
        alert
        for alert in repo.alerts
        if ref in (None, alert["most_recent_instance"]["ref"]) and state in (None, alert["state"])
    ]
    return listing(found, lambda alert: alert)


@routes.get(f"{_HERE}/actions/artifacts")
@needs("actions:read")
def list_artifacts(repo: Repository) -> Response:
    """The artifacts of all runs, newest first."""
    name = request.args.get("name")
    found = [a for a in reversed(repo.artifacts.values()) if name in (None, a.name)]
    chosen, headers = page_of(found)
    body = {"total_count": len(found), "artifacts": [artifact_json(repo, a) for a in chosen]}
    return answer(body, headers=headers)


@routes.get(f"{_HERE}/actions/artifacts/<int:artifact_id>/zip")
@needs("actions:read")
def download(repo: Repository, artifact_id: int) -> Response:
    """The way to the store that holds the file."""
    if artifact_id not in repo.artifacts:
        raise not_found()
    where = f"{world().base_url}/_sandbox/blobs/{artifact_id}"
    return Response(status=302, headers={"Location": where})
