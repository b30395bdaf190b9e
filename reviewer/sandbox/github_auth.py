"""Who is asking: an App by its JWT, an installation by its token, a person by their name."""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

import jwt
from flask import Response, g, request

from reviewer.sandbox.github_errors import (
    ApiError,
    bad_credentials,
    not_accessible,
    not_found,
    suspended,
)
from reviewer.sandbox.github_http import world
from reviewer.sandbox.github_state import App, Repository, Token, User, now
from reviewer.sandbox.github_world import World

ACTOR_HEADER = "X-Sandbox-Actor"
"""Names the person who acts. The stand-in has no passwords and listens on this machine only."""

MAX_JWT_SECONDS = 600
_CLOCK_DRIFT = 60
_RANK = {"none": 0, "read": 1, "triage": 2, "write": 3, "maintain": 4, "admin": 5}
_LEVEL = {"read": 1, "write": 2, "admin": 3}
View = Callable[..., Response]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent the request; `app` is set for an App and for its installations."""

    user: User
    app: App | None = None
    token: Token | None = None


def identify(state: World) -> Caller | None:
    """The caller of the current request, or None without credentials.

    Raises ApiError 401 for credentials that are wrong, unknown or expired.
    """
    person = request.headers.get(ACTOR_HEADER)
    if person:
        return Caller(state.user(person, "Bot" if person.endswith("[bot]") else "User"))
    secret = _credential(request.headers.get("Authorization", ""))
    if secret is None:
        return None
    if secret.count(".") == 2:
        app = _app_of_jwt(state, secret)
        return Caller(app.bot, app)
    token = state.tokens.get(secret)
    if token is None or token.expires_at <= now():
        raise bad_credentials()
    app = token.installation.app
    return Caller(app.bot, app, token)


def _credential(header: str) -> str | None:
    scheme, _, value = header.partition(" ")
    if scheme.lower() in ("bearer", "token"):
        return value.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            raise bad_credentials() from None
    return None


def _app_of_jwt(state: World, text: str) -> App:
    undecodable = ApiError(401, "A JSON web token could not be decoded")
    try:
        issuer = str(jwt.decode(text, options={"verify_signature": False}).get("iss"))
    except jwt.PyJWTError:
        raise undecodable from None
    app = next((a for a in state.apps.values() if issuer in (str(a.id), a.client_id)), None)
    if app is None:
        raise undecodable
    try:
        # the dates are judged below, because GitHub's limits are narrower than the library's
        claims = jwt.decode(
            text,
            app.public_key,
            algorithms=["RS256"],
            options={"verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
    except jwt.PyJWTError:
        raise undecodable from None
    _check_dates(claims)
    return app


def _check_dates(claims: dict[str, Any]) -> None:
    moment = time.time()
    issued, expires = claims.get("iat"), claims.get("exp")
    if not isinstance(expires, int | float) or expires <= moment:
        raise ApiError(
            401,
            "'Expiration time' claim ('exp') must be a numeric value representing "
            "the future time at which the assertion expires",
        )
    if expires > moment + MAX_JWT_SECONDS:
        raise ApiError(401, "'Expiration time' claim ('exp') is too far in the future")
    if not isinstance(issued, int | float) or issued > moment + _CLOCK_DRIFT:
        raise ApiError(
            401,
            "'Issued at' claim ('iat') must be an Integer representing the time "
            "that the assertion was issued",
        )


def caller() -> Caller:
    """Who sent the current request. Raises ApiError 401 when nobody is named."""
    found: Caller | None = g.get("caller")
    if found is None:
        raise ApiError(401, "Requires authentication")
    return found


def calling_app() -> App:
    """The App that sent the current request by JWT. Raises ApiError 401 for anybody else."""
    found: Caller | None = g.get("caller")
    if found is None or found.app is None or found.token is not None:
        raise ApiError(401, "A JSON web token could not be decoded")
    return found.app


def role_of(repo: Repository, user: User) -> str:
    """A person's role in a repository: `admin`, `maintain`, `write`, `triage`, `read` or `none`."""
    if repo.owner is user:
        return "admin"
    given = repo.roles.get(user.login.lower())
    level = given.level if given else "none"
    # anybody reads what is public
    return "read" if level == "none" and not repo.private else level


