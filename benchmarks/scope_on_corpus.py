"""Precision and recall of the scope on changed files that a reader labelled.

    python -m benchmarks.scope_on_corpus [--set third_held_back] [--wrong] MIRROR...

`MIRROR` is a bare clone, `<owner>+<name>/repo`. The labels are in `scope_labels.jsonl`: repository,
commit, path, rooms and one sentence, no code. A file counts as trading code if it has a room. Next
to ours stands a plain scheme of words, and what is reviewed: a room, or production code near one.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.scope_schemes import is_hub, plain
from reviewer.pull.parse import parse_diff
from reviewer.rust.file import RustFile
from reviewer.scope.classify import classify
from reviewer.scope.rooms import Room

LABELS = Path(__file__).with_name("scope_labels.jsonl")


@dataclass(frozen=True, slots=True)
class Label:
    """One changed file and what a reader saw in its diff."""

    set: str
    repo: str
    commit: str
    path: str
    rooms: frozenset[str]
    test: bool
    """Only tests, benchmarks or examples change; they are in no room."""
    why: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A label with what the schemes said of the file."""

    label: Label
    ours: frozenset[str]
    plain: frozenset[str]
    reviewed: bool
    reason: str
    milliseconds: float


def labels(wanted: str) -> list[Label]:
    """The labels of one set, or of all."""
    rows = [json.loads(line) for line in LABELS.read_text().splitlines()]
    found = [Label(**{**row, "rooms": frozenset(row["rooms"])}) for row in rows]
    return [label for label in found if wanted in ("", label.set)]


def judge(label: Label, mirror: Path) -> Judged:
    """Run both schemes on one changed file as its commit left it."""
    paths = ["--", label.path]
    told = _git(mirror, "diff", "--no-ext-diff", f"{label.commit}^", label.commit, *paths)
    (diff,) = parse_diff(told).files
    head = _git(mirror, "show", f"{label.commit}:{label.path}", check=False)
    tree = _git(mirror, "ls-tree", "-r", "--name-only", label.commit).splitlines()
    file = RustFile.parse(label.path, head) if head else None
    started = time.perf_counter()
    (scope,) = classify(
        [(diff, head, file)],
        paths=tree,
        text=lambda path: _git(mirror, "show", f"{label.commit}:{path}", check=False),
    ).files
    spent = (time.perf_counter() - started) * 1000
    by_words = frozenset(str(room) for room in plain(label.path, file))
    rooms = frozenset(str(room) for room in scope.rooms)
    return Judged(label, rooms, by_words, scope.in_scope, scope.reason, spent)


def figures(said: Sequence[bool], so: Sequence[bool]) -> str:
    """Precision and recall as shares and as counts."""
    hit = sum(one and other for one, other in zip(said, so, strict=True))
    counts = (sum(said), sum(so))
    shares = [f"{hit / of:.2f} ({hit}/{of})" if of else "- (0/0)" for of in counts]
    return f"{shares[0]:>14} {shares[1]:>14}"


def table(judged: list[Judged]) -> Iterable[str]:
    """One line for each kind of file and each scheme: precision, recall."""
    production = [one for one in judged if not one.label.test]
    groups = {
        "all files": judged,
        "without tests": production,
        "hubs": [one for one in judged if is_hub(one.label.path)],
    }
    schemes: dict[str, Callable[[Judged], frozenset[str]]] = {
        "ours": lambda one: one.ours,
        "plain": lambda one: one.plain,
    }
    yield f"{'':28} {'precision':>14} {'recall':>14}"
    for name, rows in groups.items():
        trading = [bool(one.label.rooms) for one in rows]
        for scheme, rooms in schemes.items():
            said = [bool(rooms(one)) for one in rows]
            yield f"{f'{name}, n={len(rows)}':20} {scheme:7} {figures(said, trading)}"
        said = [one.reviewed for one in rows]
        yield f"{f'{name}, n={len(rows)}':20} {'in all':7} {figures(said, trading)}"
    for room in Room:
        labelled = [room in one.label.rooms for one in judged]
        for scheme, rooms in schemes.items():
            said = [room in rooms(one) for one in judged]
            yield f"{room.label:20} {scheme:7} {figures(said, labelled)}"
    spent = sorted(one.milliseconds for one in judged)
    yield f"classify: median {spent[len(spent) // 2]:.1f} ms, most {spent[-1]:.1f} ms a file"


def _git(mirror: Path, *arguments: str, check: bool = True) -> str:
    done = subprocess.run(["git", "-C", str(mirror), *arguments], capture_output=True, check=check)
    return done.stdout.decode("utf-8", "replace")


def main() -> None:
    """Print the table; with --wrong also each file that ours has wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mirrors", nargs="+", type=Path)
    parser.add_argument("--set", default="")
    parser.add_argument("--wrong", action="store_true")
    asked = parser.parse_args()
    mirrors = {mirror.parent.name.replace("+", "/"): mirror for mirror in asked.mirrors}
    chosen = [label for label in labels(asked.set) if label.repo in mirrors]
    judged = [judge(label, mirrors[label.repo]) for label in chosen]
    if asked.wrong:
        for one in judged:
            if one.ours != one.label.rooms:
                told = f"{sorted(one.label.rooms)} but {sorted(one.ours)}: {one.reason}"
                print(f"{one.label.repo} {one.label.commit[:9]} {one.label.path}\n    {told}")
    print("\n".join(table(judged)))


if __name__ == "__main__":
    main()
