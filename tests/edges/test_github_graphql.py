"""GraphQL's answers: what is refused, what may pass, what is no answer."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from github import Auth

from reviewer.edges.github_graphql import graphql
from reviewer.edges.github_http import GitHubHttp
from reviewer.errors import Refused, Transient


class Service:
    """Answers with what it is told to."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, Any, dict[str, str]]] = []
        self.heard: list[tuple[str, Any, str]] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                sign = str(self.headers["Authorization"])
                service.heard.append((self.path, json.loads(body), sign))
                status, told, headers = service.answers.pop(0)
                raw = told if isinstance(told, bytes) else json.dumps(told).encode()
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(raw))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, format: str, *args: object) -> None:
                """Silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def ask(self, base: str = "", renewed: str = "") -> dict[str, Any]:
        url = f"http://127.0.0.1:{self.server.server_port}{base}"
        renew = (lambda: Auth.Token(renewed)) if renewed else None
        http = GitHubHttp(url, Auth.Token("first"), renew=renew)
        try:
            return graphql(http, "query { viewer { login } }", {"n": 1})
        finally:
            http.close()


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service()
    yield service
    service.server.shutdown()
    service.server.server_close()


@pytest.mark.parametrize(("base", "path"), [("", "/graphql"), ("/api/v3", "/api/graphql")])
def test_it_is_asked_where_it_lives(service: Service, base: str, path: str) -> None:
    service.answers.append((200, {"data": {"viewer": {"login": "x"}}}, {}))
    assert service.ask(base) == {"viewer": {"login": "x"}}
    ((heard, body, _),) = service.heard
    assert heard == path
    assert body == {"query": "query { viewer { login } }", "variables": {"n": 1}}


def test_a_token_that_is_not_taken_any_more_is_renewed(service: Service) -> None:
    service.answers += [(401, {"message": "Bad credentials"}, {}), (200, {"data": {}}, {})]
    assert service.ask(renewed="second") == {}
    assert [sign for _, _, sign in service.heard] == ["token first", "token second"]


@pytest.mark.parametrize("kind", ["NOT_FOUND", "FORBIDDEN", "UNPROCESSABLE"])
def test_a_refusal_beside_data_is_a_refusal(service: Service, kind: str) -> None:
    errors = [{"type": kind, "message": "no"}]
    service.answers.append((200, {"data": {"viewer": None}, "errors": errors}, {}))
    with pytest.raises(Refused, match=kind):
        service.ask()


def test_a_mistake_in_the_document_is_refused(service: Service) -> None:
    errors = [{"message": "no such field", "extensions": {"code": "undefinedField"}}]
    service.answers.append((200, {"errors": errors}, {}))
    with pytest.raises(Refused):
        service.ask()


def test_a_limit_says_how_long_to_wait(service: Service) -> None:
    errors = [{"type": "RATE_LIMITED", "message": "slow"}]
    service.answers.append((200, {"errors": errors}, {"Retry-After": "7"}))
    with pytest.raises(Transient) as raised:
        service.ask()
    assert raised.value.retry_after == 7


@pytest.mark.parametrize(
    "told",
    [
        {"data": None, "errors": [{"message": "Something went wrong"}]},
        {"data": None},
        {},
        [],
        {"errors": "odd"},
        b"<html>",
    ],
)
def test_what_is_no_answer_may_pass(service: Service, told: Any) -> None:
    service.answers.append((200, told, {}))
    with pytest.raises(Transient):
        service.ask()
