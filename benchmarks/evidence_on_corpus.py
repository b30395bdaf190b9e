"""Counts what the static evidence says of real commits, of labelled bugs and of clean changes.

    python -m benchmarks.evidence_on_corpus MIRROR... --corpus DIR --out F

`MIRROR` is a bare clone, `<owner>+<name>/repo`; its last N commits that touch Rust are read as pull
requests. `DIR` holds `bugs.jsonl` and `clean.jsonl`. No model is asked and no code is kept: each
row of `F` names repository, commits, places and rules. Rows that `F` holds already are not read
again, so an interrupted run goes on: delete it to measure other rules. Prints the figures.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

from benchmarks.stage import machine
from reviewer.agent.report import AgentReport
from reviewer.edges.git import Git
from reviewer.edges.local import LocalPorts, job_of, local_snapshot
from reviewer.edges.local_repository import LocalRepository, NotReviewed
from reviewer.errors import ReviewerError
from reviewer.finding import Finding
from reviewer.progress import Progress
from reviewer.publish.markdown import NO_MODEL
from reviewer.pull.snapshot import Snapshot
from reviewer.review import STEPS

_MAX_FILE_KB = 1024


@dataclass(frozen=True, slots=True)
class Asked:
    """One change to read. `group` is `history`, `bug` or `clean`, `id` its label's."""

    group: str
    mirror: Path
    base: str
    head: str
    id: str = ""

    @property
    def repo(self) -> str:
        return self.mirror.parent.name.replace("+", "/")


def read(asked: Asked) -> dict[str, Any]:
    """What is found in one change, and what of it would be posted; or why it was skipped."""
    row: dict[str, Any] = {
        "group": asked.group, "id": asked.id, "repo": asked.repo, "base": asked.base,
        "head": asked.head,
    }  # fmt: skip
    try:
        repository = LocalRepository(asked.mirror)
        snapshot = local_snapshot(repository, asked.mirror, asked.base, asked.head)
        git = Git(repository.directory)
        ports = LocalPorts(git, snapshot, _MAX_FILE_KB, lambda _words: None, ())
        progress = Progress(job_of(snapshot))
        for step in STEPS:
            if step.name == "publication":
                break
            agent = step.name == "agent"
            result = AgentReport(None, NO_MODEL) if agent else step.run(ports, progress)
            setattr(progress, step.name, result)
    except (NotReviewed, ReviewerError, OSError, KeyError, subprocess.SubprocessError) as error:
        return row | {"skipped": f"{type(error).__name__}: {error}"[:200]}
    evidence, plan = progress.evidence, progress.plan
    return row | {
        "added": added(ports, snapshot),
        "hits": [_place(finding) for finding in evidence.findings],
        "posted": [_place(entry.placed.finding) for entry in plan.entries],
        "places": sum(entry.places for entry in plan.entries),
        "cut": sum(plan.cut.values()),
        "outside": len(plan.outside_scope),
        "facts": [[fact.name, fact.headline] for fact in evidence.facts],
        "hints": dict(Counter(hint.source for hint in evidence.hints)),
        "missed": [f"{one.look}: {one.error}" for one in evidence.missed],
    }


def added(ports: LocalPorts, snapshot: Snapshot) -> int:
    """Lines that Rust files gain."""
    files = ports.code(snapshot).diff.files
    return sum(
        line.kind.name == "ADDED"
        for file in files
        if file.path.endswith(".rs")
        for hunk in file.hunks
        for line in hunk.lines
    )


def _place(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.source.removeprefix("rule:"),
        "path": finding.path,
        "line": finding.line,
        "start": finding.start_line or finding.line,
        "severity": finding.severity.value,
    }


