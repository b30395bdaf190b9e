"""Replying once, whatever crashes in between."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from reviewer.edges.comment_case import Case
from reviewer.errors import Transient
from reviewer.publish.command_words import marked

Step = Callable[[str, Callable[[], Any]], Any]
"""A checkpoint that nothing overtakes."""


def answer_once(case: Case, use: str, body: str, name: str, step: Step) -> None:
    """Reply to the comment in a step of this name; `use` marks the reply.

    A reply that a crash, or GitHub's silence, cut off is looked for when GitHub must be done with
    it. Of crashes in a row the last one counts, and all that is known of it is that it was before
    this process took the job.
    """
    begun = step(f"{name} begun", lambda: {"run": case.run})
    settle = case.desk.shared.config.settle_seconds
    tries = [case.began] if begun["run"] != case.run else []

    def post() -> int:
        if tries and (left := tries[-1] + settle - time.time()) > 0:
            time.sleep(min(left, settle))
        tries.append(time.time())
        try:
            return case.writer.answer(use, marked(body, use))
        except Transient as error:
            if error.answered:
                tries.clear()
            raise

    step(name, post)
