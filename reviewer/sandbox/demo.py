"""The demo: a pull request on a sample exchange, reviewed by the App over real HTTP."""

from __future__ import annotations

import json
import os
import re
import signal
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from reviewer.edges.github_app import EVENT_PERMISSIONS, TOKEN_PERMISSIONS
from reviewer.intake.routes import SUBSCRIBED
from reviewer.publish.markdown import CHECK_NAME
from reviewer.sandbox.client import AppKey, Sandbox
from reviewer.sandbox.exchange_repo import PULL_BODY, PULL_TITLE, write_exchange
from reviewer.sandbox.processes import start_process, wait_for

REPO = "acme/exchange"
SECRET = "demo-webhook-secret"  # noqa: S105 - signs deliveries on loopback, for one demo
REVIEW_SECONDS = 60.0
REVIEW_SECONDS_WITH_MODEL = 600.0
_LINK = re.compile(r"\[`([^\]`]+)`\]\([^)\s]*\)")
_ESCAPE = re.compile(r"\\([\\<>\[\]!|*_~`#])")
_MARKER = re.compile(r"<!--.*?-->|</?sub>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the demo has to show."""

    url: str
    seconds: float
    check: dict[str, Any]
    review: dict[str, Any] | None
    comments: list[dict[str, Any]]

    def to_json(self) -> str:
        """For `--json`."""
        return json.dumps(
            {
                "url": self.url,
                "seconds": round(self.seconds, 2),
                "conclusion": self.check["conclusion"],
                "title": self.check["output"]["title"],
                "review": self.review["body"] if self.review else None,
                "comments": [
                    {"path": c["path"], "line": c["line"], "body": c["body"]} for c in self.comments
                ],
            },
            indent=2,
            ensure_ascii=False,
        )

    def to_text(self) -> str:
        """For a reader: the verdict, then each comment under its place."""
        lines = [f"check run: {self.check['conclusion']} · {self.check['output']['title']}", ""]
        if self.review is not None:
            lines += [_plain(self.review["body"]), ""]
        for comment in sorted(self.comments, key=lambda c: (c["path"], c["line"] or 0)):
            lines += [f"{comment['path']}:{comment['line']}", _indented(comment["body"]), ""]
        return "\n".join(lines)


def run_demo(
    *, once: bool, as_json: bool, say: Callable[[str], None], aside: Callable[[str], None]
) -> None:
    """Run it; `say` prints a line, `aside` one that is no part of the output.

    Raises DidNotHappen when no review comes, SystemExit when a signal ends it before.
    """

    def progress(line: str) -> None:
        if not as_json:
            say(line)

    _on_signals(_leave)
    with ExitStack() as stack:
        directory = Path(
            stack.enter_context(
                tempfile.TemporaryDirectory(prefix="trading-reviewer-", ignore_cleanup_errors=True)
            )
        )
        shown = _stage(stack, directory, progress)
        say(shown.to_json() if as_json else f"\n{shown.to_text()}")
        if not once:
            tell = aside if as_json else say
            tell(f"The pull request: {shown.url}\nCtrl-C ends the demo.")
            _until_interrupted()


def _stage(stack: ExitStack, directory: Path, progress: Callable[[str], None]) -> Shown:
    progress("starting a stand-in for GitHub and the App, each a process of its own")
    key = AppKey.generate()
    github = start_process(
        stack,
        "reviewer.sandbox.github_server",
        ["--root", str(directory / "github"), "--port", "0", "--parent", str(os.getpid())],
        directory=directory,
        environ={},
        name="github",
    )
    base, head = write_exchange(directory / "exchange")
    sandbox = Sandbox(f"http://127.0.0.1:{github.port()}")
    sandbox.import_repo(directory / "exchange", REPO)
    app_id = sandbox.register_app(
        key.public,
        webhook_secret=SECRET,
        permissions=TOKEN_PERMISSIONS | EVENT_PERMISSIONS,
        events=SUBSCRIBED,
    )
    sandbox.install(app_id, REPO.partition("/")[0])
    model_key = os.environ.get("ANTHROPIC_API_KEY", "")
    app = start_process(
        stack,
        "reviewer",
        ["serve"],
        directory=directory,
        environ={
            "HOME": str(directory),
            "REVIEWER_APP_ID": str(app_id),
            "REVIEWER_PRIVATE_KEY": key.private,
            "REVIEWER_WEBHOOK_SECRET": SECRET,
            "REVIEWER_GITHUB_URL": sandbox.api_url,
            "REVIEWER_DATA_DIR": str(directory / "data"),
            "REVIEWER_PORT": "0",
            "REVIEWER_DRAIN_SECONDS": "1",
            "ANTHROPIC_API_KEY": model_key,
            **{k: v for k, v in os.environ.items() if k.lower().endswith("_proxy")},
        },
        name="app",
    )
    sandbox.set_webhook(app_id, f"http://127.0.0.1:{app.port()}/webhook")
    progress(
        "a model key is set, so Claude reads the change too"
        if model_key
        else "no ANTHROPIC_API_KEY is set, so the review is made of the evidence alone"
    )
    number = sandbox.open_pull(
        REPO, base, head, PULL_TITLE, PULL_BODY, source=directory / "exchange"
    )
    url = f"{sandbox.url}/{REPO}/pull/{number}"
    progress(f"opened {url}, waiting for the review")
    started = time.monotonic()

    def check_run() -> dict[str, Any] | None:
        found = [run for run in sandbox.check_runs(REPO, head) if run["name"] == CHECK_NAME]
        return found[0] if found and found[0]["status"] == "completed" else None

    check = wait_for(
        check_run,
        "the review",
        directory / "app.log",
        REVIEW_SECONDS_WITH_MODEL if model_key else REVIEW_SECONDS,
    )
    seconds = time.monotonic() - started
    progress(f"reviewed in {seconds:.1f} s")
    reviews = sandbox.reviews(REPO, number)
    return Shown(
        url=url,
        seconds=seconds,
        check=check,
        review=reviews[-1] if reviews else None,
        comments=sandbox.comments(REPO, number),
    )


def _plain(markdown: str) -> str:
    markdown = _LINK.sub(r"\1", markdown)
    markdown = _ESCAPE.sub(r"\1", markdown).replace("&amp;", "&")
    return re.sub(r"\n{3,}", "\n\n", _MARKER.sub("", markdown)).strip()


def _indented(markdown: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in _plain(markdown).splitlines())


def _until_interrupted() -> None:
    stop = threading.Event()
    _on_signals(lambda *_: stop.set())
    stop.wait()


def _leave(number: int, _frame: FrameType | None) -> None:
    # Once is enough: a second signal must not break off the ending of the processes.
    _on_signals(signal.SIG_IGN)
    raise SystemExit(128 + number)


def _on_signals(handler: Callable[[int, FrameType | None], Any] | signal.Handlers) -> None:
    for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
        # what whoever started the demo had it ignore, as nohup does, stays ignored
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)
