"""Saying something once, whatever crashes in between."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from reviewer.edges.comment_case import Case
from reviewer.errors import Transient
from reviewer.publish.command_words import marked

Step = Callable[[str, Callable[[], Any]], Any]
"""A checkpoint that nothing overtakes."""


@dataclass(frozen=True, slots=True)
class Run:
    """One process's work on a job."""

    id: str
    began: float
    """Unix time at which it took the job."""


def answer_once(case: Case, use: str, body: str, name: str, step: Step) -> None:
    """Reply to the comment in a step of this name; `use` marks the reply."""
    settle = case.desk.shared.config.settle_seconds
    write = partial(case.writer.answer, use, marked(body, use))
    write_once(name, Run(case.run, case.began), settle, write, step)


def write_once(
    name: str, run: Run, settle: float, write: Callable[[], int | None], step: Step
) -> None:
    """Write in a step of this name; `write` looks for what an earlier try left.

    What a crash, or GitHub's silence, cut off is looked for when GitHub must be done with it: after
    `settle` seconds. Of crashes in a row the last one counts, and all that is known of it is that
    it was before this process took the job.
    """
    begun = step(f"{name} begun", lambda: {"run": run.id})
    tries = [run.began] if begun["run"] != run.id else []

    def write_when_settled() -> int | None:
        if tries and (left := tries[-1] + settle - time.time()) > 0:
            time.sleep(min(left, settle))
        tries.append(time.time())
        try:
            return write()
        except Transient as error:
            if error.answered:
                tries.clear()
            raise

    step(name, write_when_settled)
