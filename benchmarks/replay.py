"""Plays real commits as pushes and counts what goes wrong with what was said before.

    python -m benchmarks.replay [--series N] [--model] [--out FILE] MIRROR...

`MIRROR` is a bare clone on this machine. Of each up to N series of 3 to 6 consecutive commits on
one Rust file are opened as pull requests at the stand-in for GitHub and pushed one by one, in five
ways, to `reviewer serve`. With `--model` the stand-in for the model claims every fifth line, in
other words at each push. Prints every fault, one line a series and a sum.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.replay_claims import planted
from benchmarks.replay_history import Kind, Player, Series, series_of
from benchmarks.replay_judge import Judge, thread_of
from benchmarks.replay_truth import Truth
from benchmarks.stage import machine
from reviewer.edges.github_app import EVENT_PERMISSIONS, TOKEN_PERMISSIONS
from reviewer.intake.routes import SUBSCRIBED
from reviewer.publish.markdown import CHECK_NAME
from reviewer.sandbox.client import AppKey, Sandbox
from reviewer.sandbox.client_threads import threads
from reviewer.sandbox.processes import Started, end_process, start_process, wait_for

SECRET = "replay-webhook-secret"
AGAIN = {"match": {"contains": "look again"}, "answer": {"text": '{"answers": []}'}}
"""Asked about earlier findings, the model is unsure of all."""
SHOWN = (
    "pushes", "findings", "of the model", "duplicates", "edited line said anew", "anchors",
    "anchors right", "anchors wrong", "outdated", "could be kept", "kept", "wrongly resolved",
    "fired", "lost", "held back", "stale", "summaries", "failed",
)  # fmt: skip


class Theatre:
    """The stand-ins and the App as processes."""

    def __init__(self, stack: ExitStack, *, model: bool) -> None:
        self.directory = Path(stack.enter_context(TemporaryDirectory(prefix="replay-")))
        self._stack, self.with_model = stack, model
        self._model: Started | None = None
        github = self._start("reviewer.sandbox.github_server", ["--root", "github"], "github")
        self.sandbox = Sandbox(f"http://127.0.0.1:{github.port()}")
        self.sandbox.limits(per_hour=10_000_000)
        key = AppKey.generate()
        self.app_id = self.sandbox.register_app(
            key.public,
            webhook_secret=SECRET,
            permissions=dict(TOKEN_PERMISSIONS) | EVENT_PERMISSIONS,
            events=SUBSCRIBED,
        )
        environ = {
            "HOME": str(self.directory),
            "REVIEWER_APP_ID": str(self.app_id),
            "REVIEWER_PRIVATE_KEY": key.private,
            "REVIEWER_WEBHOOK_SECRET": SECRET,
            "REVIEWER_GITHUB_URL": self.sandbox.api_url,
            "REVIEWER_DATA_DIR": str(self.directory / "data"),
            "REVIEWER_PORT": "0",
            "REVIEWER_DRAIN_SECONDS": "1",
        }
        if model:
            environ |= {
                "ANTHROPIC_API_KEY": "a-model-key",
                "REVIEWER_MODEL_URL": f"http://127.0.0.1:{self.let_model_say([])}",
            }
            for what in ("CALL", "PUSH", "PULL", "REPO_DAY", "INSTALLATION_DAY"):
                environ[f"REVIEWER_BUDGET_{what}_USD"] = "9999"
        app = self._start("reviewer", ["serve"], "app", environ)
        self.sandbox.set_webhook(self.app_id, f"http://127.0.0.1:{app.port()}/webhook")
        self._installed = False

    def add(self, player: Player, name: str) -> str:
        """Bring the repository; its full name."""
        full = f"acme/{name}"
        self.sandbox.import_repo(player.repo.path, full)
        if not self._installed:
            self.sandbox.install(self.app_id, "acme")
            self._installed = True
        return full

    def let_model_say(self, claims: list[dict[str, Any]]) -> int:
        """Start the model's stand-in with these claims, on the port that it had; the port."""
        script = self.directory / "script.json"
        script.write_text(json.dumps({"entries": [AGAIN], "planted": claims}))
        port = self._model.port() if self._model else 0
        if self._model:
            end_process(self._model.process)
        arguments = ["--script", str(script), "--port", str(port)]
        arguments += ["--journal", str(self.directory / "journal")]
        self._model = self._start("reviewer.sandbox.model_server", arguments, "model")
        return self._model.port()

    def model_calls(self) -> list[dict[str, Any]]:
        """Every request to the model so far."""
        path = self.directory / "journal"
        notes = [json.loads(row) for row in path.read_text().splitlines()] if path.exists() else []
        return [note for note in notes if not note["path"].startswith("/v1/models")]

    def reviewed(self, repo: str, head: str) -> bool:
        """Whether the check run of a head is done."""
        runs = self.sandbox.check_runs(repo, head)
        return any(r["name"] == CHECK_NAME and r["status"] == "completed" for r in runs)

    def failed(self, repo: str, head: str) -> bool:
        """Whether the review of a head broke off."""
        runs = self.sandbox.check_runs(repo, head)
        return any("failed" in str(r["external_id"]) for r in runs)

    def _start(
        self, module: str, arguments: list[str], name: str, environ: dict[str, str] | None = None
    ) -> Started:
        return start_process(
            self._stack,
            module,
            arguments,
            directory=self.directory,
            environ=environ or {},
            name=name,
        )


