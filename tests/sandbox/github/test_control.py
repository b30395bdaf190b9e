"""The levers themselves, and the process."""

from __future__ import annotations

import http.client
import socket
import threading
from pathlib import Path

import pytest
import requests

from reviewer.sandbox.client import SandboxRefused
from reviewer.sandbox.github_server import make
from tests.sandbox.github.stage import REPO, Stage
from tests.support.git_repo import GitRepo
from tests.support.github import GithubProcess


def test_a_request_is_logged_with_who_and_how_long(stage: Stage) -> None:
    token = stage.token()
    stage.sandbox.forget_requests()
    stage.github(token).get_repo(REPO)
    stage.sandbox.pull(REPO, stage.number)
    requests.get(f"{stage.sandbox.url}/{REPO}/pull/{stage.number}", timeout=10)
    log = stage.sandbox.requests()
    assert [(r["method"], r["kind"], r["status"]) for r in log] == [
        ("GET", "api", 200),
        ("GET", "person", 200),
        ("GET", "page", 200),
    ]
    assert all(r["bytes"] > 0 and r["ms"] > 0 for r in log)


def test_what_cannot_be_done_is_explained(stage: Stage, tmp_path: Path) -> None:
    sandbox = stage.sandbox
    for wrong, says in (
        (lambda: sandbox.import_repo(tmp_path / "nowhere", "acme/new"), "does not exist"),
        (lambda: sandbox.import_repo(stage.work.path, REPO), "there already"),
        (lambda: sandbox.import_repo(stage.work.path, "acme/../etc"), "not a repository name"),
        (lambda: sandbox.push(REPO, stage.number, "0" * 40), "there is no commit"),
        (lambda: sandbox.push(REPO, stage.number, "--help"), "not a commit id"),
        (lambda: sandbox.set_role(REPO, "carol", "king"), "unknown role"),
        (lambda: sandbox.ping(1), "Not Found"),
        (lambda: sandbox.open_pull(REPO, stage.base, stage.base, "Empty"), "No commits"),
    ):
        with pytest.raises(SandboxRefused, match=says):
            wrong()
    # a repository that could not be imported leaves no half of itself behind
    sandbox.import_repo(stage.work.path, "acme/new")


def test_a_source_that_stands_on_no_branch_can_be_imported(
    github: GithubProcess, tmp_path: Path
) -> None:
    work = GitRepo(tmp_path / "work")
    sha = work.commit({"a.rs": "a\n"})
    work.git("checkout", "--quiet", "--detach")
    work.git("branch", "--quiet", "-D", "main")
    assert github.client.import_repo(work.path, "acme/detached") == "main"
    assert github.client.call("GET", "/repos/acme/detached/branches/main", actor="acme")[
        "commit"
    ]["sha"] == sha  # fmt: skip


def test_a_page_in_a_browser_cannot_pull_the_levers(stage: Stage) -> None:
    refused = requests.post(
        f"{stage.sandbox.url}/_sandbox/tokens/expire",
        data="{}",
        headers={"Content-Type": "text/plain"},
        timeout=10,
    )
    assert refused.status_code == 415


def test_it_listens_on_this_machine_only(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="stays on this machine"):
        make(tmp_path, "0.0.0.0")  # noqa: S104 - refused


def test_a_refused_body_does_not_spoil_the_connection(tmp_path: Path) -> None:
    server = make(tmp_path)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    try:
        for path in ("/repos/a/b/pulls", "/nowhere", "/a/b.git/git-upload-pack"):
            connection.request("POST", path, b"GET / HTTP/1.1\r\n\r\n" * 100)
            refused = connection.getresponse()
            assert refused.status in (401, 404)
            refused.read()
            connection.request("GET", "/")
            page = connection.getresponse()
            assert (page.status, page.version) == (200, 11)
            assert b"There are no pull requests" in page.read()
    finally:
        connection.close()
        server.shutdown()
        server.server_close()


def test_a_server_can_begin_anew(stage: Stage) -> None:
    stage.sandbox.reset()
    with pytest.raises(SandboxRefused):
        stage.sandbox.pull(REPO, stage.number)
    assert stage.sandbox.requests("api") == []
    stage.sandbox.import_repo(stage.work.path, REPO)


def test_it_stops_cleanly_while_a_connection_is_open() -> None:
    with GithubProcess() as process:
        host, _, port = process.url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port))):
            process.stop()  # raises where it had to be killed
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((host, int(port)))


def test_an_exchange_that_breaks_the_contract_is_reported(stage: Stage, tmp_path: Path) -> None:
    process = GithubProcess()
    process.record.mkdir()
    (process.record / "exchanges.jsonl").write_text(
        '{"method":"GET","path":"/app","query":"","request":null,"status":200,'
        '"content_type":"application/json","response":{"id":"seven"},"fault":false}\n'
    )
    with pytest.raises(AssertionError, match="GET /app -> 200: answer"):
        process.check_contract()
