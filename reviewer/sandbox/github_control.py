"""The levers of the stand-in, under `/_sandbox`: ours, not GitHub's, and for this machine only."""

from __future__ import annotations

import ipaddress
import shutil
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

from flask import Blueprint, Response, current_app, request

from reviewer.refs import RepoName
from reviewer.sandbox import github_git
from reviewer.sandbox.github_apps import delivery_json
from reviewer.sandbox.github_deliveries import post_office
from reviewer.sandbox.github_errors import ApiError, not_found
from reviewer.sandbox.github_events import EVENTS, announce_installation, ping
from reviewer.sandbox.github_faults import Faults
from reviewer.sandbox.github_git import GitError
from reviewer.sandbox.github_http import answer, json_body, world
from reviewer.sandbox.github_limits import Limits
from reviewer.sandbox.github_state import App, Installation, Repository, Role, now
from reviewer.sandbox.github_traffic import Traffic

ROLES = ("none", "read", "triage", "write", "maintain", "admin")
REPO = "/repositories/<owner>/<name>"
Lever = Callable[..., Any]
T = TypeVar("T")


def _only_from_here() -> None:
    """Refuse whoever is not on this machine, and pages in a browser, which cannot send JSON."""
    address = ipaddress.ip_address(request.remote_addr or "0.0.0.0")  # noqa: S104 - nobody's
    if not address.is_loopback:
        raise ApiError(403, "the control API answers to this machine only")
    if request.method in ("POST", "PATCH") and not request.is_json:
        raise ApiError(415, "the control API takes JSON")


def levers(name: str) -> Blueprint:
    """A group of control endpoints behind the guard."""
    group = Blueprint(name, __name__, url_prefix="/_sandbox")
    group.before_request(_only_from_here)
    return group


routes = levers("control")


def lever(function: Lever) -> Callable[..., Response]:
    """Let a handler return plain data; turn a mistake of the caller into a 400 that explains it."""

    @wraps(function)
    def handled(**where: Any) -> Response:
        try:
            return answer(function(json_body(), **where))
        except (GitError, KeyError, TypeError, ValueError) as error:
            raise ApiError(400, f"{type(error).__name__}: {error}") from error

    return handled


def repo_of(owner: str, name: str) -> Repository:
    """The repository of this name. Raises ApiError 404."""
    repo = world().repo(owner, name)
    if repo is None:
        raise not_found()
    return repo


@routes.post("/repositories")
@lever
def import_repository(body: dict[str, Any]) -> Any:
    """Copy a local git repository in under a name of its own."""
    state = world()
    named = RepoName.parse(body["full_name"])
    if state.repo(named.owner, named.name) is not None:
        raise ValueError(f"{named} is there already")
    number = state.next_id()
    git_dir = _git_dir(number)
    try:
        branch = github_git.import_repository(Path(body["source"]), git_dir)
    except GitError:
        shutil.rmtree(git_dir, ignore_errors=True)
        raise
    owner = state.user(named.owner, body.get("owner_kind", "Organization"))
    repo = Repository(number, owner, named.name, git_dir, branch)
    state.add_repo(repo)
    return _repo_told(repo)


def _git_dir(number: int) -> Path:
    # by number, because a name may pass to another repository
    return world().root / "repositories" / f"{number}.git"


def _repo_told(repo: Repository) -> Any:
    return {"id": repo.id, "full_name": repo.full_name, "default_branch": repo.default_branch}


@routes.post(f"{REPO}/fork")
@lever
def fork(body: dict[str, Any], owner: str, name: str) -> Any:
    """Copy a repository to another account."""
    state, origin = world(), repo_of(owner, name)
    account = state.user(body["owner"])
    if state.repo(account.login, origin.name) is not None:
        raise ValueError(f"{account.login}/{origin.name} is there already")
    number = state.next_id()
    git_dir = _git_dir(number)
    branch = github_git.import_repository(origin.git_dir, git_dir)
    copy = Repository(number, account, origin.name, git_dir, branch, fork_of=origin)
    state.add_repo(copy)
    return _repo_told(copy)


@routes.post("/apps")
@lever
def register_app(body: dict[str, Any]) -> Any:
    """Register an App by its public key."""
    state = world()
    number, slug = state.next_id(), body.get("slug", "trading-reviewer")
    app = App(
        id=body.get("id") or number,
        slug=slug,
        client_id=f"Iv23li{number:014d}",
        public_key=body["public_key"],
        bot=state.user(f"{slug}[bot]", "Bot"),
        owner=state.user(body.get("owner", "acme"), "Organization"),
        permissions={"metadata": "read", **body["permissions"]},
        events=tuple(body.get("events", EVENTS)),
        webhook_url=body.get("webhook_url", ""),
        webhook_secret=body.get("webhook_secret", ""),
        hook_id=state.next_id(),
    )
    state.apps[app.id] = app
    return {"id": app.id, "slug": app.slug, "client_id": app.client_id, "bot": app.bot.login}


