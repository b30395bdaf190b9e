"""`python -m benchmarks`: take the measures, print them, and write them into docs/."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.measures import MEASURES, Figures
from benchmarks.stage import machine

DOCS = Path(__file__).parent.parent / "docs"
BEGIN, END = "<!-- figures -->", "<!-- /figures -->"

TARGETS: dict[str, tuple[str, float]] = {
    "ratio at 16 clients": ("at least", 0.25),
    "p99 at 16 clients, durable (ms)": ("at most", 100),
    "ack p99 while 16 reviews run (ms)": ("below", 300),
    "delivery to review, 60 added lines (s)": ("within", 0.5),
    "delivery to review, 2500 added lines (s)": ("within", 0.7),
    "GitHub requests, very first of a process": ("at most", 15),
    "GitHub requests, first review, 60 added lines": ("at most", 12),
    "GitHub requests, first review, 2500 added lines": ("at most", 12),
    "GitHub requests, push, 60 added lines": ("at most", 12),
    "GitHub requests, push, 2500 added lines": ("at most", 12),
    "memory, idle after start (MB)": ("at most", 150),
    "memory, peak with 16 reviews (MB)": ("at most", 300),
    "start to ready (s)": ("within", 2),
    "index of 100,000 lines, 100000 lines (s)": ("within", 1),
    "index of 100,000 lines, 500000 lines (s)": ("within", 1),
    "rules: files a second, one core": ("at least", 150),
    "rules: a file, median (ms)": ("at most", 4),
    "rules: worst file of 700 kB (s)": ("within", 10),
    "rules: time when a file doubles, most (x)": ("at most", 3),
    "rules: memory, peak with the worst files (MB)": ("at most", 300),
}


def main() -> None:
    """Take the measures that are named, or all; exit 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("measures", nargs="*", help=f"of: {', '.join(MEASURES)}")
    parser.add_argument("--json", action="store_true", help="print JSON, write nothing")
    arguments = parser.parse_args()
    chosen = arguments.measures or list(MEASURES)
    taken: dict[str, Figures] = {}
    for name in chosen:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        taken[name] = MEASURES[name]()
    record = {
        "taken_at": datetime.now(UTC).isoformat(timespec="minutes"),
        "machine": machine(),
        "figures": taken,
    }
    if arguments.json:
        print(json.dumps(record, indent=2))
    else:
        print(_table(record))
        if not arguments.measures:
            (DOCS / "benchmarks.json").write_text(json.dumps(record, indent=2) + "\n")
            _write_into(DOCS / "benchmarks.md", _table(record))
    missed = [name for figures in taken.values() for name in figures if not _kept(name, figures)]
    if missed:
        print("targets missed: " + "; ".join(missed), file=sys.stderr)
        sys.exit(1)


def _kept(name: str, figures: Figures) -> bool:
    if name not in TARGETS:
        return True
    word, target = TARGETS[name]
    return figures[name] >= target if word == "at least" else figures[name] <= target


def _table(record: Mapping[str, object]) -> str:
    where = record["machine"]
    assert isinstance(where, dict)
    lines = [
        f"Taken {record['taken_at']} on {where['cpu']}, {where['cores']} cores, "
        f"{where['memory_gb']} GB, Linux {where['kernel']}, Python {where['python']}.",
        "",
    ]
    figures = record["figures"]
    assert isinstance(figures, dict)
    for measure, found in figures.items():
        lines += [f"**{measure.capitalize()}**", "", "| figure | value | target |"]
        lines += ["| --- | ---: | --- |"]
        for name, value in found.items():
            word, target = TARGETS.get(name, ("", ""))
            lines.append(f"| {name} | {_shown(value)} | {word} {target} |".replace("  |", " |"))
        lines.append("")
    return "\n".join(lines).rstrip()


def _shown(value: float) -> str:
    if value == int(value):
        return str(int(value))
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def _write_into(path: Path, table: str) -> None:
    text = path.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    path.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", "utf-8")


if __name__ == "__main__":
    main()
