"""Golden transcripts: what a reading sends, whole, so that a change of it is seen in a diff.

Each file in `golden/` holds the calls of one reading of the sample change, over real HTTP to the
stand-in, as they go out on the wire. Contract and tasks are left out, so that only what code
composes is held here and prose can be rewritten without it. After a change that is meant:

    UPDATE_GOLDEN=1 python -m pytest -n 0 tests/agent/test_golden.py

and read the diff of `tests/agent/golden/` before it is committed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reviewer.agent.read import read_change
from reviewer.agent.reading import Reading
from tests.agent.asking import OverHttp
from tests.agent.golden_calls import held
from tests.agent.samples import BOOK_PATH, EMPTY, book_material, claim, verdict
from tests.support.model import ModelProcess

READING = Reading("claude-sonnet-5-5", concurrency=1)
CLAIMS = {"answer": {"envelope": {**EMPTY, "findings": [claim()]}}}
VERDICT = {
    "match": {"contains": "CLAIM c1"},
    "answer": {"envelope": {**EMPTY, "verdicts": [verdict("c1")]}},
}
LOOKS_UP = {
    "times": 1,
    "answer": {
        "tool_use": [
            {"name": "read_base", "input": {"path": BOOK_PATH, "start": 16, "end": 18}},
            {"name": "find_references", "input": {"name": "best", "calls_only": True}},
            {"name": "read_lines", "input": {"path": "../secrets", "start": 1, "end": 2}},
        ]
    },
}
CASES: dict[str, tuple[Reading, list[dict[str, Any]]]] = {
    "find_in_two_orders": (READING, [{"answer": {"envelope": EMPTY}}]),
    "verify_one_claim": (replace(READING, depth="economy"), [VERDICT, CLAIMS]),
    "look_up_then_find": (replace(READING, depth="economy"), [LOOKS_UP, VERDICT, CLAIMS]),
}


@pytest.mark.parametrize("name", sorted(CASES))
def test_what_is_sent_is_what_was_agreed(name: str) -> None:
    reading, entries = CASES[name]
    with ModelProcess(entries) as process:
        door = OverHttp(process)
        read_change(book_material(), reading, door)
        door.close()
    held(name, door.calls, form="the envelope")
