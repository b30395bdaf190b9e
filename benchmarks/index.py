"""The index of a made-up repository of a wanted size: how long it takes, what it holds.

It has some 30 calls in 100 lines; in five public trading systems there are 25 to 58.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from reviewer.edges.git import Git
from reviewer.edges.repository_reader import read_repository
from reviewer.rust.index_cache import IndexCache
from tests.support.git_repo import GitRepo

SIZES = (100_000, 500_000)
_FUNCTIONS_A_FILE = 20
_HEAD = """\
use crate::book_{m}::Book{m};
use std::collections::BTreeMap;

/// A book of one venue.
#[derive(Debug, Clone)]
pub struct Book{n} {{
    bids: BTreeMap<i64, u64>,
    below: Book{m},
}}

impl Book{n} {{
"""
_FUNCTION = """\
    /// Applies a level and tells the book below.
    ///
    /// A venue sends the absolute quantity of a level, never the difference, and zero for one that
    /// is gone. What is told here is what a strategy sees: a level once, in the order of the feed,
    /// and never one that another message has taken away since.
    ///
    /// # Errors
    ///
    /// An error if the price does not lie on a tick, or if the book below refuses the level.
    pub fn apply_{f}(&mut self, price: i64, qty: u64) -> Result<u64, BookError> {{
        assert!(price > 0 && qty <= self.limit(price), "price out of range");
        let tick = price.checked_div(self.tick_size()).ok_or(BookError::Tick)?;
        let before = self.bids.insert(tick, qty).unwrap_or_default();
        // A level that is gone must not be seen by the strategy.
        if let Some((best, size)) = self.bids.iter().next_back() {{
            if *best > tick && *size == 0 {{
                self.bids.remove(&tick);
                debug!(price, qty, "removed {{}}", self.name());
            }}
        }}
        for (level, size) in self.bids.range(..tick) {{
            self.below.apply_{f}(*level, size.saturating_add(before))?;
        }}
        let event = if before == 0 {{
            Event::Added {{
                price,
                qty,
                side: self.side,
                venue: self.venue,
            }}
        }} else {{
            Event::Changed {{
                price,
                qty,
                before,
                side: self.side,
                venue: self.venue,
            }}
        }};
        self.sequence += 1;
        self.publish(event)
    }}

"""
_LINES_A_FILE = _HEAD.count("\n") + _FUNCTIONS_A_FILE * _FUNCTION.count("\n")


def tree(lines: int) -> Iterator[tuple[str, str]]:
    """Paths and texts of about so many lines."""
    for n in range(lines // _LINES_A_FILE + 1):
        body = "".join(_FUNCTION.format(f=f) for f in range(_FUNCTIONS_A_FILE))
        yield f"crates/c{n % 10}/src/book_{n}.rs", f"{_HEAD.format(n=n, m=n // 2)}{body}}}\n"


def index() -> dict[str, float]:
    """Processor seconds for 100,000 lines, parsing included, and memory; each size in a process."""
    figures: dict[str, float] = {}
    for lines in SIZES:
        taken = subprocess.run(
            [sys.executable, "-m", "benchmarks.index", str(lines)],
            check=True, capture_output=True, env=os.environ,
        )  # fmt: skip
        figures |= json.loads(taken.stdout)
    return figures


def _measure(lines: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        repo = GitRepo(Path(folder))
        head = repo.commit(dict(tree(lines)))
        memory, cache, label = psutil.Process().memory_info().rss, IndexCache(), f"{lines} lines"
        started = time.process_time()
        found = read_repository(Git(repo.path / ".git"), head, 1_000, indexes=cache)
        read = time.process_time()
        held = psutil.Process().memory_info().rss
        calls = found.index.calls_of("publish")
        indexed = time.process_time()
        for call in calls:
            found.index.resolve(call)
        resolved = time.process_time()
        every = read_repository(Git(repo.path / ".git"), head, 1_000, indexes=cache)
        again = time.process_time()
        every.index.named("apply_1")
        return {
            f"read, {label} (s)": read - started,
            f"index of 100,000 lines, {label} (s)": (indexed - read) / lines * 100_000,
            f"resolve a call, {label} (µs)": (resolved - indexed) / len(calls) * 1e6,
            f"index for the next review, {label} (s)": time.process_time() - again,
            f"memory, texts, {label} (MB)": (held - memory) / 1e6,
            f"memory, texts and index, {label} (MB)":
                (psutil.Process().memory_info().rss - memory) / 1e6,
        }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(_measure(int(sys.argv[1]))))