def role_name_of(repo: Repository, user: User) -> str:
    """What the role is called, which in an organization may be a name of its own."""
    given = repo.roles.get(user.login.lower())
    return given.name if given and given.name else role_of(repo, user)


def may_write(repo: Repository, permission: str) -> bool:
    """Whether the caller may do what needs this permission, or a role to write of a person."""
    who = caller()
    if who.token is None:
        return who.app is None and _RANK[role_of(repo, who.user)] >= _RANK["write"]
    name, _, level = permission.partition(":")
    held = _LEVEL.get(who.token.permissions.get(name, ""), 0)
    return who.token.reaches(repo) and held >= _LEVEL[level]


def check_role(repo: Repository, least: str, author: User | None = None) -> None:
    """Let a person do what takes a role, or to be the author. Raises ApiError 403.

    Apps pass: what they may do is a matter of permissions.
    """
    who = caller()
    if who.app is None and who.user is not author and _RANK[role_of(repo, who.user)] < _RANK[least]:
        raise ApiError(403, "Must have admin rights to Repository.")


def check_author(repo: Repository, author: User) -> None:
    """Let the caller change what this account said. Raises ApiError 403.

    An App changes its own words alone, a person with a role to write anybody's.
    """
    if caller().app is not None and caller().user is not author:
        raise not_accessible()
    check_role(repo, "write", author)


def authorise(owner: str, name: str, alternatives: tuple[str, ...]) -> Repository:
    """The repository, if the caller may do one of `alternatives` (such as `checks:write`) in it.

    Raises ApiError 401 without credentials, 404 for a repository out of reach, 403 for a missing
    permission.
    """
    found: Caller | None = g.get("caller")
    repo = world().repo(owner, name)
    if found is None and request.method != "GET":
        raise ApiError(401, "Requires authentication")
    if found is None:
        raise not_found()
    if repo is None:
        raise _led_on(found, owner, name)
    if found.app is None:
        _authorise_person(repo, found.user, alternatives)
        return repo
    if found.token is None:
        raise not_accessible()
    if found.token.installation.suspended_at is not None:
        raise suspended()
    if not found.token.reaches(repo):
        raise not_found()
    for alternative in alternatives:
        permission, _, level = alternative.partition(":")
        if _LEVEL.get(found.token.permissions.get(permission, ""), 0) >= _LEVEL[level]:
            return repo
    raise not_accessible()


def _led_on(found: Caller, owner: str, name: str) -> ApiError:
    """What answers for a name that a repository no longer has."""
    repo = world().moved_repo(owner, name)
    seen = repo is not None and (
        found.token.reaches(repo) if found.token else role_of(repo, found.user) != "none"
    )
    if repo is None or not seen:
        return not_found()
    rest = request.path.partition(f"/{owner}/{name}")[2]
    if request.path.startswith("/repos/"):
        where = f"{world().api_url}/repositories/{repo.id}{rest}"
    else:
        where = f"{world().base_url}/{repo.full_name}{rest}"
    if request.query_string:
        where += f"?{request.query_string.decode()}"
    status = 301 if request.method == "GET" else 307
    return ApiError(status, "Moved Permanently", headers={"Location": where}, url=where)


def _authorise_person(repo: Repository, user: User, alternatives: tuple[str, ...]) -> None:
    rank = _RANK[role_of(repo, user)]
    if not rank:
        raise not_found()
    if alternatives == ("checks:write",):
        raise ApiError(403, "You must authenticate via a GitHub App.")
    # whoever can read may open pull requests and comment; changing code takes more
    if "contents:write" in alternatives and rank < _RANK["write"]:
        raise ApiError(403, "Must have push access to repository")


def needs(*alternatives: str) -> Callable[[View], View]:
    """Guard a handler of `/repos/<owner>/<repo>/…`; it is given the repository instead."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(owner: str, repo: str, **rest: Any) -> Response:
            return view(authorise(owner, repo, alternatives), **rest)

        return guarded

    return guard
