"""The commands of the stand-in and the demo, as somebody types them."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from github import Auth, GithubIntegration

from reviewer.edges.github_app import EVENT_PERMISSIONS, TOKEN_PERMISSIONS
from reviewer.intake.routes import SUBSCRIBED
from reviewer.sandbox.client import Sandbox
from tests.support.app import ROOT, AppProcess, wait_for
from tests.support.git_repo import GitRepo
from tests.support.github import GithubProcess
from tests.support.stage import BOOK, WORSE, WRONG_BID

ENVIRON = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": os.devnull}
REVIEWER = [sys.executable, "-m", "reviewer"]


def typed(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*REVIEWER, *arguments], cwd=directory, env=ENVIRON, capture_output=True, text=True
    )


@pytest.fixture
def work(tmp_path: Path) -> GitRepo:
    repo = GitRepo(tmp_path / "exchange")
    repo.commit({"src/order_book.rs": BOOK, "Cargo.toml": "[package]\n"})
    repo.commit({"src/order_book.rs": WRONG_BID}, "Match orders")
    return repo


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Sandbox]:
    """`reviewer sandbox` in a directory of its own, with the default root."""
    with subprocess.Popen(
        [*REVIEWER, "sandbox", "--port", "0"],
        cwd=tmp_path,
        env=ENVIRON,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield Sandbox(process.stdout.readline().strip())
        finally:
            process.terminate()
    assert process.returncode == 0


def test_the_app_can_be_tried_on_a_local_repository(
    alone: Sandbox, work: GitRepo, tmp_path: Path
) -> None:
    hook = "http://127.0.0.1:9/webhook"
    registered = typed(
        tmp_path,
        "sandbox",
        "register",
        "--webhook-url",
        hook,
        "--url",
        alone.url,
        "--out",
        "my app",
    )
    assert registered.returncode == 0, registered.stderr
    shell = subprocess.run(
        ["sh", "-c", f"{registered.stdout}\nenv"], env={}, capture_output=True, text=True
    )
    environ = dict(re.findall(r"^(REVIEWER_\w+)=(.*)$", shell.stdout, re.MULTILINE))
    for name in ("REVIEWER_PRIVATE_KEY_FILE", "REVIEWER_WEBHOOK_SECRET_FILE"):
        assert Path(environ[name]).stat().st_mode & 0o777 == 0o600

    with AppProcess("serve", {**environ, "REVIEWER_PORT": "0"}, tmp_path / "app") as app:
        assert app.get("/readyz")[1]["github"] == "ok"
        # in the guide the port is known beforehand; here it is whichever was free
        alone.set_webhook(int(environ["REVIEWER_APP_ID"]), f"{app.url}/webhook")
        opened = typed(
            tmp_path, "sandbox", "open", "exchange", "--base", "HEAD~1", "--head", "HEAD",
            "--url", alone.url,
        )  # fmt: skip
        assert opened.stdout == f"{alone.url}/acme/exchange/pull/1\n", opened.stderr
        assert opened.stderr == ""
        wait_for(lambda: alone.reviews("acme/exchange", 1), "a review", app.log)
        work.commit({"src/order_book.rs": WORSE}, "Cancel orders")
        pushed = typed(
            tmp_path, "sandbox", "push", "exchange", "--pull", "1", "--head", "HEAD",
            "--url", alone.url,
        )  # fmt: skip
        assert pushed.stdout == opened.stdout, pushed.stderr
        wait_for(lambda: len(alone.reviews("acme/exchange", 1)) == 2, "a second", app.log)


def test_the_registered_app_is_the_one_of_the_manifest(
    github: GithubProcess, tmp_path: Path
) -> None:
    done = typed(
        tmp_path, "sandbox", "register", "--webhook-url", "http://127.0.0.1:9/", "--url", github.url
    )
    assert done.returncode == 0, done.stderr
    app_id = int(re.findall(r"REVIEWER_APP_ID=(\d+)", done.stdout)[0])
    private = (tmp_path / "sandbox-app" / "app.pem").read_text()
    integration = GithubIntegration(
        auth=Auth.AppAuth(app_id, private), base_url=github.client.api_url
    )
    (installation,) = integration.get_installations()
    told = installation.raw_data
    assert told["permissions"] == TOKEN_PERMISSIONS | EVENT_PERMISSIONS
    assert told["events"] == SUBSCRIBED
    assert told["repository_selection"] == "all"
    assert told["account"]["login"] == "acme"


def test_a_stand_in_that_is_started_again_takes_the_repository_again(
    work: GitRepo, tmp_path: Path
) -> None:
    for _ in range(2):
        with subprocess.Popen(
            [*REVIEWER, "sandbox", "--port", "0"],
            cwd=tmp_path, env=ENVIRON, stdout=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            options = ("--base", "HEAD~1", "--head", "HEAD", "--url", url)
            opened = typed(tmp_path, "sandbox", "open", "exchange", *options)
            process.kill()
        assert opened.stdout == f"{url}/acme/exchange/pull/1\n", opened.stderr
        assert "nobody will review it" in opened.stderr
        assert "`reviewer sandbox register`" in opened.stderr


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--url", "notaurl"), "--url notaurl: not an address like http://127.0.0.1:3000"),
        (("--url", "http://127.0.0.1:x"), "not an address like"),
        (("--url", "http://127.0.0.1:9"), "start it with `reviewer sandbox`"),
        (("--base", "gone"), "--base gone: there is no such commit"),
        (("--head", "lost"), "--head lost: there is no such commit"),
        (("--head", "HEAD~1"), "the stand-in for GitHub says: "),
        (("--repo", "no/such/name"), "the stand-in for GitHub says: "),
    ],
)
def test_what_cannot_be_opened_is_said_in_a_sentence(
    github: GithubProcess, work: GitRepo, options: tuple[str, str], says: str
) -> None:
    given = {"--base": "HEAD~1", "--head": "HEAD", "--url": github.url, options[0]: options[1]}
    done = typed(
        work.path, "sandbox", "open", ".", *(part for pair in given.items() for part in pair)
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("reviewer: ")
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "{" not in done.stderr


def test_a_push_to_no_pull_request_is_said_in_a_sentence(
    github: GithubProcess, work: GitRepo
) -> None:
    done = typed(
        work.path, "sandbox", "push", ".", "--pull", "7", "--head", "HEAD", "--url", github.url
    )
    assert done.stderr == "reviewer: --pull 7: no such pull request in acme/exchange\n"


def test_a_terminal_that_closes_ends_the_demo_and_all_it_started(tmp_path: Path) -> None:
    with (tmp_path / "out").open("w") as out, (tmp_path / "err").open("w") as err:
        demo = _demo("--json", stdout=out, stderr=err)
    said = (tmp_path / "err").read_text
    try:
        wait_for(lambda: "Ctrl-C ends the demo." in said(), "the demo", said, timeout=90)
        assert json.loads((tmp_path / "out").read_text())["comments"]
        assert _left_behind(demo, signal.SIGHUP) == []
    finally:
        demo.kill()


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_a_demo_that_is_ended_at_its_start_leaves_nothing(number: signal.Signals) -> None:
    demo = _demo(stdout=subprocess.DEVNULL)
    try:
        wait_for(psutil.Process(demo.pid).children, "a child of the demo")
        assert _left_behind(demo, number) == []
    finally:
        demo.kill()


def _demo(*options: str, **streams: Any) -> subprocess.Popen[bytes]:
    """A demo that has a terminal to lose, also when the tests run under nohup."""
    heard = "import os, signal, sys; signal.signal(signal.SIGHUP, signal.SIG_DFL)"
    begin = f"{heard}; os.execv(sys.argv[1], sys.argv[1:])"
    typed = [sys.executable, "-c", begin, *REVIEWER, "demo", *options]
    return subprocess.Popen(typed, env=ENVIRON, **streams)


def _left_behind(demo: subprocess.Popen[bytes], number: signal.Signals) -> list[psutil.Process]:
    """End the demo by a signal; the processes it started that live on."""
    children = psutil.Process(demo.pid).children(recursive=True)
    assert children
    demo.send_signal(number)
    assert demo.wait(timeout=40) in (0, 128 + number)
    _, alive = psutil.wait_procs(children, timeout=5)
    return list(alive)
