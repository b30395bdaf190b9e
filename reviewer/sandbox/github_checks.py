"""Check runs and their annotations; only an App may write them, and only its own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, request

from reviewer.sandbox.github_auth import caller, check_role, needs
from reviewer.sandbox.github_errors import ApiError, not_found, validation_failed
from reviewer.sandbox.github_events import announce_check_run
from reviewer.sandbox.github_http import (
    answer,
    json_body,
    listing,
    optional,
    page_of,
    wanted,
    world,
)
from reviewer.sandbox.github_json_checks import check_run_json
from reviewer.sandbox.github_repos import commit_at
from reviewer.sandbox.github_state import App, CheckRun, Repository, now

routes = Blueprint("checks", __name__)

MAX_ANNOTATIONS = 50
MAX_OUTPUT_CHARACTERS = 65535
MAX_ACTIONS = 3
ACTION_CHARACTERS = {"label": 20, "description": 40, "identifier": 20}
_HERE = "/repos/<owner>/<repo>/check-runs"
_ONE = f"{_HERE}/<int:run_id>"
_STATUSES = ("queued", "in_progress", "completed")
_CONCLUSIONS = (
    "action_required",
    "cancelled",
    "failure",
    "neutral",
    "success",
    "skipped",
    "timed_out",
)
_LEVELS = ("notice", "warning", "failure")
_RESOURCE = "CheckRun"


def run_of(repo: Repository, run_id: int) -> CheckRun:
    """The check run of this id. Raises ApiError 404."""
    run = repo.check_runs.get(run_id)
    if run is None:
        raise not_found()
    return run


def _writer() -> App:
    app = caller().app
    if app is None:
        raise ApiError(403, "You must authenticate via a GitHub App.")
    return app


@routes.post(_HERE)
@needs("checks:write")
def create_run(repo: Repository) -> Response:
    """Make a check run on a commit."""
    state, body, app = world(), json_body(), _writer()
    name = wanted(body, "name", str, _RESOURCE)
    sha = wanted(body, "head_sha", str, _RESOURCE)
    if commit_at(repo, sha) != sha:
        raise ApiError(422, f"No commit found for SHA: {sha}")
    run = CheckRun(state.next_id(), repo, app, name, sha, "queued")
    with state.lock:
        _apply(run, body)
        repo.check_runs[run.id] = run
    announce_check_run(state, "created", run, app.bot)
    return answer(check_run_json(state, run), 201)


@routes.patch(_ONE)
@needs("checks:write")
def update_run(repo: Repository, run_id: int) -> Response:
    """Change a check run; annotations are added to those it has."""
    state, body, app = world(), json_body(), _writer()
    run = run_of(repo, run_id)
    if run.app is not app:
        raise ApiError(403, f"Invalid app_id `{app.id}` - check run can only be modified by "
                       "the GitHub App that created it.")  # fmt: skip
    with state.lock:
        was = run.status
        run.name = optional(body, "name", str, _RESOURCE) or run.name
        _apply(run, body)
    if run.status == "completed" and was != "completed":
        announce_check_run(state, "completed", run, app.bot)
    return answer(check_run_json(state, run))


def _apply(run: CheckRun, body: dict[str, Any]) -> None:
    status = optional(body, "status", str, _RESOURCE)
    conclusion = optional(body, "conclusion", str, _RESOURCE)
    if status is not None and status not in _STATUSES:
        raise validation_failed(_RESOURCE, "status", "invalid")
    if conclusion is not None and conclusion not in _CONCLUSIONS:
        raise validation_failed(_RESOURCE, "conclusion", "invalid")
    if status == "completed" and conclusion is None and run.conclusion is None:
        raise validation_failed(_RESOURCE, "conclusion", "missing_field")
    output = _output(body)
    annotations, actions = _annotations(output), _actions(body)
    # nothing is changed before everything was found to be in order
    run.external_id = optional(body, "external_id", str, _RESOURCE) or run.external_id
    run.details_url = optional(body, "details_url", str, _RESOURCE) or run.details_url
    run.started_at = _time(body, "started_at") or run.started_at or now()
    if conclusion is not None:
        run.status, run.conclusion = "completed", conclusion
        run.completed_at = _time(body, "completed_at") or now()
    elif status is not None:
        run.status = status
        if status != "completed":
            run.conclusion = run.completed_at = None
    run.output |= {k: output[k] for k in ("title", "summary", "text") if k in output}
    run.annotations += annotations
    if actions is not None:
        run.actions = actions


def _output(body: dict[str, Any]) -> dict[str, Any]:
    output = optional(body, "output", dict, _RESOURCE)
    if output is None:
        return {}
    wanted(output, "summary", str, _RESOURCE)
    for name in ("title", "summary", "text"):
        text = optional(output, name, str, _RESOURCE)
        if text is not None and name != "title" and len(text) > MAX_OUTPUT_CHARACTERS:
            raise validation_failed(
                _RESOURCE, name, "custom", f"{name} exceeds a maximum of 65535 characters"
            )
    return output


def _annotations(output: dict[str, Any]) -> list[dict[str, Any]]:
    annotations: list[Any] = optional(output, "annotations", list, _RESOURCE) or []
    if len(annotations) > MAX_ANNOTATIONS:
        raise validation_failed(
            _RESOURCE, "annotations", "custom", "Annotations exceeds a maximum quantity of 50"
        )
    for annotation in annotations:
        if not isinstance(annotation, dict):
            raise validation_failed(_RESOURCE, "annotations", "invalid")
        wanted(annotation, "path", str, "CheckAnnotation")
        wanted(annotation, "message", str, "CheckAnnotation")
        first = wanted(annotation, "start_line", int, "CheckAnnotation")
        last = wanted(annotation, "end_line", int, "CheckAnnotation")
        if last < first:
            raise validation_failed("CheckAnnotation", "end_line", "invalid")
        if wanted(annotation, "annotation_level", str, "CheckAnnotation") not in _LEVELS:
            raise validation_failed("CheckAnnotation", "annotation_level", "invalid")
    return annotations


def _actions(body: dict[str, Any]) -> list[dict[str, str]] | None:
    actions: list[Any] | None = optional(body, "actions", list, _RESOURCE)
    if actions is not None and len(actions) > MAX_ACTIONS:
        raise _invalid(
            f"No more than {MAX_ACTIONS} items are allowed; {len(actions)} were supplied."
        )
    for action in actions or ():
        if not isinstance(action, dict):
            raise validation_failed(_RESOURCE, "actions", "invalid")
        for name, most in ACTION_CHARACTERS.items():
            text = wanted(action, name, str, "CheckRunAction")
            if len(text) > most:
                raise _invalid(
                    f"For 'properties/{name}', no more than {most} characters are allowed; "
                    f"{len(text)} were supplied."
                )
    return actions


def _invalid(problem: str) -> ApiError:
    """422 of a body that is not as described; it names the rule, and no field."""
    return ApiError(422, f"Invalid request.\n\n{problem}")


def _time(body: dict[str, Any], name: str) -> datetime | None:
    text = optional(body, name, str, _RESOURCE)
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        raise validation_failed(_RESOURCE, name, "invalid") from None


@routes.get(_ONE)
@needs("checks:read")
def get_run(repo: Repository, run_id: int) -> Response:
    """One check run."""
    return answer(check_run_json(world(), run_of(repo, run_id)))


@routes.get(f"{_ONE}/annotations")
@needs("checks:read")
def list_annotations(repo: Repository, run_id: int) -> Response:
    """The annotations of a check run."""
    run = run_of(repo, run_id)

    def render(annotation: dict[str, Any]) -> dict[str, Any]:
        path = quote(annotation["path"])
        return {
            "path": annotation["path"],
            "blob_href": f"{world().base_url}/{repo.full_name}/blob/{run.head_sha}/{path}",
            "start_line": annotation["start_line"],
            "end_line": annotation["end_line"],
            "start_column": annotation.get("start_column"),
            "end_column": annotation.get("end_column"),
            "annotation_level": annotation["annotation_level"],
            "title": annotation.get("title"),
            "message": annotation["message"],
            "raw_details": annotation.get("raw_details"),
        }

    return listing(run.annotations, render)


@routes.post(f"{_ONE}/rerequest")
@needs("checks:write", "checks:read")
def rerequest(repo: Repository, run_id: int) -> Response:
    """Ask the App for another run, as the button on the page does."""
    check_role(repo, "write")
    run = run_of(repo, run_id)
    announce_check_run(world(), "rerequested", run, caller().user)
    return answer({}, 201)


@routes.get("/repos/<owner>/<repo>/commits/<path:ref>/check-runs")
@needs("checks:read")
def list_runs(repo: Repository, ref: str) -> Response:
    """The check runs of a commit; of several with one name, only the newest unless `filter=all`."""
    sha = commit_at(repo, ref)
    args = request.args
    found = [
        run
        for run in reversed(list(repo.check_runs.values()))
        if run.head_sha == sha
        and args.get("check_name") in (None, run.name)
        and args.get("app_id") in (None, str(run.app.id))
        and args.get("status") in (None, run.status)
    ]
    if args.get("filter", "latest") == "latest":
        newest: dict[tuple[int, str], CheckRun] = {}
        for run in found:
            newest.setdefault((run.app.id, run.name), run)
        found = list(newest.values())
    chosen, headers = page_of(found)
    body = {
        "total_count": len(found),
        "check_runs": [check_run_json(world(), run) for run in chosen],
    }
    return answer(body, headers=headers)
