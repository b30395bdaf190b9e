"""The client's levers for the buttons beside a check run."""

from __future__ import annotations

from typing import Any

from reviewer.sandbox.client import Sandbox


def press_rerun(sandbox: Sandbox, repo: str, run_id: int, *, actor: str) -> None:
    """Press "Re-run" on one check run; takes a role to write."""
    sandbox.call("POST", f"/repos/{repo}/check-runs/{run_id}/rerequest", {}, actor=actor)


def press_rerun_all(sandbox: Sandbox, repo: str, sha: str, app_id: int, *, actor: str) -> None:
    """Press "Re-run all checks" on an App's check runs of a commit."""
    told = {"sha": sha, "app_id": app_id, "user": actor}
    sandbox.call("POST", f"/_sandbox/repositories/{repo}/check-suites/rerequest", told)


def buttons(sandbox: Sandbox, repo: str, run_id: int) -> list[dict[str, Any]]:
    """The actions that the App offers on a check run: label, description, identifier."""
    return list(sandbox.call("GET", f"/_sandbox/repositories/{repo}/check-runs/{run_id}/actions"))


def press(
    sandbox: Sandbox, repo: str, run_id: int, identifier: str, *, actor: str, stale: bool = False
) -> None:
    """Press one of these buttons; a page that is `stale` may still have one that is gone."""
    told = {"identifier": identifier, "user": actor, "stale": stale}
    sandbox.call("POST", f"/_sandbox/repositories/{repo}/check-runs/{run_id}/press", told)