def telling(mirror: Path, most: int, *, model: bool) -> Iterator[Series]:
    """Series at whose end a rule fires, or with a model three claims can be made."""
    found = 0
    for series in series_of(mirror):
        with TemporaryDirectory(prefix="replay-") as directory:
            player = Player(series, Kind.PLAIN, Path(directory))
            *_, last, _ = player.pushes()
            truth = Truth(player.repo)
            if model:
                claims = truth.claims(player.base, [last.head], series.path)
                telling = truth.claimed(last.base, last.head, series.path, claims) >= 3
            else:
                telling = bool(truth.fired(last.base, last.head))
        if telling:
            yield series
            found += 1
        if found == most:
            return


def play(theatre: Theatre, series: Series, kind: Kind, number: int) -> dict[str, Any]:
    """One series as one pull request; its figures and faults."""
    player = Player(series, kind, theatre.directory / f"work-{number}")
    repo = theatre.add(player, f"series-{number}")
    renamed = {series.path: series.path.removesuffix(".rs") + "_core.rs"}
    truth = Truth(player.repo, renamed if kind is Kind.RENAMED else {})
    judge = Judge(truth)
    pushes = list(player.pushes())
    heads = [push.head for push in pushes]
    claims = truth.claims(player.base, heads, series.path) if theatre.with_model else {}
    calls: list[tuple[int, int]] = []
    seconds, requests = [], []
    pull = 0
    for index, push in enumerate(pushes):
        if theatre.with_model:
            stem = re.escape(series.path.removesuffix(".rs"))
            theatre.let_model_say(planted(rf"^{stem}(_core)?\.rs$", claims, index))
        before = len(theatre.model_calls())
        theatre.sandbox.forget_requests()
        started = time.perf_counter()
        source = player.repo.path
        if index == 0:
            player.repo.git("update-ref", "refs/heads/theirs", push.head)
            pull = theatre.sandbox.open_pull(
                repo, push.base, push.head, f"Series {number}", None, source=source,
                base_ref="main", head_ref="theirs",
            )  # fmt: skip
        else:
            theatre.sandbox.set_branch(repo, "main", push.base, source=source)
            theatre.sandbox.push(repo, pull, push.head, source=source)
        log = theatre.directory / "app.log"
        wait_for(lambda: theatre.reviewed(repo, push.head), f"{series.name} {index}", log, 240)  # noqa: B023
        seconds.append(time.perf_counter() - started)
        requests.append(len(theatre.sandbox.requests("api")))
        made = theatre.model_calls()[before:]
        calls.append((len(made), sum(int(note["user_chars"]) for note in made)))
        comments = {c["id"]: c for c in theatre.sandbox.comments(repo, pull)}
        nodes = threads(theatre.sandbox, repo, pull)
        ours = [t for t in (thread_of(node, comments) for node in nodes) if t is not None]
        bodies = [str(r["body"]) for r in theatre.sandbox.reviews(repo, pull)]
        if theatre.failed(repo, push.head):
            judge.figures["failed"] += 1
            judge.wrong.append(f"push {index + 1}: failed")
            print(log.read_text()[-3000:], file=sys.stderr)
        summaries = [body for body in bodies if " summary -->" in body]
        judge.push(push.base, push.head, ours, summaries)
    if theatre.with_model and calls[-1][0]:
        judge.figures["calls for the same patch"] += calls[-1][0]
        judge.wrong.append(f"the same patch was read anew: {calls}")
    return {
        "series": series.name,
        "commits": len(series.commits),
        "kind": kind.value,
        "figures": dict(judge.figures),
        "wrong": judge.wrong,
        "calls": calls,
        "seconds": [round(s, 2) for s in seconds],
        "requests": requests,
    }


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mirrors", nargs="+", type=Path)
    parser.add_argument("--series", type=int, default=8, help="most series of one mirror")
    parser.add_argument("--only", type=int, nargs="*", help="numbers of series to play")
    parser.add_argument("--model", action="store_true")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    kinds = list(Kind)
    chosen = [
        series
        for mirror in arguments.mirrors
        for series in telling(mirror.absolute(), arguments.series, model=arguments.model)
    ]
    rows = []
    with ExitStack() as stack:
        theatre = Theatre(stack, model=arguments.model)
        for number, series in enumerate(chosen):
            if arguments.only and number not in arguments.only:
                continue
            row = play(theatre, series, kinds[number % len(kinds)], number)
            rows.append(row)
            print(f"{number} {row['kind']} {row['series']} {row['figures']}", flush=True)
            print(f"   s {row['seconds']} requests {row['requests']} calls {row['calls']}")
            for words in row["wrong"]:
                print(f"   ! {words}", flush=True)
            if arguments.out:
                arguments.out.write_text(json.dumps(rows, indent=1))
    summarise(rows)


def summarise(rows: list[dict[str, Any]]) -> None:
    """The sum, by kind of push and in all."""
    print(datetime.now(UTC).isoformat(timespec="minutes"), machine(), file=sys.stderr)
    for kind in (*Kind, None):
        total: Counter[str] = Counter()
        those = [row for row in rows if kind in (None, row["kind"])]
        for row in those:
            total.update(row["figures"])
        print(
            f"{kind or 'all'}: {len(those)} series, " + ", ".join(f"{k} {total[k]}" for k in SHOWN)
        )
    first = [row["requests"][0] for row in rows]
    later = [n for row in rows for n in row["requests"][1:]]
    print(f"requests: first {statistics.median(first)}, later {statistics.median(later)} (median)")
    later_s = [n for row in rows for n in row["seconds"][1:]]
    print(f"seconds a later push: median {statistics.median(later_s)}, most {max(later_s)}")


if __name__ == "__main__":
    main()
