"""Jobs that are asked to come back later: they give up their place, and go on where they were.

Such a job ends, and another with its input is enqueued with a delay. That one is handed the results
of the steps that are done, so that nothing is done or paid for twice.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dbos import DBOSClient

from reviewer.agent.request import ModelUnavailable
from reviewer.errors import Transient
from reviewer.review import VERSION

MOST_PUT_OFFS = 6
LONGEST_SECONDS = 3600.0
"""Of one wait, so that a job is over within hours."""
_MARK = "put off until"
_LATER = re.compile(r"(.+)\.later-(\d{1,3})\Z", re.DOTALL)


class PutOff(Exception):
    """The job ends here, to go on at `until` (Unix time)."""

    def __init__(self, until: float, *, by_model: bool) -> None:
        super().__init__(f"put off until {until:.0f}")
        self.until = until
        self.by_model = by_model
        """Whether it is the model that asks for it."""


def times_put_off(workflow_id: str) -> int:
    """How often this job was put off before."""
    found = _LATER.match(workflow_id)
    return int(found[2]) if found else 0


def may_be_put_off(workflow_id: str) -> bool:
    """Whether this job may be put off once more."""
    return times_put_off(workflow_id) < MOST_PUT_OFFS


def id_of_next(workflow_id: str) -> str:
    """The workflow that goes on where this one ends."""
    found = _LATER.match(workflow_id)
    return f"{found[1] if found else workflow_id}.later-{times_put_off(workflow_id) + 1}"


def id_of_last(workflow_id: str) -> str:
    """The workflow that ended where this one begins; empty for the first."""
    found = _LATER.match(workflow_id)
    if found is None:
        return ""
    number = int(found[2]) - 1
    return f"{found[1]}.later-{number}" if number else found[1]


def tried(
    run: Callable[[], Any], workflow_id: str, longest: float, give_up: Callable[[], bool]
) -> Any:
    """What the step gives; a mark instead if it may work in more than `longest` seconds."""
    try:
        return run()
    except Transient as error:
        wish = error.retry_after or 0.0
        if wish <= longest or not may_be_put_off(workflow_id) or give_up():
            raise
        until = time.time() + min(wish, LONGEST_SECONDS)
        return {_MARK: until, "by model": isinstance(error, ModelUnavailable)}


def raise_if_put_off(output: Any) -> None:
    """Raises PutOff for a step whose output is such a mark."""
    if _is_mark(output):
        raise PutOff(float(output[_MARK]), by_model=bool(output["by model"]))


@dataclass(frozen=True, slots=True)
class DoneBefore:
    """The results of the workflow that ended where this one begins, each given out once."""

    outputs: Mapping[tuple[str, int], Any]
    """By the step's name, and which of that name it was."""
    turns: Counter[str]

    @classmethod
    def of(cls, client: DBOSClient, workflow_id: str) -> DoneBefore:
        """Those of another version are none of ours: the job begins at its start."""
        last = id_of_last(workflow_id)
        outputs: dict[tuple[str, int], Any] = {}
        if last:
            found = client.list_workflows(workflow_ids=[last], load_input=False, load_output=False)
            ours = any(one.app_version == VERSION for one in found)
            seen: Counter[str] = Counter()
            for step in client.list_workflow_steps(last) if ours else ():
                name = step["function_name"]
                seen[name] += 1
                if step["error"] is None and not _is_mark(step["output"]):
                    outputs[name, seen[name]] = step["output"]
        return cls(outputs, Counter())

    def or_run(self, name: str, run: Callable[[], Any]) -> Callable[[], Any]:
        """Gives what the next step of this name gave before; runs it if it was not done."""
        self.turns[name] += 1
        key = (name, self.turns[name])
        return (lambda: self.outputs[key]) if key in self.outputs else run


def _is_mark(output: Any) -> bool:
    return isinstance(output, dict) and _MARK in output
