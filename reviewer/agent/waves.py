"""Calls in waves: some at a time, and a look at what was spent between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

J = TypeVar("J")
R = TypeVar("R")

WAVE = 8
"""Jobs in a wave, whatever the concurrency, so that decisions between waves are the same."""


def waves(jobs: Sequence[J]) -> Iterator[Sequence[J]]:
    """The jobs in their order, a wave at a time."""
    for at in range(0, len(jobs), WAVE):
        yield jobs[at : at + WAVE]


def at_once(jobs: Sequence[J], run: Callable[[J], R], concurrency: int) -> list[R]:
    """The results in the order of the jobs. The first job that raises ends the wave."""
    if concurrency <= 1 or len(jobs) <= 1:
        return [run(job) for job in jobs]
    with ThreadPoolExecutor(min(concurrency, len(jobs)), thread_name_prefix="ask") as pool:
        return list(pool.map(run, jobs))
