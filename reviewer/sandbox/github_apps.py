"""What an App asks about itself: its installations, their tokens, its deliveries."""

from __future__ import annotations

import base64
import json
import re
import secrets
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, request

from reviewer.sandbox.github_auth import caller, calling_app
from reviewer.sandbox.github_deliveries import Delivery, post_office
from reviewer.sandbox.github_errors import ApiError, not_accessible, not_found, suspended
from reviewer.sandbox.github_http import (
    answer,
    json_body,
    link_header,
    listing,
    optional,
    page_of,
    world,
)
from reviewer.sandbox.github_json_repo import app_json, installation_json, moment, repo_json
from reviewer.sandbox.github_state import Installation, Token, now

routes = Blueprint("apps", __name__)

TOKEN_SECONDS = 3600
_LEVELS = ("read", "write", "admin")


@routes.get("/app")
def get_app() -> Response:
    """The App that asks."""
    app = calling_app()
    mine = [i for i in world().installations.values() if i.app is app]
    return answer({**app_json(world(), app), "installations_count": len(mine)})


@routes.get("/app/installations")
def list_installations() -> Response:
    """The App's installations."""
    app = calling_app()
    mine = [i for i in list(world().installations.values()) if i.app is app]
    return listing(mine, lambda i: installation_json(world(), i))


def _installation(number: int) -> Installation:
    app = calling_app()
    found = world().installations.get(number)
    if found is None or found.app is not app:
        raise not_found()
    return found


@routes.get("/app/installations/<int:number>")
def get_installation(number: int) -> Response:
    """One installation."""
    return answer(installation_json(world(), _installation(number)))


@routes.get("/repos/<owner>/<repo>/installation")
def get_repo_installation(owner: str, repo: str) -> Response:
    """The App's installation that covers a repository."""
    app = calling_app()
    repository = world().repo(owner, repo)
    former = world().moved_repo(owner, repo) if repository is None else None
    if former is not None and world().installation_of(app, former) is not None:
        where = f"{world().api_url}/repositories/{former.id}/installation"
        raise ApiError(301, "Moved Permanently", headers={"Location": where}, url=where)
    found = world().installation_of(app, repository) if repository else None
    if found is None:
        raise not_found()
    return answer(installation_json(world(), found))


@routes.post("/app/installations/<int:number>/access_tokens")
def create_token(number: int) -> Response:
    """A token for an hour, narrowed to the repositories and permissions asked for."""
    installation, body, state = _installation(number), json_body(), world()
    if installation.suspended_at is not None:
        raise suspended()
    permissions = _narrowed(installation, optional(body, "permissions", dict, "Installation") or {})
    repos = _chosen(installation, body)
    token = Token(
        text=f"ghs_{secrets.token_hex(18)}",
        installation=installation,
        permissions=permissions,
        repos=repos,
        expires_at=now() + timedelta(seconds=TOKEN_SECONDS),
    )
    state.tokens[token.text] = token
    selected = repos is not None or installation.selected is not None
    told: dict[str, Any] = {
        "token": token.text,
        "expires_at": moment(token.expires_at),
        "permissions": permissions,
        "repository_selection": "selected" if selected else "all",
    }
    if repos is not None:
        told["repositories"] = [repo_json(state, r) for r in state.repos() if r.id in repos]
    return answer(told, 201)


def _narrowed(installation: Installation, asked: dict[str, Any]) -> dict[str, str]:
    granted = installation.permissions
    if not asked:
        return dict(granted)
    for name, level in asked.items():
        had = granted.get(name)
        if had is None or level not in _LEVELS or _LEVELS.index(level) > _LEVELS.index(had):
            raise ApiError(422, "The permissions requested are not granted to this installation.")
    # every token can read metadata, asked for or not
    return {"metadata": "read", **asked}


def _chosen(installation: Installation, body: dict[str, Any]) -> frozenset[int] | None:
    names = optional(body, "repositories", list, "Installation")
    numbers = optional(body, "repository_ids", list, "Installation")
    if names is None and numbers is None:
        return None
    reachable = [r for r in world().repos() if installation.covers(r)]
    by_name = {r.name.lower(): r.id for r in reachable}
    wanted = [by_name.get(str(name).lower(), 0) for name in names or []]
    wanted += [n if n in by_name.values() else 0 for n in numbers or []]
    if 0 in wanted:
        raise ApiError(
            422,
            "There is at least one repository that does not exist or is not accessible "
            "to the parent installation.",
        )
    return frozenset(wanted)


@routes.get("/installation/repositories")
def list_reachable() -> Response:
    """The repositories that the calling token reaches."""
    token = caller().token
    if token is None:
        raise not_accessible()
    if token.installation.suspended_at is not None:
        raise suspended()
    reached = [r for r in world().repos() if token.reaches(r)]
    chosen, headers = page_of(reached)
    body = {
        "total_count": len(reached),
        "repository_selection": "all" if token.repos is None else "selected",
        "repositories": [repo_json(world(), r) for r in chosen],
    }
    return answer(body, headers=headers)


@routes.get("/app/hook/deliveries")
def list_deliveries() -> Response:
    """The App's deliveries, newest first; `cursor` leads to older ones."""
    app = calling_app()
    mine = [d for d in reversed(list(post_office().log)) if d.app is app and d.status_code]
    wish = request.args.get("status")
    if wish in ("success", "failure"):
        mine = [d for d in mine if (d.status_code < 400) == (wish == "success")]
    last = _cursor(request.args.get("cursor"))
    if last is not None:
        mine = [d for d in mine if d.id < last]
    chosen, _ = page_of(mine)
    steps = {}
    if len(mine) > len(chosen):
        cursor = base64.urlsafe_b64encode(f"v1_{chosen[-1].id}".encode()).decode()
        steps["next"] = {"cursor": cursor}
    return answer([delivery_json(d) for d in chosen], headers=link_header(steps))


def _cursor(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        found = re.fullmatch(r"v1_(\d+)", base64.urlsafe_b64decode(text).decode())
    except ValueError:
        found = None
    if found is None:
        raise ApiError(400, "Invalid cursor")
    return int(found[1])


def _delivery(number: int) -> Delivery:
    app = calling_app()
    found = post_office().find(number)
    if found is None or found.app is not app:
        raise not_found()
    return found


@routes.get("/app/hook/deliveries/<int:number>")
def get_delivery(number: int) -> Response:
    """One delivery with all that was sent and answered."""
    delivery = _delivery(number)
    return answer(
        {
            **delivery_json(delivery),
            "url": delivery.app.webhook_url,
            "request": {
                "headers": delivery.headers(),
                "payload": json.loads(delivery.body),
            },
            "response": {
                "headers": delivery.answer_headers,
                "payload": delivery.answer_text,
            },
        }
    )


@routes.post("/app/hook/deliveries/<int:number>/attempts")
def redeliver(number: int) -> Response:
    """Send a delivery again, under the same GUID."""
    post_office().again(_delivery(number))
    return answer({}, 202)


def delivery_json(delivery: Delivery) -> dict[str, Any]:
    """A delivery as the log lists it (`hook-delivery-item`)."""
    return {
        "id": delivery.id,
        "guid": delivery.guid,
        "delivered_at": moment(delivery.delivered_at),
        "redelivery": delivery.redelivery,
        "duration": delivery.duration,
        "status": delivery.status,
        "status_code": delivery.status_code,
        "event": delivery.event,
        "action": delivery.action,
        "installation_id": delivery.installation_id,
        "repository_id": delivery.repository_id,
        "throttled_at": None,
    }
