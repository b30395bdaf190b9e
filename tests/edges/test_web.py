"""The receiver over real HTTP: what it takes in, and how it says no."""

from __future__ import annotations

import http.client
import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from reviewer.intake.delivery import MAX_BODY_BYTES
from reviewer.intake.signature import sign
from reviewer.sandbox.client import AppKey
from tests.support.app import AppProcess, ask

SECRET = "a-webhook-secret"
GUID = "72d3162e-cc78-11e3-81ab-4c9367dc0958"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppProcess]:
    directory: Path = tmp_path_factory.mktemp("receiver")
    environ = {
        "REVIEWER_APP_ID": "1",
        "REVIEWER_PRIVATE_KEY": AppKey.generate().private,
        "REVIEWER_WEBHOOK_SECRET": SECRET,
        # Nobody listens on the discard port: GitHub is away.
        "REVIEWER_GITHUB_URL": "http://127.0.0.1:9/api/v3",
        "REVIEWER_DATA_DIR": str(directory / "data"),
        "REVIEWER_PORT": "0",
    }
    with AppProcess("serve", environ, directory) as process:
        yield process


def deliver(
    app: AppProcess, body: bytes, *, event: str = "pull_request", **headers: str
) -> tuple[int, Any]:
    given = {
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": GUID,
        "X-Hub-Signature-256": sign(SECRET.encode(), body),
        "Content-Type": "application/json",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    return ask(urllib.request.Request(f"{app.url}/webhook", body, given))


def test_a_ping_is_ignored_with_its_reason(app: AppProcess) -> None:
    status, answer = deliver(app, b'{"zen":"Speak like a human."}', event="ping")
    assert (status, answer["status"]) == (202, "ignored")
    assert "ping" in answer["reason"]


def test_an_unknown_event_is_ignored(app: AppProcess) -> None:
    status, answer = deliver(app, b'{"action":"created"}', event="star")
    assert (status, answer["status"]) == (202, "ignored")
    assert "unknown event" in answer["reason"]


@pytest.mark.parametrize("signature", ["", "sha256=" + "0" * 64, "sha1=x"])
def test_a_bad_signature_is_refused_before_anything_is_read(
    app: AppProcess, signature: str
) -> None:
    status, answer = deliver(app, b"not json", X_Hub_Signature_256=signature)
    assert (status, answer["status"]) == (401, "refused")


@pytest.mark.parametrize("body", [b"not json", b"[]", b"{}", b'{"action":"opened"}'])
def test_a_signed_body_that_cannot_be_read_is_400(app: AppProcess, body: bytes) -> None:
    event = "pull_request" if body == b'{"action":"opened"}' else "ping"
    headers = {} if body != b"{}" else {"X_GitHub_Delivery": "no id"}
    status, answer = deliver(app, body, event=event, **headers)
    assert (status, answer["status"]) == (400, "refused")
    assert answer["reason"]


def test_an_oversized_body_is_413_without_being_read(app: AppProcess) -> None:
    address = urlsplit(app.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)
    connection.putrequest("POST", "/webhook")
    connection.putheader("Content-Length", str(MAX_BODY_BYTES + 1))
    connection.endheaders()
    # Not a byte of the body was sent, and the answer is here already.
    response = connection.getresponse()
    assert response.status == 413
    assert json.loads(response.read())["status"] == "refused"
    connection.close()


def test_a_body_of_unknown_length_is_refused(app: AppProcess) -> None:
    address = urlsplit(app.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)
    connection.request("POST", "/webhook", body=iter([b"{}"]), encode_chunked=True)
    response = connection.getresponse()
    assert response.status == 411
    assert json.loads(response.read())["status"] == "refused"
    connection.close()


def test_it_lives_but_is_not_ready_without_github(app: AppProcess) -> None:
    assert app.get("/healthz")[0] == 200
    status, answer = app.get("/readyz")
    assert status == 503
    assert answer["store"] == "ok"
    assert answer["github"].startswith("unusable")
    assert answer["model"] == "absent"


def test_clients_that_never_send_their_body_do_not_keep_others_out(app: AppProcess) -> None:
    address = urlsplit(app.url)
    slow = []
    for _ in range(24):
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
        connection.putrequest("POST", "/webhook")
        connection.putheader("Content-Length", "100000")
        connection.endheaders(b"abc")
        slow.append(connection)
    status, answer = deliver(app, b'{"zen":"Speak like a human."}', event="ping")
    assert (status, answer["status"]) == (202, "ignored")
    for connection in slow:
        connection.close()
