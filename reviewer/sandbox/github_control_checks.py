"""The levers that play the part of people beside a check run: its buttons."""

from __future__ import annotations

from typing import Any

from reviewer.refs import commit_sha
from reviewer.sandbox.github_checks import run_of
from reviewer.sandbox.github_control import REPO, app_of, lever, levers, repo_of
from reviewer.sandbox.github_events import announce_check_run, announce_check_suite
from reviewer.sandbox.github_http import world

routes = levers("control_checks")


@routes.get(f"{REPO}/check-runs/<int:run_id>/actions")
@lever
def list_actions(_: dict[str, Any], owner: str, name: str, run_id: int) -> Any:
    """The buttons that the App has put on a check run. The REST API does not tell of them."""
    return run_of(repo_of(owner, name), run_id).actions


@routes.post(f"{REPO}/check-runs/<int:run_id>/press")
@lever
def press_action(body: dict[str, Any], owner: str, name: str, run_id: int) -> Any:
    """Press one of those buttons. One that is not there can be pressed by `stale` alone."""
    run, identifier = run_of(repo_of(owner, name), run_id), str(body["identifier"])
    if not body.get("stale") and identifier not in [a["identifier"] for a in run.actions]:
        raise ValueError(f"there is no button {identifier!r}")
    user = world().user(body["user"])
    action = {"identifier": identifier}
    announce_check_run(world(), "requested_action", run, user, requested_action=action)
    return {}


@routes.post(f"{REPO}/check-suites/rerequest")
@lever
def rerequest_suite(body: dict[str, Any], owner: str, name: str) -> Any:
    """Ask an App for all its check runs of a commit anew."""
    repo, user = repo_of(owner, name), world().user(body["user"])
    announce_check_suite(world(), app_of(body["app_id"]), repo, commit_sha(body["sha"]), user)
    return {}
