"""The client's levers that play the part of CI."""

from __future__ import annotations

import base64

from reviewer.sandbox.client import Sandbox


def add_alert(
    sandbox: Sandbox,
    repo: str,
    ref: str,
    commit_sha: str,
    place: tuple[str, int],
    *,
    tool: str,
    rule: str,
    message: str,
) -> None:
    """Leave a code-scanning alert at a path and line, on a ref such as `refs/pull/7/merge`."""
    path, line = place
    body = {"ref": ref, "commit_sha": commit_sha, "path": path, "line": line}
    named = {"tool": tool, "rule": rule, "message": message}
    sandbox.call("POST", f"/_sandbox/repositories/{repo}/alerts", {**body, **named})


def set_merge_commit(sandbox: Sandbox, repo: str, number: int, sha: str) -> None:
    """Say which commit a pull request's workflows ran on: its merge with the base."""
    path = f"/_sandbox/repositories/{repo}/pulls/{number}/merge-commit"
    sandbox.call("POST", path, {"sha": sha})


def add_artifact(
    sandbox: Sandbox, repo: str, head_sha: str, name: str, content: bytes, *, expired: bool = False
) -> None:
    """Leave a zip file as a workflow run on this head would."""
    told = {"head_sha": head_sha, "name": name, "expired": expired}
    told["content"] = base64.b64encode(content).decode()
    sandbox.call("POST", f"/_sandbox/repositories/{repo}/artifacts", told)
