"""The rules: files a second over a made-up tree, and the worst files there can be."""

from __future__ import annotations

import multiprocessing
import resource
import statistics
import time
from concurrent.futures import ProcessPoolExecutor

from benchmarks.rust_tree import WORST, WORST_BYTES, tree
from reviewer.detect.registry import HINTS, RULES
from reviewer.rust.file import RustFile

FILES = 300


def rules() -> dict[str, float]:
    """Parse, all rules and all hints, in one process on one core; seconds of processor time."""
    # A process of its own, so that the peak of its memory is that of this work alone.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(_measured).result()


def _measured() -> dict[str, float]:
    files = tree(FILES)
    for path, text in list(files.items())[:20]:
        searched(path, text)  # grammar and queries are built once
    seconds = sorted(_seconds(path, text) for path, text in files.items())
    figures = {
        "rules: files a second, one core": FILES / sum(seconds),
        "rules: a file, median (ms)": statistics.median(seconds) * 1000,
        "rules: a file, p95 (ms)": seconds[int(FILES * 0.95)] * 1000,
        "rules: memory, peak over the tree (MB)": _peak_mb(),
    }
    worst, growth = [], []
    for made in WORST.values():
        half, whole = (
            _seconds("src/worst.rs", made(size)) for size in (WORST_BYTES // 2, WORST_BYTES)
        )
        worst.append(whole)
        growth.append(whole / half)
    slowest = max(range(len(worst)), key=worst.__getitem__)
    print(f"  slowest of {WORST_BYTES // 1000} kB: {list(WORST)[slowest]}", flush=True)
    return figures | {
        "rules: worst file of 700 kB (s)": max(worst),
        "rules: median of the worst files (s)": statistics.median(worst),
        "rules: time when a file doubles, most (x)": max(growth),
        "rules: memory, peak with the worst files (MB)": _peak_mb(),
    }


def _seconds(path: str, text: str) -> float:
    started = time.process_time()
    searched(path, text)
    return time.process_time() - started


def searched(path: str, text: str) -> None:
    """One file read by all rules and all hints."""
    file = RustFile.parse(path, text)
    if file.problem:
        raise RuntimeError(f"{path} was not read: {file.problem}")
    for rule in RULES:
        for hit in rule.hits(file):
            file.in_test(hit.line)
    for hint in HINTS:
        for spot in hint.spots(file):
            file.in_test(spot.line)


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