def history(mirror: Path, most: int) -> list[Asked]:
    """The last commits that touch Rust, each against its parent."""
    told = subprocess.run(
        ["git", "-C", mirror, "log", "--no-merges", "--format=%H %P", f"-n{most}", "HEAD", "--",
         "*.rs"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    pairs = (line.split() for line in told.stdout.splitlines())
    return [Asked("history", mirror, pair[1], pair[0]) for pair in pairs if len(pair) == 2]


def labelled(corpus: Path, group: str, name: str, mirrors: Iterable[Path]) -> list[Asked]:
    """The changes of one file of the corpus whose repository is at hand."""
    at = {mirror.parent.name.replace("+", "/"): mirror for mirror in mirrors}
    rows = [json.loads(line) for line in (corpus / name).read_text().splitlines()]
    return [
        Asked(group, at[r["repo"]], r["base_sha"], r["head_sha"], r["id"])
        for r in rows
        if r["repo"] in at
    ]


def summarise(rows: list[dict[str, Any]], bugs: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The figures."""
    done = [row for row in rows if "skipped" not in row]
    figures: dict[str, Any] = {}
    for group, repo in sorted({(row["group"], row["repo"]) for row in rows}):
        those = [row for row in done if (row["group"], row["repo"]) == (group, repo)]
        lines = sum(row["added"] for row in those) or 1
        posted = sum(len(row["posted"]) for row in those)
        rules = Counter(hit["rule"] for row in those for hit in row["hits"])
        facts = Counter(name for row in those for name in {fact[0] for fact in row["facts"]})
        figures[f"{group} {repo}"] = {
            "changes": len(those),
            "skipped": sum((r["group"], r["repo"]) == (group, repo) for r in rows) - len(those),
            "added": lines,
            "posted": posted,
            "posted_per_1000": round(1000 * posted / lines, 2),
            "posted_per_change": round(posted / max(1, len(those)), 2),
            "changes_with_comments": sum(bool(row["posted"]) for row in those),
            "rules": {rule: [n, round(1000 * n / lines, 3)] for rule, n in rules.most_common()},
            "facts": dict(facts),
        }
    figures["found"] = {
        row["id"]: {"rules": on, "beside": len(row["posted"]) - len(on)}
        for row in done
        if row["group"] == "bug" and (on := on_label(row, bugs[row["id"]]))
    }
    return figures


def on_label(row: dict[str, Any], bug: dict[str, Any]) -> list[str]:
    """The rules that are posted on the labelled lines."""
    first, last = bug["lines"]
    return [
        hit["rule"]
        for hit in row["posted"]
        if hit["path"] == bug["path"] and hit["start"] <= last and hit["line"] >= first
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mirrors", nargs="+", type=Path)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--commits", type=int, default=300, help="of each mirror")
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    mirrors = [mirror.resolve() for mirror in arguments.mirrors]
    asked = labelled(arguments.corpus, "bug", "bugs.jsonl", mirrors)
    asked += labelled(arguments.corpus, "clean", "clean.jsonl", mirrors)
    histories = [history(mirror, arguments.commits) for mirror in mirrors]
    asked += [one for ones in zip_longest(*histories) for one in ones if one is not None]
    bugs_file = (arguments.corpus / "bugs.jsonl").read_text()
    bugs = {bug["id"]: bug for bug in map(json.loads, bugs_file.splitlines())}
    started = time.perf_counter()
    known = arguments.out.read_text().splitlines() if arguments.out.exists() else []
    rows = [json.loads(line) for line in known]
    over = {(row["group"], row["id"], row["head"]) for row in rows}
    asked = [one for one in asked if (one.group, one.id, one.head) not in over]
    with (
        ProcessPoolExecutor(arguments.processes) as pool,
        arguments.out.open("a") as out,
    ):
        for future in as_completed([pool.submit(read, one) for one in asked]):
            rows.append(future.result())
            out.write(json.dumps(rows[-1]) + "\n")
            out.flush()
    print(json.dumps(summarise(rows, bugs), indent=1))
    seconds = time.perf_counter() - started
    when = datetime.now(UTC).isoformat(timespec="minutes")
    print(when, f"{seconds:.0f} s", machine(), file=sys.stderr)


if __name__ == "__main__":
    main()
