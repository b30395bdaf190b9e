"""Draws changed Rust files for labelling, by a seed, and shows each one's diff.

    python -m benchmarks.scope_draw --seed 7 --each 8 [--hubs] MIRROR... > rows.jsonl

One file of a commit, one commit a draw, so that no large change counts often. `--hubs` draws entry
files alone. What is shown goes to the error output: a reader labels it before any scheme is run.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.scope_schemes import is_hub

_MOST_FILES = 50
"""Changed Rust files of a commit; a larger one moves or formats the whole repository."""
_SHOWN = 48
_WIDE = 110


def git(mirror: Path, *arguments: str) -> str:
    """What git says; bytes that are no text are replaced."""
    done = subprocess.run(["git", "-C", str(mirror), *arguments], capture_output=True, check=True)
    return done.stdout.decode("utf-8", "replace")


def draw(mirror: Path, seed: int, wanted: int, *, hubs: bool) -> Iterator[dict[str, str]]:
    """Commit and path of the changed files that the seed picks."""
    chance = random.Random(f"{seed} {mirror.parent.name}")
    commits = git(mirror, "rev-list", "--no-merges", "--min-parents=1", "HEAD", "--", "*.rs")
    order = commits.split()
    chance.shuffle(order)
    found = 0
    for commit in order:
        if found == wanted:
            return
        told = git(mirror, "diff", "--numstat", "-M", f"{commit}^", commit, "--", "*.rs")
        rows = [line.split("\t") for line in told.splitlines()]
        # A rename without a change has nothing to read; git writes it with an arrow.
        paths = [path for added, gone, path in rows if "=>" not in path and added + gone != "00"]
        if len(rows) > _MOST_FILES:
            continue
        if hubs:
            paths = [path for path in paths if is_hub(path)]
        if paths:
            found += 1
            repo = mirror.parent.name.replace("+", "/")
            yield {"repo": repo, "commit": commit, "path": chance.choice(paths)}


def show(mirror: Path, row: dict[str, str]) -> str:
    """The diff of one row with the functions around it, its middle cut out if it is long."""
    pair = (f"{row['commit']}^", row["commit"])
    told = git(mirror, "diff", "-U2", "--inter-hunk-context=1", *pair, "--", row["path"])
    lines = [line[:_WIDE] for line in told.splitlines()[4:]]
    if len(lines) > _SHOWN:
        cut = len(lines) - _SHOWN
        lines = [*lines[: _SHOWN * 2 // 3], f".. {cut} lines ..", *lines[-_SHOWN // 3 :]]
    subject = git(mirror, "log", "-1", "--format=%s", row["commit"]).strip()
    return "\n".join([f"{row['repo']} {row['commit'][:9]} {row['path']}", subject, *lines])


def main() -> None:
    """Print the rows; show what they hold beside them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mirrors", nargs="+", type=Path)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--each", type=int, default=8)
    parser.add_argument("--hubs", action="store_true")
    asked = parser.parse_args()
    for mirror in asked.mirrors:
        for row in draw(mirror, asked.seed, asked.each, hubs=asked.hubs):
            print(json.dumps(row), flush=True)
            print(f"===== {show(mirror, row)}\n", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
