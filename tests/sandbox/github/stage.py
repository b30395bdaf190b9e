"""What most of these tests begin with: a repository, an App that is installed, a pull request."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from github import Auth, Github, GithubIntegration
from github.PullRequest import PullRequest
from github.Repository import Repository

from reviewer.sandbox.client import AppKey, Sandbox
from tests.support.git_repo import GitRepo

REPO = "acme/exchange"
QUIET: dict[str, Any] = {
    "seconds_between_requests": None,
    "seconds_between_writes": None,
    "retry": None,
}
"""PyGithub without its own waiting and trying again."""


@lru_cache(maxsize=1)
def app_key() -> AppKey:
    """One key for all tests of a process; making one takes a while."""
    return AppKey.generate()


def numbered(count: int, **changed: str) -> str:
    """A file of `line 1` to `line count`; `changed` are other texts, as `l12="…"`."""
    return "".join(f"{changed.get(f'l{n}', f'line {n}')}\n" for n in range(1, count + 1))


@dataclass
class Stage:
    """The stand-in with one pull request, and the keys to it."""

    sandbox: Sandbox
    work: GitRepo
    key: AppKey
    app_id: int
    installation_id: int
    base: str
    head: str
    number: int

    def auth(self) -> Auth.AppAuth:
        return Auth.AppAuth(self.app_id, self.key.private)

    def integration(self, **changes: Any) -> GithubIntegration:
        return GithubIntegration(
            auth=self.auth(), base_url=self.sandbox.api_url, **{**QUIET, **changes}
        )

    def token(self, permissions: dict[str, str] | None = None) -> str:
        with_permissions: dict[str, Any] = {"permissions": permissions} if permissions else {}
        return self.integration().get_access_token(self.installation_id, **with_permissions).token

    def github(self, token: str | None = None) -> Github:
        auth = Auth.Token(token or self.token())
        return Github(auth=auth, base_url=self.sandbox.api_url, **QUIET)

    def repo(self, token: str | None = None) -> Repository:
        return self.github(token).get_repo(REPO)

    def pull(self, token: str | None = None) -> PullRequest:
        return self.repo(token).get_pull(self.number)


def set_stage(sandbox: Sandbox, work: GitRepo, *, webhook_url: str = "") -> Stage:
    """`order.rs` has line 12 changed and line 40 replaced; `old.rs` becomes `new.rs`."""
    base = work.commit({"order.rs": numbered(60), "old.rs": numbered(20), "gone.rs": "x\n"})
    head = work.commit(
        {
            "order.rs": numbered(60, l12="changed", l40="replaced"),
            "old.rs": None,
            "new.rs": numbered(20, l3="renamed too"),
            "gone.rs": None,
            "logo.png": b"\0\1\2",
        }
    )
    work.git("reset", "--quiet", "--hard", base)
    key = app_key()
    sandbox.import_repo(work.path, REPO)
    app_id = sandbox.register_app(
        key.public, webhook_url=webhook_url, webhook_secret="it is a secret to everybody"
    )
    installation_id = sandbox.install(app_id, "acme")
    number = sandbox.open_pull(REPO, base, head, "Change orders", "Why not?", source=work.path)
    return Stage(sandbox, work, key, app_id, installation_id, base, head, number)


@dataclass
class Hook:
    """A webhook receiver. `status` is what it answers from now on."""

    url: str
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    status: int = 200

    def events(self) -> list[str]:
        return [headers["X-GitHub-Event"] for headers, _ in self.received]


@contextmanager
def hook() -> Iterator[Hook]:
    """Receive webhooks for a while."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.received.append((dict(self.headers.items()), body))
            self.send_response(receiver.status)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = Hook(f"http://127.0.0.1:{server.server_port}/hook?from=github")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
