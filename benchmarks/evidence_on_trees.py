"""Counts what the rules say of whole trees, as if a change had added every line.

    python -m benchmarks.evidence_on_trees MIRROR... --out F [--sample N]

`MIRROR` is a bare clone, `<owner>+<name>/repo`, read at HEAD. Only files that the App would take
for trading code count, tests left out. No code is kept: each row of `F` is one repository with
places, rules and seconds by file. `--sample N` draws up to N places of each rule, a third of
them of one repository at most, no two of one function.
Prints the figures.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import time
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from benchmarks.rules import searched
from benchmarks.stage import machine
from reviewer.detect.confirm import confirmed
from reviewer.detect.hidden_text import detect_hidden_text
from reviewer.detect.run import examine
from reviewer.detect.secrets import secrets
from reviewer.pull.diff import FileDiff, FileStatus, Hunk, Line, LineKind
from reviewer.rust.file import RustFile
from reviewer.rust.repository import Repository
from reviewer.scope.classify import classify

_MAX_BYTES = 1_048_576
_SLOW = 0.5
"""Seconds of processor time for one file that are told."""
SEED = 23


def read(mirror: Path) -> dict[str, Any]:
    """What is found in one tree."""
    texts = _texts(mirror)
    manifests = {path: texts.pop(path) for path in list(texts) if not path.endswith(".rs")}
    repository = Repository(texts, manifests)
    row: dict[str, Any] = {
        "repo": mirror.parent.name.replace("+", "/"),
        "head": _git(mirror, "rev-parse", "HEAD").decode().strip()[:10],
        "files": 0, "lines": 0, "hits": [], "slow": [], "unread": 0,
    }  # fmt: skip
    for path in repository.paths:
        text = texts[path]
        diff, file = added_whole(path, text), RustFile.parse(path, text)
        scope = classify([(diff, text, file)], paths=repository.paths)
        if file.problem:
            row["unread"] += 1
        if path not in scope.paths or file.problem:
            continue
        started = time.process_time()
        searched(path, text)
        seconds = time.process_time() - started
        if seconds > _SLOW:
            row["slow"].append([round(seconds, 2), len(text), path])
        detected = confirmed(examine([(diff, file)], scope), repository)
        found = [*detected.findings, *detect_hidden_text([diff], scope), *secrets([diff], scope)]
        row["files"] += 1
        row["lines"] += sum(not file.in_test(number) for number in range(1, len(file.lines) + 1))
        row["hits"] += [
            {"rule": f.source.removeprefix("rule:"), "path": path, "line": f.line,
             "severity": f.severity.value, "within": f.scope_path}
            for f in found
        ]  # fmt: skip
    return row


def added_whole(path: str, text: str) -> FileDiff:
    """The diff that adds a file."""
    lines = text.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    added = tuple(Line(LineKind.ADDED, None, n, line) for n, line in enumerate(lines, 1))
    hunks = (Hunk(0, 0, 1, len(lines), added),) if lines else ()
    return FileDiff(path, path, FileStatus.ADDED, hunks)


def _git(mirror: Path, *arguments: str, given: bytes = b"") -> bytes:
    return subprocess.run(
        ["git", "-C", mirror, *arguments], input=given, capture_output=True, check=True
    ).stdout


def _texts(mirror: Path) -> dict[str, str]:
    """The Rust files and manifests of HEAD that are no links and not too large."""
    blobs: dict[str, str] = {}
    for entry in _git(mirror, "ls-tree", "-r", "-z", "HEAD").decode().split("\0"):
        about, _, path = entry.partition("\t")
        if path.endswith((".rs", "Cargo.toml")) and about.startswith("100"):
            blobs[path] = about.split()[2]
    told = _git(mirror, "cat-file", "--batch", given="\n".join(blobs.values()).encode())
    texts: dict[str, str] = {}
    at = 0
    for path in blobs:
        end = told.index(b"\n", at)
        head = told[at:end].split()
        at = end + 1
        if head[-1] == b"missing":
            continue
        size = int(head[2])
        if size <= _MAX_BYTES:
            texts[path] = told[at : at + size].decode("utf-8", "replace").replace("\r\n", "\n")
        at += size + 1
    return texts


def summarise(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The figures."""
    rules = Counter(hit["rule"] for row in rows for hit in row["hits"])
    where = defaultdict(set)
    for row in rows:
        for hit in row["hits"]:
            where[hit["rule"]].add(row["repo"])
    lines = sum(row["lines"] for row in rows) or 1
    return {
        "repositories": {
            row["repo"]: [row["head"], row["files"], row["lines"], len(row["hits"])] for row in rows
        },
        "files": sum(row["files"] for row in rows),
        "lines": lines,
        "rules": {
            rule: {"hits": n, "per_1000": round(1000 * n / lines, 3), "in": len(where[rule])}
            for rule, n in sorted(rules.items())
        },
        "slow": sorted((s for row in rows for s in row["slow"]), reverse=True),
    }


def sample(rows: list[dict[str, Any]], most: int) -> list[dict[str, Any]]:
    """Up to `most` places of each rule by a fixed draw: a third of them of one repository at most,
    no two of one function."""
    by_rule: dict[str, dict[tuple[str, str, str], dict[str, Any]]] = defaultdict(dict)
    chance = random.Random(SEED)
    for row in sorted(rows, key=lambda row: row["repo"]):
        for hit in chance.sample(row["hits"], len(row["hits"])):
            own = hit["within"] or str(hit["line"])
            place = {"repo": row["repo"], "commit": row["head"], **hit}
            by_rule[hit["rule"]].setdefault((row["repo"], hit["path"], own), place)
    drawn: list[dict[str, Any]] = []
    for rule in sorted(by_rule):
        places = chance.sample(list(by_rule[rule].values()), len(by_rule[rule]))
        of = Counter[str]()
        kept = [p for p in places if not of.update([p["repo"]]) and of[p["repo"]] <= most // 3]
        drawn += kept[:most]
    return drawn


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mirrors", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    rows: list[dict[str, Any]] = []
    mirrors = [mirror.resolve() for mirror in arguments.mirrors]
    with ProcessPoolExecutor(arguments.processes) as pool, arguments.out.open("w") as out:
        for future in as_completed([pool.submit(read, mirror) for mirror in mirrors]):
            rows.append(future.result())
            out.write(json.dumps(rows[-1]) + "\n")
            out.flush()
    print(json.dumps(summarise(rows), indent=1))
    for place in sample(rows, arguments.sample):
        print(json.dumps(place))
    print(machine(), file=sys.stderr)


if __name__ == "__main__":
    main()
