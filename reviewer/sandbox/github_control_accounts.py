"""The levers that play the part of owners: installations and repositories come, go and move."""

from __future__ import annotations

from typing import Any

from reviewer.refs import RepoName
from reviewer.sandbox.github_control import REPO, lever, levers, repo_of
from reviewer.sandbox.github_errors import not_found
from reviewer.sandbox.github_events import (
    announce_installation,
    announce_repository,
    announce_selection,
)
from reviewer.sandbox.github_http import world
from reviewer.sandbox.github_json_repo import user_json
from reviewer.sandbox.github_state import Installation, now

routes = levers("control_accounts")

_INSTALLATION = "/installations/<int:number>"


def _installation(number: int) -> Installation:
    found = world().installations.get(number)
    if found is None:
        raise not_found()
    return found


@routes.post(f"{_INSTALLATION}/suspended")
@lever
def set_suspended(body: dict[str, Any], number: int) -> Any:
    """Suspend an installation, or let it work again."""
    installation, suspended = _installation(number), bool(body["suspended"])
    installation.suspended_at = now() if suspended else None
    installation.suspended_by = installation.account if suspended else None
    announce_installation(world(), "suspend" if suspended else "unsuspend", installation)
    return {}


@routes.delete(_INSTALLATION)
@lever
def uninstall(_: dict[str, Any], number: int) -> Any:
    """Take an App off an account; its tokens are worth nothing from now on."""
    state, installation = world(), _installation(number)
    announce_installation(state, "deleted", installation)
    with state.lock:
        del state.installations[number]
        state.tokens = {
            text: token
            for text, token in state.tokens.items()
            if token.installation is not installation
        }
    return {}


@routes.post(f"{_INSTALLATION}/repositories")
@lever
def select(body: dict[str, Any], number: int) -> Any:
    """Let an installation cover these repositories of its account and no others; null is all."""
    state, installation = world(), _installation(number)
    names = body["repositories"]
    account = installation.account.login
    before = [repo for repo in state.repos() if installation.covers(repo)]
    installation.selected = None if names is None else {repo_of(account, n).id for n in names}
    after = [repo for repo in state.repos() if installation.covers(repo)]
    added = [repo for repo in after if repo not in before]
    removed = [repo for repo in before if repo not in after]
    if added:
        announce_selection(state, installation, added, [])
    if removed:
        announce_selection(state, installation, [], removed)
    return {}


@routes.post(f"{REPO}/visibility")
@lever
def set_visibility(body: dict[str, Any], owner: str, name: str) -> Any:
    """Make a repository private or public."""
    repo = repo_of(owner, name)
    repo.private = bool(body["private"])
    announce_repository(world(), "privatized" if repo.private else "publicized", repo, repo.owner)
    return {}


@routes.post(f"{REPO}/rename")
@lever
def rename(body: dict[str, Any], owner: str, name: str) -> Any:
    """Give a repository another name; the old one leads to it."""
    state, repo = world(), repo_of(owner, name)
    before, wish = repo.name, RepoName.parse(f"{owner}/{body['name']}")
    state.move_repo(repo, repo.owner, wish.name)
    changes = {"repository": {"name": {"from": before}}}
    announce_repository(state, "renamed", repo, repo.owner, changes=changes)
    return {}


@routes.post(f"{REPO}/transfer")
@lever
def transfer(body: dict[str, Any], owner: str, name: str) -> Any:
    """Give a repository to another account; only Apps that are installed there still see it."""
    state, repo = world(), repo_of(owner, name)
    wish = RepoName.parse(f"{body['owner']}/{name}")
    before = repo.owner
    covering = [i for i in list(state.installations.values()) if i.covers(repo)]
    state.move_repo(repo, state.user(wish.owner, "Organization"), repo.name)
    kind = "organization" if before.kind == "Organization" else "user"
    changes = {"owner": {"from": {kind: user_json(state, before)}}}
    announce_repository(state, "transferred", repo, repo.owner, changes=changes)
    for installation in covering:
        announce_selection(state, installation, [], [repo])
        if installation.selected is not None:
            installation.selected.discard(repo.id)
    return {}


@routes.delete(REPO)
@lever
def delete_repository(_: dict[str, Any], owner: str, name: str) -> Any:
    """Delete a repository."""
    repo = repo_of(owner, name)
    announce_repository(world(), "deleted", repo, repo.owner)
    world().delete_repo(repo)
    return {}
