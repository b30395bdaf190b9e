"""Where a model is reached: gateways with a header of their own, clouds, and what they lack."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx2
import pytest

from reviewer.agent.request import ModelUnavailable
from reviewer.edges.model import AnthropicModel
from reviewer.edges.model_client import ModelAccess, check_access, make_client
from reviewer.errors import Misconfigured
from tests.support.asked import question

KEY = "a-model-key-of-a-test"


class Recorder(HTTPServer):
    """Notes one request and answers that it is overloaded."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.headers: dict[str, str] = {}
        self.path = ""
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Recorder

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.path = self.path
        body = json.dumps({"type": "error", "error": {"type": "overloaded_error", "message": ""}})
        self.send_response(529)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        pass


def sent(access: dict[str, Any]) -> Recorder:
    """What one question looks like to whoever gets it."""
    with Recorder() as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        model = AnthropicModel(ModelAccess(base_url=server.url, **access), retries=0)
        with pytest.raises(ModelUnavailable):
            model.ask(question())
        model.close()
        return server


def test_a_gateway_gets_the_key_and_its_own_header() -> None:
    seen = sent({"api_key": KEY, "header": "X-Team: trading desk"})
    assert seen.path == "/v1/messages"
    assert seen.headers["authorization"] == f"Bearer {KEY}"
    assert seen.headers["x-team"] == "trading desk"


def test_foundry_is_asked_in_its_own_way() -> None:
    seen = sent({"api_key": KEY, "provider": "foundry"})
    assert seen.headers["x-api-key"] == KEY
    assert "authorization" not in seen.headers


def test_a_key_of_the_environment_is_not_sent_to_another_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "of-the-environment")
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", "X-Other: of-the-environment")
    seen = sent({"api_key": KEY})
    assert "of-the-environment" not in str(seen.headers)


@pytest.mark.parametrize("provider", ["bedrock", "vertex"])
def test_a_package_that_is_not_installed_is_named(provider: str) -> None:
    with pytest.raises(Misconfigured, match=rf"pip install 'trading-reviewer\[{provider}\]'"):
        make_client(ModelAccess(provider=provider))


def test_foundry_needs_to_know_where(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTHROPIC_FOUNDRY_RESOURCE", raising=False)
    with pytest.raises(Misconfigured, match="ANTHROPIC_FOUNDRY_RESOURCE"):
        check_access(ModelAccess(KEY, provider="foundry"))


def test_neither_key_nor_header_stands_in_the_repr() -> None:
    assert "hunter" not in repr(ModelAccess("hunter-key", header="X-A: hunter-header"))


def test_a_slow_model_may_be_silent_for_as_long_as_a_call_may_take() -> None:
    client = make_client(ModelAccess(KEY, timeout=3600))
    assert isinstance(client.timeout, httpx2.Timeout)
    assert (client.timeout.read, client.timeout.connect) == (3600, 5)
    assert client.max_retries == 0
    client.close()
