"""What the measurements run on: the stand-ins and the App as processes, watched from outside."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil

from benchmarks.change import change
from reviewer.edges.github_app import TOKEN_PERMISSIONS
from reviewer.publish.markdown import CHECK_NAME
from reviewer.sandbox.client import AppKey, Sandbox
from reviewer.sandbox.processes import Started, start_process, wait_for
from tests.support.git_repo import GitRepo

REPO = "acme/exchange"
SECRET = "benchmark-webhook-secret"


@dataclass(slots=True)
class Bench:
    """A running stage."""

    directory: Path
    stack: ExitStack
    sandbox: Sandbox
    repo: GitRepo
    key: AppKey
    app_id: int
    installation: int
    base: str

    def environ(self, **more: str) -> dict[str, str]:
        """The App's environment."""
        return {
            "HOME": str(self.directory),
            "PYTHONPATH": os.getcwd(),
            "REVIEWER_APP_ID": str(self.app_id),
            "REVIEWER_PRIVATE_KEY": self.key.private,
            "REVIEWER_WEBHOOK_SECRET": SECRET,
            "REVIEWER_GITHUB_URL": self.sandbox.api_url,
            "REVIEWER_DATA_DIR": str(self.directory / "data"),
            "REVIEWER_PORT": "0",
            "REVIEWER_DRAIN_SECONDS": "1",
            **more,
        }

    def start(self, module: str, arguments: list[str], name: str, **more: str) -> Started:
        """Start a process of the App; it ends with the stage."""
        return start_process(
            self.stack,
            module,
            arguments,
            directory=self.directory,
            environ=self.environ(**more),
            name=name,
        )

    def start_model(self, script: str) -> str:
        """Start the stand-in for the model API; its address."""
        model = start_process(
            self.stack,
            "reviewer.sandbox.model_server",
            ["--script", script],
            directory=self.directory,
            environ={"PYTHONPATH": os.getcwd()},
            name="model",
        )
        return f"http://127.0.0.1:{model.port()}"

    def deliver_to(self, url: str) -> None:
        """Send deliveries there."""
        self.sandbox.set_webhook(self.app_id, f"{url}/webhook")

    def commit(self, added_lines: int, salt: str) -> str:
        """A change of this size on the base; its head."""
        _, grown = change(added_lines)
        self.repo.git("checkout", "--quiet", "--detach", self.base)
        return self.repo.commit({**grown, "salt.txt": salt}, salt)

    def open_pull(self, head: str, name: str) -> int:
        """Open a pull request."""
        return self.sandbox.open_pull(
            REPO, self.base, head, name, None, source=self.repo.path, head_ref=name, base_ref="main"
        )

    def wait_for_check(self, head: str, seconds: float = 60) -> float:
        """Seconds until the head's check run stands."""
        started = time.perf_counter()

        def look() -> bool:
            runs: list[dict[str, Any]] = self.sandbox.check_runs(REPO, head)
            return any(r["name"] == CHECK_NAME and r["status"] == "completed" for r in runs)

        wait_for(look, f"the review of {head}", self.directory / "app.log", seconds)
        return time.perf_counter() - started


@contextmanager
def bench_stage() -> Iterator[Bench]:
    """A stand-in for GitHub with one repository and the App installed on it."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(TemporaryDirectory(prefix="bench-")))
        github = start_process(
            stack,
            "reviewer.sandbox.github_server",
            ["--root", str(directory / "github"), "--port", "0"],
            directory=directory,
            environ={"PYTHONPATH": os.getcwd()},
            name="github",
        )
        repo = GitRepo(directory / "work")
        base = repo.commit(change(60)[0], "base")
        sandbox = Sandbox(f"http://127.0.0.1:{github.port()}")
        sandbox.import_repo(repo.path, REPO)
        key = AppKey.generate()
        app_id = sandbox.register_app(
            key.public,
            webhook_secret=SECRET,
            permissions=TOKEN_PERMISSIONS,
            events=["pull_request"],
        )
        installation = sandbox.install(app_id, "acme")
        yield Bench(directory, stack, sandbox, repo, key, app_id, installation, base)


def memory_mb(pid: int) -> float:
    """Memory of a process and its children, shared pages counted once (PSS), in MB."""
    parent = psutil.Process(pid)
    family = [parent, *parent.children(recursive=True)]
    return sum(_pss(process) for process in family) / 1e6


def _pss(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.NoSuchProcess:
        return 0  # a git that has just ended


def peak_memory_mb(pid: int, until: Callable[[], bool]) -> float:
    """The most memory seen, looking ten times a second until told to stop."""
    peak = 0.0
    while not until():
        peak = max(peak, memory_mb(pid))
        time.sleep(0.1)
    return peak


def machine() -> dict[str, str]:
    """Where the figures were taken."""
    name = ""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            name = line.partition(":")[2].strip()
    return {
        "cpu": name,
        "cores": str(psutil.cpu_count()),
        "memory_gb": str(round(psutil.virtual_memory().total / 1e9)),
        "kernel": os.uname().release,
        "python": sys.version.split()[0],
    }
