"""The client's levers for installations and repositories that come, go and move."""

from __future__ import annotations

from reviewer.sandbox.client import Sandbox


def suspend(sandbox: Sandbox, installation_id: int) -> None:
    """Suspend an installation: no tokens, no calls, no webhooks but the one that says so."""
    sandbox.call(
        "POST", f"/_sandbox/installations/{installation_id}/suspended", {"suspended": True}
    )


def unsuspend(sandbox: Sandbox, installation_id: int) -> None:
    """Let a suspended installation work again."""
    where = f"/_sandbox/installations/{installation_id}/suspended"
    sandbox.call("POST", where, {"suspended": False})


def uninstall(sandbox: Sandbox, installation_id: int) -> None:
    """Take an App off an account."""
    sandbox.call("DELETE", f"/_sandbox/installations/{installation_id}")


def select(sandbox: Sandbox, installation_id: int, repositories: list[str] | None) -> None:
    """Let an installation cover the repositories of these names alone; None is all."""
    where = f"/_sandbox/installations/{installation_id}/repositories"
    sandbox.call("POST", where, {"repositories": repositories})


def set_visibility(sandbox: Sandbox, repo: str, *, private: bool) -> None:
    """Make a repository private or public; it begins as private."""
    sandbox.call("POST", f"/_sandbox/repositories/{repo}/visibility", {"private": private})


def rename(sandbox: Sandbox, repo: str, name: str) -> str:
    """Give a repository another name; returns its full name. The old one leads to it."""
    sandbox.call("POST", f"/_sandbox/repositories/{repo}/rename", {"name": name})
    return f"{repo.partition('/')[0]}/{name}"


def transfer(sandbox: Sandbox, repo: str, owner: str) -> str:
    """Give a repository to another account; returns its full name. The old one leads to it."""
    sandbox.call("POST", f"/_sandbox/repositories/{repo}/transfer", {"owner": owner})
    return f"{owner}/{repo.partition('/')[2]}"


def delete_repository(sandbox: Sandbox, repo: str) -> None:
    """Delete a repository."""
    sandbox.call("DELETE", f"/_sandbox/repositories/{repo}")
