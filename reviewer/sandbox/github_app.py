"""The stand-in for GitHub as a WSGI application: its parts, and what each request passes."""

from __future__ import annotations

import re
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from reviewer.sandbox import (
    github_apps,
    github_checks,
    github_ci,
    github_ci_api,
    github_control,
    github_control_accounts,
    github_control_checks,
    github_control_pulls,
    github_control_queue,
    github_faults,
    github_graphql,
    github_issue_comments,
    github_limits,
    github_merging,
    github_page,
    github_pulls,
    github_reactions,
    github_repos,
    github_review_comments,
    github_reviews,
    github_traffic,
    github_transport,
)
from reviewer.sandbox.github_auth import identify
from reviewer.sandbox.github_deliveries import PostOffice
from reviewer.sandbox.github_errors import DOCS, ApiError
from reviewer.sandbox.github_faults import Faults
from reviewer.sandbox.github_http import answer
from reviewer.sandbox.github_limits import Limits, caller_name
from reviewer.sandbox.github_traffic import Traffic
from reviewer.sandbox.github_world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_PREFIX = "/api/v3"
_GRAPHQL = "/api/graphql"
_PARTS = (
    github_apps,
    github_checks,
    github_ci,
    github_ci_api,
    github_control,
    github_control_accounts,
    github_control_checks,
    github_control_pulls,
    github_control_queue,
    github_graphql,
    github_issue_comments,
    github_limits,
    github_merging,
    github_page,
    github_pulls,
    github_reactions,
    github_repos,
    github_review_comments,
    github_reviews,
    github_transport,
)


@dataclass(frozen=True, slots=True)
class Application:
    """The application and what it holds."""

    flask: Flask
    root: Path
    traffic: Traffic

    @property
    def world(self) -> World:
        """All there is at the moment."""
        world: World = self.flask.extensions["world"]
        return world

    @property
    def limits(self) -> Limits:
        """The counters of requests."""
        limits: Limits = self.flask.extensions["limits"]
        return limits

    def begin_anew(self) -> None:
        """Forget everything but the server's own address.

        Every beginning has a directory of its own, because what git said of one is remembered,
        and because an earlier process may have left its repositories behind.
        """
        past: World | None = self.flask.extensions.get("world")
        self.root.mkdir(parents=True, exist_ok=True)
        world = World(Path(tempfile.mkdtemp(prefix="world-", dir=self.root)))
        faults = Faults()
        self.traffic.log.clear()
        self.flask.extensions.update(
            world=world,
            limits=Limits(),
            faults=faults,
            post_office=PostOffice(faults),
        )
        if past is not None:
            world.base_url = past.base_url
            shutil.rmtree(past.root, ignore_errors=True)

    def _followed(self, path: str) -> str:
        """The path of a repository that is asked for by its id, with its name instead."""
        found = re.match(r"/repositories/(\d{1,18})(?=/|$)", path)
        repo = self.world.repo_by_id(int(found[1])) if found else None
        return f"/repos/{repo.full_name}{path[found.end() :]}" if found and repo else path

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve a request, with or without the prefix that Enterprise Server has."""
        path: str = environ.get("PATH_INFO", "")
        if path == _GRAPHQL:
            path = "/graphql"
        elif path.startswith(f"{_PREFIX}/") and path != f"{_PREFIX}/graphql":
            path = path[len(_PREFIX) :]
        environ["PATH_INFO"] = self._followed(path)
        return self.flask(environ, start_response)


def create_app(root: Path, record: Path | None = None) -> Application:
    """An empty GitHub whose repositories live under `root`.

    With `record`, every exchange of the REST API is written to `exchanges.jsonl` in that directory.
    """
    app = Flask(__name__, static_folder=None)
    app.url_map.strict_slashes = False
    sandbox = Application(app, root, Traffic(record))
    app.extensions.update(traffic=sandbox.traffic, begin_anew=sandbox.begin_anew)
    sandbox.begin_anew()
    for part in _PARTS:
        app.register_blueprint(part.routes)
    app.before_request(_before(sandbox))
    app.after_request(_after(sandbox))
    app.register_error_handler(ApiError, _refuse)
    app.register_error_handler(HTTPException, _refuse_plainly)
    return sandbox


def _before(sandbox: Application) -> Callable[[], Response | None]:
    def before() -> Response | None:
        github_traffic.begin()
        entry = g.entry
        if entry.kind in ("control", "page"):
            return None
        caller = identify(sandbox.world)
        if caller is not None:
            g.caller = caller
            if caller.app is None:
                entry.kind = "person"
                return None
        if entry.kind == "api" and request.path != "/rate_limit":
            sandbox.limits.check(caller_name())
        return github_faults.before_request()

    return before


def _after(sandbox: Application) -> Callable[[Response], Response]:
    def after(response: Response) -> Response:
        entry = g.entry
        if entry.kind == "control" or g.get("past"):
            return response
        fault = g.get("fault")
        if fault is not None and fault.kind == "applied":
            response = github_faults.failure(fault)
        elif fault is not None and fault.kind == "headers":
            response.headers.update(fault.headers)
        api = entry.kind in ("api", "person")
        if api:
            # the exchange is written down as it was before a cache may shorten it
            sandbox.traffic.record(response, fault=fault is not None)
            if github_limits.tag(response):
                sandbox.limits.give_back(caller_name())
            response.headers.update(sandbox.limits.headers(caller_name()))
            response.headers["X-GitHub-Media-Type"] = "github.v3; format=json"
        response.headers["X-GitHub-Request-Id"] = str(uuid.uuid4()).upper()
        sandbox.traffic.note(entry, response, broken=fault is not None and fault.breaks)
        return response

    return after


def _refuse(error: ApiError) -> Response:
    return answer(error.body, error.status, error.headers)


def _refuse_plainly(error: HTTPException) -> Response:
    """Whatever has no handler is not found, in GitHub's words."""
    status = error.code or 500
    message = {404: "Not Found", 405: "Not Found", 500: "Server Error"}.get(status, error.name)
    status = 404 if status == 405 else status
    body: dict[str, Any] = {"message": message, "documentation_url": DOCS, "status": str(status)}
    return answer(body, status)