def app_of(number: int) -> App:
    """The App of this id. Raises ApiError 404."""
    app = world().apps.get(number)
    if app is None:
        raise not_found()
    return app


@routes.patch("/apps/<int:number>")
@lever
def change_app(body: dict[str, Any], number: int) -> Any:
    """Change the webhook's address or secret, or the events."""
    app = app_of(number)
    app.webhook_url = body.get("webhook_url", app.webhook_url)
    app.webhook_secret = body.get("webhook_secret", app.webhook_secret)
    app.events = tuple(body.get("events", app.events))
    return {}


@routes.post("/apps/<int:number>/ping")
@lever
def send_ping(_: dict[str, Any], number: int) -> Any:
    """Send the App a ping."""
    ping(world(), app_of(number))
    return {}


@routes.post("/installations")
@lever
def install(body: dict[str, Any]) -> Any:
    """Install an App on an account, for all its repositories or for those named."""
    state, app = world(), app_of(body["app_id"])
    account = state.user(body["account"], "Organization")
    names = body.get("repositories")
    installation = Installation(
        id=state.next_id(),
        app=app,
        account=account,
        permissions=dict(body.get("permissions") or app.permissions),
        selected=None if names is None else {repo_of(account.login, name).id for name in names},
    )
    state.installations[installation.id] = installation
    announce_installation(state, "created", installation)
    return {"id": installation.id}


@routes.get(f"{REPO}/apps")
@lever
def list_apps(_: dict[str, Any], owner: str, name: str) -> Any:
    """The Apps that are installed on a repository."""
    state, repo = world(), repo_of(owner, name)
    return [app.slug for app in list(state.apps.values()) if state.installation_of(app, repo)]


@routes.post("/tokens/expire")
@lever
def expire_tokens(_: dict[str, Any]) -> Any:
    """Let every installation token given out so far be an hour old."""
    for token in list(world().tokens.values()):
        token.expires_at = now() - timedelta(seconds=1)
    return {}


@routes.post(f"{REPO}/roles")
@lever
def set_role(body: dict[str, Any], owner: str, name: str) -> Any:
    """Give a person a role in a repository."""
    if body["role"] not in ROLES:
        raise ValueError(f"unknown role: {body['role']!r}")
    user = world().user(body["login"], body.get("kind", "User"))
    role = Role(body["role"], body.get("name") or "", body.get("association") or "")
    repo_of(owner, name).roles[user.login.lower()] = role
    return {}


@routes.post("/resolving-needs")
@lever
def set_resolving_needs(body: dict[str, Any]) -> Any:
    """Say which permission it takes to resolve a thread."""
    world().resolving_needs = body["permission"]
    return {}


@routes.post("/faults")
@lever
def add_fault(body: dict[str, Any]) -> Any:
    """Let something go wrong."""
    _part("faults", Faults).add(body)
    return {}


@routes.delete("/faults")
@lever
def clear_faults(_: dict[str, Any]) -> Any:
    """Let all go well again."""
    _part("faults", Faults).clear()
    return {}


@routes.post("/reset")
@lever
def begin_anew(_: dict[str, Any]) -> Any:
    """Forget all repositories, Apps, faults and logs, as if the server had just been started."""
    current_app.extensions["begin_anew"]()
    return {}


@routes.post("/limits")
@lever
def set_limits(body: dict[str, Any]) -> Any:
    """Set the requests an hour, and the writes a minute (none: no such limit)."""
    limits = _part("limits", Limits)
    limits.per_hour = int(body.get("per_hour", limits.per_hour))
    limits.content_per_minute = body.get("content_per_minute")
    return {}


@routes.get("/requests")
@lever
def list_requests(_: dict[str, Any]) -> Any:
    """Every request so far but those to the control API, oldest first."""
    return [entry.to_json() for entry in list(_part("traffic", Traffic).log)]


@routes.delete("/requests")
@lever
def forget_requests(_: dict[str, Any]) -> Any:
    """Begin the log of requests anew."""
    _part("traffic", Traffic).log.clear()
    return {}


@routes.get("/deliveries")
@lever
def list_deliveries(_: dict[str, Any]) -> Any:
    """Every attempt at a delivery, oldest first; `status_code` is 0 while it is under way."""
    return [
        {**delivery_json(d), "app_id": d.app.id, "answer": d.answer_text}
        for d in list(post_office().log)
    ]


@routes.post("/deliveries/<int:number>/redeliver")
@lever
def redeliver(_: dict[str, Any], number: int) -> Any:
    """Send a delivery again, under the same GUID."""
    delivery = post_office().find(number)
    if delivery is None:
        raise not_found()
    return delivery_json(post_office().again(delivery))


def _part(name: str, kind: type[T]) -> T:
    part = current_app.extensions[name]
    if not isinstance(part, kind):
        raise TypeError(f"{name} is no {kind.__name__}")
    return part
