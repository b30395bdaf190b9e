"""The client's levers for a merge queue."""

from __future__ import annotations

from typing import Any

from reviewer.sandbox.client import Sandbox


def enqueue(
    sandbox: Sandbox, repo: str, number: int, *, required: list[str], actor: str
) -> dict[str, Any]:
    """Put a pull request into the queue, which then waits for check runs of these names.

    The answer has: id, state, head_sha (the commit to be checked), head_ref, base_sha, base_ref.
    """
    told = {"number": number, "required": required, "user": actor}
    return dict(sandbox.call("POST", f"/_sandbox/repositories/{repo}/merge-queue", told))


def queue_state(sandbox: Sandbox, repo: str, group_id: int) -> str:
    """AWAITING_CHECKS until every required check run is done, then MERGEABLE or UNMERGEABLE."""
    where = f"/_sandbox/repositories/{repo}/merge-queue/{group_id}"
    return str(sandbox.call("GET", where)["state"])


def leave_queue(sandbox: Sandbox, repo: str, group_id: int, reason: str, *, actor: str) -> None:
    """Let the group leave: `merged` once it is MERGEABLE, `invalidated` or `dequeued`."""
    where = f"/_sandbox/repositories/{repo}/merge-queue/{group_id}/leave"
    sandbox.call("POST", where, {"reason": reason, "user": actor})
