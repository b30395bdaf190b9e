"""The client's levers for what people do to a pull request beside pushing and talking."""

from __future__ import annotations

from urllib.parse import quote

from reviewer.sandbox.client import Sandbox


def add_labels(sandbox: Sandbox, repo: str, number: int, *names: str, actor: str) -> None:
    """Put labels on a pull request."""
    where = f"/repos/{repo}/issues/{number}/labels"
    sandbox.call("POST", where, {"labels": list(names)}, actor=actor)


def remove_label(sandbox: Sandbox, repo: str, number: int, name: str, *, actor: str) -> None:
    """Take a label away."""
    where = f"/repos/{repo}/issues/{number}/labels/{quote(name, safe='')}"
    sandbox.call("DELETE", where, actor=actor)


def edit(sandbox: Sandbox, repo: str, number: int, *, actor: str, **changes: str) -> None:
    """Change the title, the body or the base branch: `title`, `body`, `base`."""
    sandbox.call("PATCH", f"/repos/{repo}/pulls/{number}", changes, actor=actor)


def merge(sandbox: Sandbox, repo: str, number: int, *, actor: str) -> str:
    """Merge a pull request; returns the merge commit, which is now the base branch's tip."""
    return str(sandbox.call("PUT", f"/repos/{repo}/pulls/{number}/merge", {}, actor=actor)["sha"])


def permission(sandbox: Sandbox, repo: str, login: str) -> tuple[str, str]:
    """What a person may do, in GitHub's old levels, and the name of their role."""
    where = f"/repos/{repo}/collaborators/{quote(login)}/permission"
    told = sandbox.call("GET", where, actor=repo.partition("/")[0])
    return told["permission"], told["role_name"]


def reword_review(
    sandbox: Sandbox, repo: str, number: int, review_id: int, body: str, *, actor: str
) -> None:
    """Write another's review anew, on the page."""
    where = f"/_sandbox/repositories/{repo}/pulls/{number}/reviews/{review_id}/body"
    sandbox.call("POST", where, {"body": body, "user": actor})
