"""What is measured. Each function takes a fresh stage and gives figures by name."""

from __future__ import annotations

import json
import statistics
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

from benchmarks.index import index
from benchmarks.load import Answers, Deliveries, closed_loop, open_loop
from benchmarks.rules import rules
from benchmarks.stage import REPO, SECRET, Bench, bench_stage, memory_mb, peak_memory_mb
from reviewer.sandbox.model_script import EMPTY_ENVELOPE

Figures = dict[str, float]
ROUNDS = 5
CLAIM = {
    "line_regex": r"self\.bids\.insert",
    "most": 3,
    "finding": {
        "category": "book_integrity",
        "title": "A level is set where it should be added to",
        "scenario": "Two orders at one price: the second one's size replaces the first one's.",
    },
}
"""So that a review has comments to post, and a push a new one."""


def _deliveries(stage: Bench, url: str, head: str, number: int) -> Deliveries:
    return Deliveries(
        url, SECRET, repo=REPO, number=number, head=head, installation=stage.installation
    )


def acknowledgements() -> Figures:
    """The receiver with its durable write against the same one without, rounds taking turns."""
    with bench_stage() as stage:
        # The first start makes the tables, which the receiver alone on SQLite does not.
        first = stage.start("reviewer", ["serve"], "tables")
        first.port()
        first.process.terminate()
        first.process.wait()
        durable = stage.start("benchmarks.receiver", [], "durable")
        without = stage.start("benchmarks.receiver", ["--no-write"], "without")
        urls = {name: f"http://127.0.0.1:{p.port()}" for name, p in
                (("durable", durable), ("without", without))}  # fmt: skip
        runs: dict[tuple[str, int], list[Answers]] = {}
        for _ in range(3):
            for clients in (1, 16, 64):
                for name, url in urls.items():
                    sent = _deliveries(stage, url, stage.base, 1)
                    runs.setdefault((name, clients), []).append(closed_loop(sent, clients, 2.0))
    figures: Figures = {}
    for clients in (1, 16, 64):
        rates = {n: statistics.median(a.per_second for a in runs[n, clients]) for n in urls}
        figures[f"rate at {clients} clients, no write (1/s)"] = rates["without"]
        figures[f"rate at {clients} clients, durable (1/s)"] = rates["durable"]
        figures[f"ratio at {clients} clients"] = rates["durable"] / rates["without"]
        for share, label in ((0.5, "p50"), (0.99, "p99")):
            figures[f"{label} at {clients} clients, durable (ms)"] = statistics.median(
                a.percentile(share) for a in runs["durable", clients]
            )
    refused = {s for answers in runs.values() for a in answers for s in a.statuses} - {202}
    if refused:
        raise RuntimeError(f"the receiver answered {sorted(refused)}")
    return figures


def reviews() -> Figures:
    """Delivery to published review with a model that answers at once; requests; memory; start."""
    with bench_stage() as stage:
        planted = [CLAIM, CLAIM | {"path_regex": "more"}]
        model = stage.start_model(_script(stage, {"planted": planted}))
        started = time.perf_counter()
        app = stage.start(
            "reviewer", ["serve"], "app", ANTHROPIC_API_KEY="bench-key", REVIEWER_MODEL_URL=model
        )
        url = f"http://127.0.0.1:{app.port()}"
        _until(lambda: _status(f"{url}/readyz") == 200)
        figures: Figures = {"start to ready (s)": time.perf_counter() - started}
        time.sleep(2)
        figures["memory, idle after start (MB)"] = memory_mb(app.process.pid)
        stage.deliver_to(url)
        # The first review loads the model's SDK.
        head = stage.commit(60, "warm")
        stage.open_pull(head, "warm")
        figures["delivery to review, very first of a process (s)"] = stage.wait_for_check(head)
        figures["GitHub requests, very first of a process"] = _requests(stage, "api")
        for added in (60, 2500):
            seconds, first, push = [], [], []
            for number in range(ROUNDS):
                head = stage.commit(added, f"{added}-{number}")
                stage.sandbox.forget_requests()
                pull = stage.open_pull(head, f"c{added}-{number}")
                seconds.append(stage.wait_for_check(head))
                first.append(_requests(stage, "api"))
                git = _requests(stage, "git")
                stage.sandbox.forget_requests()
                more = f"fn more_{number}(&mut self) {{\n    self.bids.insert(1, 1);\n}}\n"
                newer = stage.repo.commit({"src/book/more.rs": more})
                stage.sandbox.push(REPO, pull, newer, source=stage.repo.path)
                stage.wait_for_check(newer)
                push.append(_requests(stage, "api"))
            figures[f"delivery to review, {added} added lines (s)"] = statistics.median(seconds)
            figures[f"GitHub requests, first review, {added} added lines"] = max(first)
            figures[f"GitHub requests, push, {added} added lines"] = max(push)
            figures[f"git requests, first review, {added} added lines"] = git
        figures["memory, idle after reviews (MB)"] = memory_mb(app.process.pid)
        return figures


def under_load() -> Figures:
    """Memory, and acknowledgements at 20 a second, while 16 reviews wait for a slow model."""
    with bench_stage() as stage:
        slow = {"delay": 1.5, "answer": {"envelope": EMPTY_ENVELOPE}}
        model = stage.start_model(_script(stage, {"entries": [slow]}))
        app = stage.start(
            "reviewer", ["serve"], "app", ANTHROPIC_API_KEY="bench-key", REVIEWER_MODEL_URL=model
        )
        url = f"http://127.0.0.1:{app.port()}"
        stage.deliver_to(url)
        quiet = stage.commit(60, "quiet")
        number = stage.open_pull(quiet, "quiet")
        stage.wait_for_check(quiet)
        heads = [stage.commit(400, f"busy-{n}") for n in range(16)]
        ended = threading.Event()
        peak: list[float] = []
        watch = threading.Thread(
            target=lambda: peak.append(peak_memory_mb(app.process.pid, ended.is_set))
        )
        watch.start()
        started = time.perf_counter()
        for n, head in enumerate(heads):
            stage.open_pull(head, f"busy-{n}")
        # These are for a head that was reviewed, so that each job ends at once.
        answers = open_loop(_deliveries(stage, url, quiet, number), 20, 6.0)
        for head in heads:
            stage.wait_for_check(head)
        figures: Figures = {
            "16 reviews, all published (s)": time.perf_counter() - started,
            "ack p50 while 16 reviews run (ms)": answers.percentile(0.5),
            "ack p99 while 16 reviews run (ms)": answers.percentile(0.99),
        }
        ended.set()
        watch.join()
        figures["memory, peak with 16 reviews (MB)"] = peak[0]
        return figures


MEASURES: dict[str, Callable[[], Figures]] = {
    "acknowledgements": acknowledgements,
    "reviews": reviews,
    "under load": under_load,
    "index": index,
    "rules": rules,
}


def _script(stage: Bench, script: dict[str, Any]) -> str:
    path = stage.directory / "script.json"
    path.write_text(json.dumps({"entries": [], **script}))
    return str(path)


def _requests(stage: Bench, kind: str) -> int:
    return len(stage.sandbox.requests(kind))


def _status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=10) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def _until(ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not ready():
        if time.monotonic() > deadline:
            raise RuntimeError("the App did not get ready")
        time.sleep(0.01)
